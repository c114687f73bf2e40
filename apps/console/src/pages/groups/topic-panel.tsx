import { useState, type ReactNode } from "react";

import { call } from "../../api/call.ts";
import { countText } from "../../i18n/times.ts";
import { language, useWords } from "../../i18n/words.ts";
import { Button } from "../../parts/button.tsx";
import { Confirmation } from "../../parts/confirmation.tsx";
import { say } from "../../parts/toast.tsx";
import { useStore } from "../../state/store.ts";
import { useLoad } from "../../state/use-load.ts";
import { usePages } from "../../state/use-pages.ts";

interface PanelProps {
  readonly sdkAppId: number;
  readonly groupId: string;
  readonly count: number;
}

/** A community's topics, each to be deleted. */
export function TopicPanel({ sdkAppId, groupId, count }: PanelProps): ReactNode {
  const words = useWords();
  const spoken = useStore(language);
  const path = { sdkAppId, groupId };
  const { data, reload } = useLoad("listTopics", { path }, 4_000);
  const { pages, more, forget, isLoading } = usePages(groupId, data);
  const [asked, setAsked] = useState<{ readonly topicId: string; readonly name: string }>();
  const next = pages.at(-1)?.next ?? null;
  return (
    <section className="panel" aria-labelledby="topics">
      <h2 id="topics">
        {words.topics} · {countText(count, spoken)}
      </h2>
      <ul className="rows">
        {pages
          .flatMap(({ topics }) => topics)
          .map(({ topicId, name, creator }) => (
            <li key={topicId}>
              <span>
                <strong>{name}</strong> <span className="faint">{creator}</span>
              </span>
              <span className="when">
                <Button
                  kind="danger"
                  aria-label={words.deleteTopicNamed(name)}
                  onClick={() => setAsked({ topicId, name })}
                >
                  {words.delete}
                </Button>
              </span>
            </li>
          ))}
      </ul>
      {next !== null && (
        <Button isBusy={isLoading} onClick={() => more(() => call("listTopics", { path, query: { after: next } }))}>
          {words.loadMore}
        </Button>
      )}
      {asked && (
        <Confirmation
          title={words.deleteTopicTitle(asked.name)}
          text={words.deleteTopicText}
          confirm={words.delete}
          onConfirm={async () => {
            await call("deleteTopic", { path: { ...path, topicId: asked.topicId } });
            say(words.topicDeleted(asked.name));
          }}
          onClose={() => {
            setAsked(undefined);
            forget();
            reload();
          }}
        />
      )}
    </section>
  );
}
