import { statement, type Postgres, type PostgresQueries } from "@muster/foundation";

import { resolutions, type SeriesPoint, type SeriesStore } from "../../delivery-series.ts";

interface SeriesRow {
  readonly app: number;
  readonly at: number;
  readonly attempts: number;
  readonly delivered: number;
  readonly dead: number;
  readonly pending: number;
  readonly durations: number[];
}

const columns = "app, at, attempts, delivered, dead, pending, durations";
// Several nodes add to one row.
const add = statement(
  `INSERT INTO series (resolution, ${columns}) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
   ON CONFLICT (app, resolution, at) DO UPDATE SET
     attempts = series.attempts + excluded.attempts,
     delivered = series.delivered + excluded.delivered,
     dead = series.dead + excluded.dead,
     pending = excluded.pending,
     durations = ARRAY(
       SELECT coalesce(a, 0) + coalesce(b, 0)
       FROM unnest(series.durations, excluded.durations) WITH ORDINALITY AS both_of (a, b, bucket) ORDER BY bucket
     )`,
);
const select = statement(`SELECT ${columns} FROM series WHERE resolution = $1 AND app = $2 AND at >= $3 ORDER BY at`);
const remove = statement("DELETE FROM series WHERE resolution = $1 AND at < $2");

/** How endpoints did, a row for each minute and each hour in which there was something to tell; read by `reads`. */
export function createSeriesStore(db: Postgres, reads: PostgresQueries): SeriesStore {
  return {
    async add(points) {
      // In one order on every node: whoever waits for another's row does not hold what that one waits for.
      const ordered = points.toSorted((a, b) => a.sdkAppId - b.sdkAppId);
      await db.transaction(async (tx) => {
        for (const { sdkAppId, at, attempts, delivered, dead, pending, durations } of ordered) {
          for (const resolution of ["minute", "hour"] as const) {
            const { length } = resolutions[resolution];
            const start = Math.floor(at / length) * length;
            await tx.all(add, resolution, sdkAppId, start, attempts, delivered, dead, pending, durations);
          }
        }
      });
    },
    async read(sdkAppId, resolution, from) {
      return (await reads.all<SeriesRow>(select, resolution, sdkAppId, from)).map(({ app, ...rest }): SeriesPoint => ({
        sdkAppId: app,
        ...rest,
      }));
    },
    async forget(resolution, before) {
      await db.all(remove, resolution, before);
    },
  };
}
