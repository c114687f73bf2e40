import { useEffect, useMemo, useState, type ReactNode } from "react";

import { call } from "../../../api/call.ts";
import { timeText } from "../../../i18n/times.ts";
import { language, useWords } from "../../../i18n/words.ts";
import { Button } from "../../../parts/button.tsx";
import { ProblemNote } from "../../../parts/problem-note.tsx";
import { Link } from "../../../route/link.tsx";
import { addressOf } from "../../../route/location.ts";
import { useStore } from "../../../state/store.ts";
import { useLoad } from "../../../state/use-load.ts";
import { usePages } from "../../../state/use-pages.ts";
import { stateAfter } from "./group-life.ts";
import { LifeLine } from "./life-line.tsx";
import { lifeOf, type LifePage } from "./life-pages.ts";
import { LifeStateView } from "./life-state-view.tsx";
import { lifeText } from "./life-text.ts";

/** How often it is looked whether something has happened meanwhile, in ms; how many callbacks are read at a time. */
const EVERY = 2_000;
const PAGE = 200;

interface LifeViewProps {
  readonly sdkAppId: number;
  readonly groupId: string;
}

/** A group's life, drawn by its callbacks, and how it was at any instant of it. */
export function LifeView({ sdkAppId, groupId }: LifeViewProps): ReactNode {
  const words = useWords();
  const spoken = useStore(language);
  const path = { sdkAppId, groupId };
  // The newest alone is asked for again and again: it costs next to nothing.
  const newest = useLoad("listDeliveries", { query: { sdkAppId, groupId, limit: 1 } }, EVERY);
  const newestPosition = newest.data?.deliveries[0]?.position;
  const first = useLoad("readHistory", { path, query: { limit: PAGE } }, undefined, newestPosition);
  const { pages, more, forget, isLoading } = usePages<LifePage>(groupId, first.data);
  const whole = useMemo(() => first.data && lifeOf(first.data, pages), [first.data, pages]);
  const isTorn = first.data !== undefined && whole === undefined;
  useEffect(() => {
    if (isTorn) forget();
  }, [isTorn, forget]);
  const events = whole ?? [];
  // By its position: what comes meanwhile does not move the instant that is looked at.
  const [chosen, setChosen] = useState<number>();
  const found = events.findIndex(({ position }) => position === chosen);
  const index = found === -1 ? events.length - 1 : found;
  const event = events[index];
  const next = pages.at(-1)?.next ?? null;

  if (!first.data || isTorn) return first.error ? <ProblemNote error={first.error} onRetry={first.reload} /> : null;
  return (
    <section className="panel life" aria-labelledby="life">
      <h2 id="life">{words.life}</h2>
      {event ? (
        <>
          <LifeLine
            events={events}
            index={index}
            label={words.instant}
            valueText={`${timeText(event.at, spoken)}: ${lifeText(event, words)}`}
            onChoose={(at) => setChosen(at === events.length - 1 ? undefined : events[at]?.position)}
          />
          <p className="instant" aria-live="polite">
            <strong>{timeText(event.at, spoken)}</strong> {lifeText(event, words)}{" "}
            <Link to={addressOf(sdkAppId, "deliveries", event.position)}>{words.callback}</Link>
          </p>
          {next !== null && (
            <p className="hint">
              {words.earlierUnknown}{" "}
              <Button
                isBusy={isLoading}
                onClick={() => more(() => call("readHistory", { path, query: { limit: PAGE, before: next } }))}
              >
                {words.loadEarlier}
              </Button>
            </p>
          )}
          <LifeStateView
            state={stateAfter(events.slice(0, index + 1))}
            before={stateAfter(events.slice(0, index))}
            isKnown={next === null}
          />
        </>
      ) : (
        <p className="empty">{words.noLife}</p>
      )}
    </section>
  );
}
