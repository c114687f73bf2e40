import { useEffect, type ReactNode } from "react";

import type { AnswerOf } from "../../api/call.ts";
import { durationText } from "../../i18n/times.ts";
import { useWords } from "../../i18n/words.ts";
import { Time } from "../../parts/time.tsx";
import { Link } from "../../route/link.tsx";
import { addressOf } from "../../route/location.ts";
import { useLoad } from "../../state/use-load.ts";
import { outcomeText, shortCommand } from "../deliveries/delivery-words.ts";
import { laidOut } from "../deliveries/laid-out.ts";
import { StateBadge } from "../deliveries/state-badge.tsx";

type Detail = AnswerOf<"readDelivery">;

interface SentCallbackProps {
  readonly delivery: AnswerOf<"listDeliveries">["deliveries"][number];
}

/** One callback: what became of it, after how long, and what was sent. */
export function SentCallback({ delivery }: SentCallbackProps): ReactNode {
  const words = useWords();
  const { position, sdkAppId, command, groupId, sequence, state, attempts, lastOutcome, acceptedAt } = delivery;
  const { data, reload } = useLoad("readDelivery", { path: { position } });
  // A list that is older than what is known of the delivery is no reason to ask again.
  const isOld = data && (data.attempts.length < attempts || (data.state === "pending" && state !== "pending"));
  useEffect(() => {
    if (isOld) reload();
  }, [isOld, reload]);
  const latency = data && latencyOf(data);
  return (
    <li className={state}>
      <div className="sent-head">
        <strong>{shortCommand(command)}</strong>
        <StateBadge state={state} />
        {latency !== undefined && <span className="faint">{durationText(latency)}</span>}
        {attempts > 1 && <span className="faint">{words.attemptCount(attempts)}</span>}
        {state !== "delivered" && lastOutcome !== undefined && (
          <span className="faint">{outcomeText(lastOutcome, words)}</span>
        )}
      </div>
      <p className="faint">
        <span className="id">{groupId ?? words.noGroup}</span> · {words.number} {sequence} · <Time at={acceptedAt} />
      </p>
      <details>
        <summary>{words.whatWasSent}</summary>
        <pre tabIndex={0} aria-label={words.whatWasSent}>
          {data ? laidOut(data.request.body) : words.loading}
        </pre>
        <Link to={addressOf(sdkAppId, "deliveries", position)}>{words.openDelivery}</Link>
      </details>
    </li>
  );
}

/** How long after the operation the backend's answer was there, in ms. */
function latencyOf({ state, acceptedAt, attempts }: Detail): number | undefined {
  const last = attempts.at(-1);
  return state === "delivered" && last ? Math.max(last.startedAt + last.durationMs - acceptedAt, 0) : undefined;
}
