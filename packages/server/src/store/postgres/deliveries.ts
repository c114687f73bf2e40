import { nextTurn, statement, type Postgres, type PostgresQueries } from "@muster/foundation";

import type { Deliveries, Delivery } from "../../deliveries.ts";
import {
  fits,
  toDelivery,
  toDetail,
  type AttemptRow,
  type DeliveryRow,
  type DetailRow,
  type LastAttemptRow,
} from "../delivery-row.ts";
import { createDeliveryRows, DELIVERY_COLUMNS, DELIVERY_JOINS } from "./delivery-rows.ts";
import { first } from "./group-reads.ts";
import { oldestPending } from "./oldest-pending.ts";
import { createRemoval } from "./removal.ts";
import { createReplays, type WriteCallbacks } from "./replays.ts";

/** Most candidates that are read in one go, and most that one page looks at. */
const PIECE = 1_000;
const MOST_EXAMINED = 50_000;
/** Most replays that are shown with a callback. */
const MOST_REPLAYS = 100;

const lastAttempts = statement(
  `SELECT asked.position, last.number, last.outcome
   FROM unnest($1::bigint[], $2::bigint[]) AS asked (app, position) CROSS JOIN LATERAL (
     SELECT number, outcome FROM attempt WHERE app = asked.app AND position = asked.position ORDER BY number DESC LIMIT 1
   ) AS last`,
);
const detail = statement(
  `SELECT ${DELIVERY_COLUMNS}, outbox.body, outbox.client_ip, outbox.platform, given_up.given_up_at,
     CASE WHEN outbox.sequence = lane.settled + 1 AND lane.attempts > 0 THEN lane.due END AS retry_at
   FROM outbox ${DELIVERY_JOINS} WHERE outbox.position = $1`,
);
const attemptsOf = statement("SELECT * FROM attempt WHERE app = $1 AND position = $2 ORDER BY number");
const replaysOf = statement(
  `SELECT ${DELIVERY_COLUMNS} FROM outbox ${DELIVERY_JOINS}
   WHERE outbox.app = $1 AND outbox.replay_of = $2 AND outbox.position > $2
   ORDER BY outbox.position LIMIT ${MOST_REPLAYS}`,
);
const newest = statement("SELECT position FROM outbox ORDER BY position DESC LIMIT 1");
const pending = statement(
  `SELECT coalesce(sum(CASE WHEN kind = 'accepted' THEN n ELSE -n END), 0)::bigint AS n FROM tally
   WHERE app = $1 AND kind IN ('accepted', 'delivered', 'dead', 'cancelled')`,
);

/** The deliveries as they are looked at, by `reads`, repeated and forgotten. */
export function createDeliveries(db: Postgres, reads: PostgresQueries, write: WriteCallbacks): Deliveries {
  const rows = createDeliveryRows(reads, "DESC");

  async function withAttempts(some: readonly DeliveryRow[]): Promise<Delivery[]> {
    if (some.length === 0) return [];
    const [apps, positions] = [some.map(({ app }) => app), some.map(({ position }) => position)];
    const found = await reads.all<LastAttemptRow & Pick<AttemptRow, "position">>(lastAttempts, apps, positions);
    const last = new Map(found.map((row) => [row.position, row]));
    return some.map((row) => toDelivery(row, last.get(row.position)));
  }

  return {
    async list({ before = Infinity, limit, ...filter }) {
      const { low, high: last } = await rows.range(filter);
      const found: DeliveryRow[] = [];
      let high = Math.min(last, before - 1);
      for (let examined = 0; examined < MOST_EXAMINED; examined += PIECE) {
        const candidates = await rows.candidates(filter, { low, high }, PIECE);
        for (const row of candidates) {
          if (!fits(filter, row)) continue;
          found.push(row);
          if (found.length === limit) return { deliveries: await withAttempts(found), next: row.position };
        }
        const end = candidates.at(-1);
        if (!end || candidates.length < PIECE) return { deliveries: await withAttempts(found), next: undefined };
        high = end.position - 1;
        await nextTurn();
      }
      return { deliveries: await withAttempts(found), next: high + 1 };
    },
    async find(position) {
      const row = first(await reads.all<DetailRow>(detail, position));
      if (!row) return undefined;
      const [attempts, replays] = await Promise.all([
        reads.all<AttemptRow>(attemptsOf, row.app, position),
        reads.all<DeliveryRow>(replaysOf, row.app, position).then(withAttempts),
      ]);
      return toDetail(row, attempts, replays);
    },
    async newest() {
      return first(await reads.all<{ position: number }>(newest))?.position ?? 0;
    },
    async backlog(app) {
      const [oldest, counted] = await Promise.all([oldestPending(reads), reads.all<{ n: number }>(pending, app)]);
      return { pending: first(counted)?.n ?? 0, oldestAt: oldest.get(app) };
    },
    replay: createReplays(write),
    removeOld: createRemoval(db),
  };
}
