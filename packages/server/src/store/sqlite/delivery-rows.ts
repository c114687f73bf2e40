import type { DatabaseSync } from "node:sqlite";

import { replayLane, type DeliveryFilter } from "../../deliveries.ts";
import type { DeliveryRow } from "../delivery-row.ts";
import { all, one } from "./group-reads.ts";
import { createPositionTimes, timeOfId, type PositionRange } from "./position-times.ts";

/** The columns of a `DeliveryRow`: what is settled is delivered, but for what was given up. */
export const DELIVERY_COLUMNS = `outbox.position, outbox.app, outbox.lane, outbox.sequence, outbox.id, outbox.command,
  outbox.accepted_at, outbox.replay_of, outbox.replay_sequence,
  CASE WHEN outbox.sequence > lane.settled THEN 'pending' ELSE coalesce(given_up.state, 'delivered') END AS state`;

/** Beside the outbox, what these columns need. */
export const DELIVERY_JOINS = `LEFT JOIN lane ON lane.app = outbox.app AND lane.lane = outbox.lane
  LEFT JOIN given_up ON given_up.position = outbox.position`;

/** An app's pending callbacks are looked up lane by lane up to so many lanes and callbacks. */
const MOST_LANES = 10_000;
const MOST_PENDING = 50_000;

type Order = "ASC" | "DESC";

/** Reads callbacks in the order of their positions, each filter along a key that is there anyway. */
export interface DeliveryRows {
  /** Where all that fits is. */
  range(filter: DeliveryFilter): PositionRange;
  /** The next candidates in a range: fewer than `limit` only at its end. Those that fit are among them. */
  candidates(filter: DeliveryFilter, range: PositionRange, limit: number): DeliveryRow[];
}

export function createDeliveryRows(db: DatabaseSync, order: Order): DeliveryRows {
  const times = createPositionTimes(db);
  const select = (from: string, condition: string) =>
    db.prepare(
      `SELECT ${DELIVERY_COLUMNS} FROM ${from}
       WHERE ${condition} AND outbox.position BETWEEN ? AND ? ORDER BY outbox.position ${order} LIMIT ?`,
    );
  const byPosition = select(`outbox ${DELIVERY_JOINS}`, "true");
  // The sequences of a lane are in the order of its positions, and the index has both.
  const byLane = db.prepare(
    `SELECT ${DELIVERY_COLUMNS} FROM outbox INDEXED BY outbox_lane ${DELIVERY_JOINS}
     WHERE outbox.app = ? AND outbox.lane = ? AND outbox.position BETWEEN ? AND ?
     ORDER BY outbox.sequence ${order} LIMIT ?`,
  );
  const byGivenUp = db.prepare(
    `SELECT ${DELIVERY_COLUMNS} FROM given_up CROSS JOIN outbox ON outbox.position = given_up.position
       LEFT JOIN lane ON lane.app = outbox.app AND lane.lane = outbox.lane
     WHERE given_up.app = ? AND given_up.state = ? AND given_up.position BETWEEN ? AND ?
     ORDER BY given_up.position ${order} LIMIT ?`,
  );
  const byPending = select(
    `lane INDEXED BY lane_due
     CROSS JOIN outbox ON outbox.app = lane.app AND outbox.lane = lane.lane AND outbox.sequence > lane.settled
     LEFT JOIN given_up ON given_up.position = outbox.position`,
    "lane.app = ? AND lane.due IS NOT NULL",
  );
  const pendingSize = db.prepare(
    `SELECT count(*) AS lanes, coalesce(sum(n), 0) AS callbacks FROM (
       SELECT last - settled AS n FROM lane INDEXED BY lane_due WHERE app = ? AND due IS NOT NULL LIMIT ?
     )`,
  );

  /** Where most of what there is is pending, going through everything finds it sooner. */
  function isFewPending(app: number): boolean {
    const size = one<{ lanes: number; callbacks: number }>(pendingSize, app, MOST_LANES + 1);
    return size !== undefined && size.lanes <= MOST_LANES && size.callbacks <= MOST_PENDING;
  }

  function byPlace(a: DeliveryRow, b: DeliveryRow): number {
    return order === "ASC" ? a.position - b.position : b.position - a.position;
  }

  return {
    range({ from, to, id }) {
      const time = id === undefined ? undefined : timeOfId(id);
      return time === undefined ? times(from, to) : times(time, time + 1);
    },
    candidates({ sdkAppId, group, state }, { low, high }, limit) {
      if (sdkAppId === undefined) return all<DeliveryRow>(byPosition, low, high, limit);
      if (group !== undefined) {
        const lanes = [group, replayLane(group)];
        const rows = lanes.flatMap((lane) => all<DeliveryRow>(byLane, sdkAppId, lane, low, high, limit));
        return rows.toSorted(byPlace).slice(0, limit);
      }
      if (state === "dead" || state === "cancelled") {
        return all<DeliveryRow>(byGivenUp, sdkAppId, state, low, high, limit);
      }
      return state === "pending" && isFewPending(sdkAppId)
        ? all<DeliveryRow>(byPending, sdkAppId, low, high, limit)
        : all<DeliveryRow>(byPosition, low, high, limit);
    },
  };
}
