import type { ReactNode } from "react";

import { useWords } from "../../i18n/words.ts";
import { Button } from "../../parts/button.tsx";
import { Time } from "../../parts/time.tsx";
import { useStore } from "../../state/store.ts";
import type { AppUser, DatedTold } from "./app-user.ts";

/** What a user was told, the newest first; an application can be answered. */
export function ToldList({ user }: { readonly user: AppUser }): ReactNode {
  const words = useWords();
  const { userId, status, told } = useStore(user.state);
  if (status === "out" && told.length === 0) return null;
  return (
    <section className="told" aria-label={words.toldTitle(userId)}>
      <h3>{words.toldTitle(userId)}</h3>
      {told.length === 0 && <p className="faint">{words.toldNothing}</p>}
      <ol tabIndex={told.length > 0 ? 0 : undefined} aria-live="polite">
        {told.map((one) => (
          <li key={one.key}>
            <span>{one.say(words, user.nameOf)}</span>
            <Time at={one.at} />
            <Answers user={user} application={one.application} />
          </li>
        ))}
      </ol>
    </section>
  );
}

interface AnswersProps {
  readonly user: AppUser;
  readonly application: DatedTold["application"];
}

function Answers({ user, application }: AnswersProps): ReactNode {
  const words = useWords();
  if (!application) return null;
  const { groupID, applicant } = application;
  return (
    <div className="actions">
      <Button onClick={() => void user.decide(groupID, applicant, "Agree")}>{words.accept}</Button>
      <Button kind="quiet" onClick={() => void user.decide(groupID, applicant, "Reject")}>
        {words.reject}
      </Button>
    </div>
  );
}
