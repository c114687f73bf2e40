import { useState, type ReactNode } from "react";

import { call } from "../../api/call.ts";
import { durationText } from "../../i18n/times.ts";
import { useWords } from "../../i18n/words.ts";
import { Button } from "../../parts/button.tsx";
import { ProblemNote } from "../../parts/problem-note.tsx";
import { Time } from "../../parts/time.tsx";
import { say } from "../../parts/toast.tsx";
import { useLoad } from "../../state/use-load.ts";
import { outcomeText } from "../deliveries/delivery-words.ts";
import { Card } from "./section-card.tsx";

/** How often it is looked, in ms. */
const EVERY = 3_000;

/** How an app's endpoint has been answering, what waits for it, and a way to say that it is back. */
export function EndpointCard({ sdkAppId }: { readonly sdkAppId: number }): ReactNode {
  const words = useWords();
  const { data, error, reload } = useLoad("readEndpoint", { path: { sdkAppId } }, EVERY);
  const [isBusy, setBusy] = useState(false);

  async function revive(): Promise<void> {
    setBusy(true);
    try {
      await call("reviveEndpoint", { path: { sdkAppId } });
      say(words.imBackDone);
    } catch (failure) {
      say(failure instanceof Error ? failure.message : String(failure), "failed");
    }
    setBusy(false);
    reload();
  }

  const names = { closed: words.endpointClosed, open: words.endpointOpen, disabled: words.endpointDisabled };
  const texts = {
    closed: words.endpointClosedText,
    open: words.endpointOpenText,
    disabled: words.endpointDisabledText,
  };
  const badges = { closed: "delivered", open: "pending", disabled: "dead" };
  return (
    <Card title={words.endpointTitle} hint={words.endpointHint}>
      {error && <ProblemNote error={error} onRetry={reload} />}
      {data && (
        <>
          <p className="endpoint-state">
            <span className={`badge ${badges[data.state]}`}>{names[data.state]}</span> {texts[data.state]}
          </p>
          <dl className="figures">
            <Figure name={words.pendingCount}>{data.pending}</Figure>
            {data.oldestPendingAgeMs !== undefined && (
              <Figure name={words.oldestPending}>{durationText(data.oldestPendingAgeMs)}</Figure>
            )}
            {data.failingSince !== undefined && (
              <Figure name={words.failingSince}>
                <Time at={data.failingSince} />
              </Figure>
            )}
            {data.lastOutcome !== undefined && (
              <Figure name={words.lastOutcome}>{outcomeText(data.lastOutcome, words)}</Figure>
            )}
            {data.nextTry !== undefined && (
              <Figure name={words.nextTry}>
                <Time at={data.nextTry} isExact />
              </Figure>
            )}
          </dl>
          <div className="actions">
            <Button
              kind={data.state === "closed" ? "plain" : "primary"}
              isBusy={isBusy}
              disabled={data.state === "closed" && data.pending === 0}
              onClick={() => void revive()}
            >
              {words.imBack}
            </Button>
          </div>
        </>
      )}
    </Card>
  );
}

function Figure({ name, children }: { readonly name: string; readonly children: ReactNode }): ReactNode {
  return (
    <div>
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}
