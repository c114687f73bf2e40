import type { ReactNode } from "react";

import type { AnswerOf } from "../../api/call.ts";
import { useWords } from "../../i18n/words.ts";

/** What a group is set to. */
export function ProfilePanel({ group }: { readonly group: AnswerOf<"readGroup"> }): ReactNode {
  const words = useWords();
  const facts: readonly (readonly [string, string])[] = [
    [words.owner, group.owner],
    [words.introduction, group.introduction],
    [words.notification, group.notification],
    [words.faceUrl, group.faceUrl],
    [words.maxMembers, String(group.maxMembers)],
    [words.applyJoinOption, group.applyJoinOption],
    [words.inviteJoinOption, group.inviteJoinOption],
    [words.muteAll, group.muteAll ? words.yes : words.no],
    ...Object.entries(group.customFields),
    ...Object.entries(group.attributes),
  ];
  return (
    <section className="panel" aria-labelledby="profile">
      <h2 id="profile">{words.profile}</h2>
      <dl className="pairs">
        {facts.map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>{value === "" ? "–" : value}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
