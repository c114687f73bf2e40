import { statement, type PostgresQueries } from "@muster/foundation";

import { replayLane, type DeliveryFilter } from "../../deliveries.ts";
import type { DeliveryRow } from "../delivery-row.ts";
import { first } from "./group-reads.ts";
import { positionsOf, timeOfId, type PositionRange } from "./position-times.ts";

/** The columns of a `DeliveryRow`: what is settled is delivered, but for what was given up. */
export const DELIVERY_COLUMNS = `outbox.position, outbox.app, outbox.lane, outbox.sequence, outbox.id, outbox.command,
  outbox.accepted_at, outbox.replay_of, outbox.replay_sequence,
  CASE WHEN outbox.sequence > lane.settled THEN 'pending' ELSE coalesce(given_up.state, 'delivered') END AS state`;

/** Beside the outbox, what these columns need. */
export const DELIVERY_JOINS = `LEFT JOIN lane ON lane.app = outbox.app AND lane.lane = outbox.lane
  LEFT JOIN given_up ON given_up.app = outbox.app AND given_up.position = outbox.position`;

/** An app's pending callbacks are looked up lane by lane up to so many lanes and callbacks. */
const MOST_LANES = 10_000;
const MOST_PENDING = 50_000;

type Order = "ASC" | "DESC";

function statementsIn(order: Order) {
  const select = (from: string, condition: string, by = "outbox.position") =>
    statement(
      `SELECT ${DELIVERY_COLUMNS} FROM ${from}
       WHERE ${condition} AND outbox.position BETWEEN $1 AND $2 ORDER BY ${by} ${order} LIMIT $3`,
    );
  return {
    byPosition: select(`outbox ${DELIVERY_JOINS}`, "true"),
    byLane: select(`outbox ${DELIVERY_JOINS}`, "outbox.app = $4 AND outbox.lane = $5"),
    byGivenUp: select(
      `given_up JOIN outbox ON outbox.app = given_up.app AND outbox.position = given_up.position
       LEFT JOIN lane ON lane.app = outbox.app AND lane.lane = outbox.lane`,
      "given_up.app = $4 AND given_up.state = $5 AND given_up.position BETWEEN $1 AND $2",
      "given_up.position",
    ),
    byPending: select(
      `lane JOIN outbox ON outbox.app = lane.app AND outbox.lane = lane.lane AND outbox.sequence > lane.settled
         AND outbox.position >= lane.head
       LEFT JOIN given_up ON given_up.app = outbox.app AND given_up.position = outbox.position`,
      "lane.app = $4 AND lane.due IS NOT NULL",
    ),
  };
}

const statements = { ASC: statementsIn("ASC"), DESC: statementsIn("DESC") };
const pendingSize = statement(
  `SELECT count(*) AS lanes, coalesce(sum(n), 0)::bigint AS callbacks FROM (
     SELECT last - settled AS n FROM lane WHERE app = $1 AND due IS NOT NULL LIMIT $2
   ) AS lanes`,
);

/** Reads callbacks in the order of their positions, each filter along a key that is there anyway. */
export interface DeliveryRows {
  /** Where all that fits is. */
  range(filter: DeliveryFilter): Promise<PositionRange>;
  /** The next candidates in a range: fewer than `limit` only at its end. Those that fit are among them. */
  candidates(filter: DeliveryFilter, range: PositionRange, limit: number): Promise<DeliveryRow[]>;
}

export function createDeliveryRows(db: PostgresQueries, order: Order): DeliveryRows {
  const { byPosition, byLane, byGivenUp, byPending } = statements[order];

  /** Where most of what there is is pending, going through everything finds it sooner. */
  async function isFewPending(app: number): Promise<boolean> {
    const size = first(await db.all<{ lanes: number; callbacks: number }>(pendingSize, app, MOST_LANES + 1));
    return size !== undefined && size.lanes <= MOST_LANES && size.callbacks <= MOST_PENDING;
  }

  function byPlace(a: DeliveryRow, b: DeliveryRow): number {
    return order === "ASC" ? a.position - b.position : b.position - a.position;
  }

  return {
    async range({ from, to, id, sdkAppId: app }) {
      const time = id === undefined ? undefined : timeOfId(id);
      return await positionsOf(db, time === undefined ? { from, to, app } : { from: time, to: time + 1, app });
    },
    async candidates({ sdkAppId, group, state }, { low, high }, limit) {
      if (sdkAppId === undefined) return await db.all<DeliveryRow>(byPosition, low, high, limit);
      if (group !== undefined) {
        const lanes = [group, replayLane(group)];
        const rows = await Promise.all(
          lanes.map((lane) => db.all<DeliveryRow>(byLane, low, high, limit, sdkAppId, lane)),
        );
        return rows.flat().toSorted(byPlace).slice(0, limit);
      }
      if (state === "dead" || state === "cancelled") {
        return await db.all<DeliveryRow>(byGivenUp, low, high, limit, sdkAppId, state);
      }
      return state === "pending" && (await isFewPending(sdkAppId))
        ? await db.all<DeliveryRow>(byPending, low, high, limit, sdkAppId)
        : await db.all<DeliveryRow>(byPosition, low, high, limit);
    },
  };
}
