import type { AttemptOutcome, Settlement } from "../../ports/outbox.ts";

/** A result as it is written. */
export type SettledRow = readonly [
  app: number,
  lane: string,
  sequence: number,
  position: number,
  acceptedAt: number,
  /** The position of what is delivered once more. */
  replayOf: number | null,
  /** A time is when it is tried again. */
  state: "delivered" | "dead" | number,
  number: number,
  startedAt: number,
  durationMs: number,
  outcome: AttemptOutcome,
  status: number | null,
  code: number | null,
  answer: string | null,
  error: string | null,
];

export function settledRow({ callback, attempt, state }: Settlement): SettledRow {
  return [
    callback.sdkAppId,
    callback.lane,
    callback.sequence,
    callback.position,
    callback.acceptedAt,
    callback.replayOf?.position ?? null,
    typeof state === "object" ? state.retryAt : state,
    attempt.number,
    attempt.startedAt,
    attempt.durationMs,
    attempt.outcome,
    attempt.status ?? null,
    attempt.code ?? null,
    attempt.answer ?? null,
    attempt.error ?? null,
  ];
}
