import type { DatabaseSync } from "node:sqlite";

import { all } from "./group-reads.ts";

/**
 * When the callback was accepted that each app has waited for longest: by app, ms since 1970. Two looks into indexes for
 * each app, however long the backlog is: the lane that has waited longest for its turn, and of those that fail the one
 * with the oldest head. Among lanes that were never tried another's head may be older by what a turn takes.
 */
export function createOldestPending(reader: DatabaseSync): () => Promise<ReadonlyMap<number, number>> {
  const oldest = reader.prepare(
    `SELECT ledger.app, (
       SELECT outbox.accepted_at FROM lane
       JOIN outbox ON outbox.app = lane.app AND outbox.lane = lane.lane AND outbox.sequence = lane.settled + 1
       WHERE lane.app = ledger.app AND lane.kind = 'fresh' AND lane.due IS NOT NULL ORDER BY lane.due LIMIT 1
     ) AS fresh, (
       SELECT lane.head_at FROM lane WHERE lane.app = ledger.app AND lane.kind = 'retrying'
       ORDER BY lane.head_at LIMIT 1
     ) AS failing
     FROM ledger WHERE accepted > delivered + dead + cancelled`,
  );
  return async () =>
    new Map(
      all<{ app: number; fresh: number | null; failing: number | null }>(oldest).flatMap(({ app, fresh, failing }) => {
        const accepted = Math.min(fresh ?? Infinity, failing ?? Infinity);
        return accepted === Infinity ? [] : [[app, accepted] as const];
      }),
    );
}
