import type { ReactNode } from "react";

import { call } from "../../api/call.ts";
import { countText } from "../../i18n/times.ts";
import { language, useWords } from "../../i18n/words.ts";
import { Button } from "../../parts/button.tsx";
import { Time } from "../../parts/time.tsx";
import { now } from "../../state/now.ts";
import { useStore } from "../../state/store.ts";
import { useLoad } from "../../state/use-load.ts";
import { usePages } from "../../state/use-pages.ts";

interface PanelProps {
  readonly sdkAppId: number;
  readonly groupId: string;
  readonly count: number;
}

/** Who is in a group. */
export function MemberPanel({ sdkAppId, groupId, count }: PanelProps): ReactNode {
  const words = useWords();
  const spoken = useStore(language);
  const present = useStore(now);
  const path = { sdkAppId, groupId };
  const { data } = useLoad("listMembers", { path }, 4_000);
  const { pages, more, isLoading } = usePages(groupId, data);
  const next = pages.at(-1)?.next ?? null;
  return (
    <section className="panel" aria-labelledby="members">
      <h2 id="members">
        {words.members} · {countText(count, spoken)}
      </h2>
      <ul className="rows">
        {pages
          .flatMap(({ members }) => members)
          .map(({ userId, role, joinTime, nameCard, mutedUntil }) => (
            <li key={userId}>
              <span>
                <strong>{userId}</strong> {nameCard !== "" && <span className="faint">{nameCard}</span>}
              </span>
              {role !== "Member" && <span className="tag">{role}</span>}
              {mutedUntil * 1_000 > present && <span className="tag">{words.muted}</span>}
              <span className="faint when">
                <Time at={joinTime * 1_000} />
              </span>
            </li>
          ))}
      </ul>
      {next !== null && (
        <Button isBusy={isLoading} onClick={() => more(() => call("listMembers", { path, query: { after: next } }))}>
          {words.loadMore}
        </Button>
      )}
    </section>
  );
}
