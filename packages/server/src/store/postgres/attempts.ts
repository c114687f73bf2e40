import { statement, type PostgresTransaction } from "@muster/foundation";

import type { Settlement } from "../../ports/outbox.ts";

const add = statement(
  `INSERT INTO attempt (app, position, number, started_at, duration_ms, outcome, status, code, answer, error)
   SELECT told.app, position, number, started_at, duration_ms, outcome, status, code, answer, error
   FROM unnest($1::bigint[], $2::bigint[], $3::integer[], $4::bigint[], $5::bigint[], $6::text[], $7::integer[],
     $8::bigint[], $9::text[], $10::text[], $11::smallint[], $12::bigint[])
     AS told (app, position, number, started_at, duration_ms, outcome, status, code, answer, error, shard, fence)
   JOIN shard USING (shard, fence)
   ON CONFLICT (app, position, number) DO UPDATE SET started_at = excluded.started_at,
     duration_ms = excluded.duration_ms, outcome = excluded.outcome, status = excluded.status, code = excluded.code,
     answer = excluded.answer, error = excluded.error`,
);

/** A result, and the fencing number that its lane's shard had when it was told. */
export interface Fenced extends Settlement {
  readonly shard: number;
  readonly fence: number;
}

/** Keeps how attempts went, as far as their shards are still this node's; of one that is told of twice, the last. */
export function keepAttempts(tx: PostgresTransaction, settlements: readonly Fenced[]): void {
  const last = new Map(settlements.map((one) => [`${one.callback.position} ${one.attempt.number}`, one]));
  const kept = [...last.values()];
  const column = <T>(of: (settlement: Fenced) => T): T[] => kept.map(of);
  tx.push(
    add,
    column(({ callback }) => callback.sdkAppId),
    column(({ callback }) => callback.position),
    column(({ attempt }) => attempt.number),
    column(({ attempt }) => attempt.startedAt),
    column(({ attempt }) => Math.round(attempt.durationMs)),
    column(({ attempt }) => attempt.outcome),
    column(({ attempt }) => attempt.status ?? null),
    column(({ attempt }) => attempt.code ?? null),
    column(({ attempt }) => attempt.answer ?? null),
    column(({ attempt }) => attempt.error ?? null),
    column(({ shard }) => shard),
    column(({ fence }) => fence),
  );
}
