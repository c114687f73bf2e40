import { nextTurn, type GroupCommit } from "@muster/foundation";
import type { DatabaseSync } from "node:sqlite";

import type { Deliveries, Delivery } from "../../deliveries.ts";
import type { NewCallback } from "../../ports/outbox.ts";
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
import { all, one } from "./group-reads.ts";
import { createOldestPending } from "./oldest-pending.ts";
import { createRemoval } from "./removal.ts";
import { createReplays } from "./replays.ts";

/** Most candidates that are read in one go, and most that one page looks at. */
const PIECE = 1_000;
const MOST_EXAMINED = 50_000;
/** Most replays that are shown with a callback. */
const MOST_REPLAYS = 100;

/** The deliveries as they are looked at, repeated and forgotten. */
export function createDeliveries(
  writer: DatabaseSync,
  reader: DatabaseSync,
  commits: GroupCommit,
  enqueue: (sdkAppId: number, callback: NewCallback) => Promise<void>,
): Deliveries {
  const rows = createDeliveryRows(reader, "DESC");
  const lastAttempt = reader.prepare(
    "SELECT number, outcome FROM attempt WHERE position = ? ORDER BY number DESC LIMIT 1",
  );
  const detail = reader.prepare(
    `SELECT ${DELIVERY_COLUMNS}, outbox.body, outbox.client_ip, outbox.platform, given_up.given_up_at,
       CASE WHEN outbox.sequence = lane.settled + 1 AND lane.attempts > 0 THEN lane.due END AS retry_at
     FROM outbox ${DELIVERY_JOINS} WHERE outbox.position = ?`,
  );
  const attempts = reader.prepare("SELECT * FROM attempt WHERE position = ? ORDER BY number");
  const replays = reader.prepare(
    `SELECT ${DELIVERY_COLUMNS} FROM outbox INDEXED BY outbox_replay ${DELIVERY_JOINS}
     WHERE outbox.replay_of = ? ORDER BY outbox.position LIMIT ${MOST_REPLAYS}`,
  );
  const pending = reader.prepare("SELECT accepted - delivered - dead - cancelled AS n FROM ledger WHERE app = ?");
  const oldestPending = createOldestPending(reader);

  function withAttempts(row: DeliveryRow): Delivery {
    return toDelivery(row, one<LastAttemptRow>(lastAttempt, row.position));
  }

  return {
    async list({ before = Infinity, limit, ...filter }) {
      const { low, high: newest } = rows.range(filter);
      const deliveries: Delivery[] = [];
      let high = Math.min(newest, before - 1);
      for (let examined = 0; examined < MOST_EXAMINED; examined += PIECE) {
        const candidates = rows.candidates(filter, { low, high }, PIECE);
        for (const row of candidates) {
          if (!fits(filter, row)) continue;
          deliveries.push(withAttempts(row));
          if (deliveries.length === limit) return { deliveries, next: row.position };
        }
        const last = candidates.at(-1);
        if (!last || candidates.length < PIECE) return { deliveries, next: undefined };
        high = last.position - 1;
        await nextTurn();
      }
      return { deliveries, next: high + 1 };
    },
    async find(position) {
      const row = one<DetailRow>(detail, position);
      return (
        row && toDetail(row, all<AttemptRow>(attempts, position), all<DeliveryRow>(replays, position).map(withAttempts))
      );
    },
    async newest() {
      return rows.range({}).high;
    },
    async backlog(app) {
      const oldestAt = (await oldestPending()).get(app);
      return { pending: one<{ n: number }>(pending, app)?.n ?? 0, oldestAt };
    },
    replay: createReplays(writer, commits, enqueue),
    removeOld: createRemoval(writer, commits),
  };
}
