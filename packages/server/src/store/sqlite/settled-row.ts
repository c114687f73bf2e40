import type { AttemptOutcome, Settlement } from "../../ports.ts";

/** A result as it is written: what goes to another thread costs by the piece, and objects most. */
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

const WIDTH: SettledRow["length"] = 15;

/** Rows, one behind another. */
export type SettledValues = readonly SettledRow[number][];

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

/** The rows that were put one behind another. */
export function settledRows(values: SettledValues): SettledRow[] {
  const rows: SettledRow[] = [];
  for (let at = 0; at < values.length; at += WIDTH) rows.push(values.slice(at, at + WIDTH) as unknown as SettledRow);
  return rows;
}
