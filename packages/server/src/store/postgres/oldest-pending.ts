import { statement, type PostgresQueries } from "@muster/foundation";

import { SHARDS } from "./shards.ts";

/**
 * When the callback was accepted that each app has waited for longest: by app, ms since 1970. A few looks into indexes
 * for each app, however long the backlog is: the lane that has waited longest for its turn, and of those that fail the
 * one with the oldest head. Among lanes that were never tried another's head may be older by what a turn takes.
 */
const oldest = statement(
  `WITH RECURSIVE apps (app) AS (
     (SELECT app FROM lane WHERE due IS NOT NULL ORDER BY app LIMIT 1)
     UNION ALL
     SELECT (SELECT app FROM lane WHERE due IS NOT NULL AND lane.app > apps.app ORDER BY app LIMIT 1) FROM apps
     WHERE apps.app IS NOT NULL
   )
   SELECT apps.app, (
     SELECT outbox.accepted_at FROM (
       SELECT of_shard.* FROM generate_series(0, ${SHARDS - 1}) AS every (shard) CROSS JOIN LATERAL (
         SELECT due, head FROM lane
         WHERE app = apps.app AND kind = 'fresh' AND shard = every.shard AND due IS NOT NULL ORDER BY due LIMIT 1
       ) AS of_shard ORDER BY due LIMIT 1
     ) AS first JOIN outbox ON outbox.position = first.head AND outbox.app = apps.app
   ) AS fresh, (
     SELECT lane.head_at FROM lane WHERE lane.app = apps.app AND lane.kind = 'retrying' ORDER BY lane.head_at LIMIT 1
   ) AS failing
   FROM apps WHERE apps.app IS NOT NULL`,
);

export async function oldestPending(db: PostgresQueries): Promise<ReadonlyMap<number, number>> {
  const rows = await db.all<{ app: number; fresh: number | null; failing: number | null }>(oldest);
  return new Map(
    rows.flatMap(({ app, fresh, failing }) => {
      const accepted = Math.min(fresh ?? Infinity, failing ?? Infinity);
      return accepted === Infinity ? [] : [[app, accepted] as const];
    }),
  );
}
