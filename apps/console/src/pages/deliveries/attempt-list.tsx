import type { ReactNode } from "react";

import type { AnswerOf } from "../../api/call.ts";
import { durationText } from "../../i18n/times.ts";
import { useWords } from "../../i18n/words.ts";
import { Time } from "../../parts/time.tsx";
import { outcomeText } from "./delivery-words.ts";

type Attempt = AnswerOf<"readDelivery">["attempts"][number];

/** Every attempt, the last one first, with what was answered and how long it took. */
export function AttemptList({ attempts }: { readonly attempts: readonly Attempt[] }): ReactNode {
  const words = useWords();
  const longest = Math.max(...attempts.map(({ durationMs }) => durationMs), 1);
  return (
    <section aria-labelledby="attempts">
      <h2 id="attempts">{words.attempts}</h2>
      {attempts.length === 0 && <p className="empty">{words.noAttempts}</p>}
      <ol className="attempts" reversed>
        {attempts.toReversed().map((attempt) => (
          <li key={attempt.number} className={attempt.outcome === "delivered" ? "delivered" : "failed"}>
            <AttemptView attempt={attempt} longest={longest} />
          </li>
        ))}
      </ol>
    </section>
  );
}

interface AttemptViewProps {
  readonly attempt: Attempt;
  /** ms of the attempt that took longest. */
  readonly longest: number;
}

function AttemptView({ attempt, longest }: AttemptViewProps): ReactNode {
  const words = useWords();
  const { number, startedAt, durationMs, outcome, status, code, answer, error } = attempt;
  return (
    <>
      <p className="attempt-head">
        <strong>{words.attempt(number)}</strong>
        <span className="verdict">{outcomeText(outcome, words)}</span>
        {status !== undefined && <span className="tag">HTTP {status}</span>}
        {code !== undefined && (
          <span className="tag">
            {words.errorCode} {code}
          </span>
        )}
      </p>
      <p className="faint">
        <Time at={startedAt} isExact /> · {durationText(durationMs)}
      </p>
      <meter min={0} max={longest} value={durationMs} aria-label={durationText(durationMs)} />
      {error !== undefined && <p>{error}</p>}
      {answer === undefined ? (
        <p className="faint">{words.noAnswer}</p>
      ) : (
        <pre tabIndex={0} aria-label={words.answer}>
          {answer}
        </pre>
      )}
    </>
  );
}
