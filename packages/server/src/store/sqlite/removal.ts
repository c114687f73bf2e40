import type { GroupCommit } from "@muster/foundation";
import type { DatabaseSync } from "node:sqlite";

import type { Deliveries, RemovalQuery } from "../../deliveries.ts";
import type { DeliveryRow } from "../delivery-row.ts";
import { DELIVERY_COLUMNS, DELIVERY_JOINS } from "./delivery-rows.ts";
import { all } from "./group-reads.ts";
import { createPositionTimes } from "./position-times.ts";

/** Most callbacks that one transaction looks at. */
const PIECE = 500;

interface OldRow extends DeliveryRow {
  readonly given_up_at: number | null;
  readonly last_attempt_at: number | null;
  readonly is_repeated: number;
}

/**
 * Removes callbacks that are settled and old, with their attempts, from the old end on. What is pending stays, and so
 * does what a replay is about to deliver. The ledger goes on counting them; a lane of replays that is empty goes too.
 */
export function createRemoval(writer: DatabaseSync, commits: GroupCommit): Deliveries["removeOld"] {
  const times = createPositionTimes(writer);
  const select = writer.prepare(
    `SELECT ${DELIVERY_COLUMNS}, given_up.given_up_at,
       (SELECT max(started_at) FROM attempt WHERE attempt.position = outbox.position) AS last_attempt_at,
       EXISTS (
         SELECT 1 FROM outbox AS replay INDEXED BY outbox_replay
         JOIN lane AS again ON again.app = replay.app AND again.lane = replay.lane
         WHERE replay.replay_of = outbox.position AND replay.sequence > again.settled
       ) AS is_repeated
     FROM outbox ${DELIVERY_JOINS} WHERE outbox.position BETWEEN ? AND ? ORDER BY outbox.position LIMIT ${PIECE}`,
  );
  const removals = ["attempt", "given_up", "outbox"].map((table) =>
    writer.prepare(`DELETE FROM ${table} WHERE position = ?`),
  );
  const removeLane = writer.prepare(
    `DELETE FROM lane WHERE app = ?1 AND lane = ?2 AND kind = 'replay' AND settled = last
       AND NOT EXISTS (SELECT 1 FROM outbox WHERE app = ?1 AND lane = ?2)`,
  );

  function isOld(row: OldRow, { before, deadBefore }: RemovalQuery): boolean {
    if (row.state === "pending" || row.is_repeated === 1) return false;
    const since = Math.max(row.accepted_at, row.last_attempt_at ?? 0);
    return row.given_up_at === null ? since < before : Math.max(since, row.given_up_at) < deadBefore;
  }

  return (query) =>
    commits.write(() => {
      const { high } = times(undefined, Math.max(query.before, query.deadBefore));
      const rows = all<OldRow>(select, query.after + 1, high);
      const old = rows.filter((row) => isOld(row, query));
      for (const { position } of old) for (const removal of removals) removal.run(position);
      for (const { app, lane, replay_of } of old) if (replay_of !== null) removeLane.run(app, lane);
      return { removed: old.length, next: rows.length < PIECE ? undefined : rows.at(-1)?.position };
    });
}
