import { statement, type Postgres } from "@muster/foundation";

import type { Deliveries, RemovalQuery } from "../../deliveries.ts";
import type { DeliveryRow } from "../delivery-row.ts";
import { DELIVERY_COLUMNS, DELIVERY_JOINS } from "./delivery-rows.ts";
import { copying } from "./departure-lock.ts";
import { createPeriods } from "./periods.ts";
import { positionsOf } from "./position-times.ts";

/** Most callbacks that one transaction looks at. */
const PIECE = 500;

interface OldRow extends DeliveryRow {
  readonly given_up_at: number | null;
  readonly last_attempt_at: number | null;
  readonly is_repeated: boolean;
}

const select = statement(
  `SELECT ${DELIVERY_COLUMNS}, given_up.given_up_at,
     (SELECT max(started_at) FROM attempt WHERE attempt.app = outbox.app AND attempt.position = outbox.position)
       AS last_attempt_at,
     EXISTS (
       SELECT 1 FROM outbox AS replay JOIN lane AS again ON again.app = replay.app AND again.lane = replay.lane
       WHERE replay.app = outbox.app AND replay.replay_of = outbox.position AND replay.sequence > again.settled
     ) AS is_repeated
   FROM outbox ${DELIVERY_JOINS} WHERE outbox.position BETWEEN $1 AND $2 AND (outbox.position < $3 OR outbox.position >= $4)
   ORDER BY outbox.position LIMIT ${PIECE}`,
);
const remove = statement(
  `WITH attempts AS (
     DELETE FROM attempt USING unnest($1::bigint[], $2::bigint[]) AS old (app, position)
     WHERE attempt.app = old.app AND attempt.position = old.position
   ), states AS (
     DELETE FROM given_up USING unnest($1::bigint[], $2::bigint[]) AS old (app, position)
     WHERE given_up.app = old.app AND given_up.position = old.position
   )
   DELETE FROM outbox USING unnest($1::bigint[], $2::bigint[]) AS old (app, position)
   WHERE outbox.app = old.app AND outbox.position = old.position`,
);
const removeLanes = statement(
  `DELETE FROM lane USING (SELECT DISTINCT * FROM unnest($1::bigint[], $2::text[])) AS empty (app, lane)
   WHERE lane.app = empty.app AND lane.lane = empty.lane AND kind = 'replay' AND settled = last
     AND NOT EXISTS (SELECT 1 FROM outbox WHERE outbox.app = lane.app AND outbox.lane = lane.lane)`,
);

/**
 * Removes callbacks that are settled and old, with their attempts, from the old end on: whole periods first, then what
 * is left of earlier ones, and in the current one what need not be kept as long as a period lasts. What is pending
 * stays, and so does what a replay is about to deliver. The ledger goes on counting them; a lane of replays that is
 * empty goes too.
 */
export function createRemoval(db: Postgres): Deliveries["removeOld"] {
  const periods = createPeriods(db);

  return async (query) => {
    // What is copied to another store stays as it is meanwhile.
    if ((await db.all(copying)).length > 0) return { removed: 0, next: undefined };
    let dropped = 0;
    if (query.after === 0) {
      await periods.rotate(query.before);
      dropped = await periods.dropOld(query);
    }
    const piece = await removePiece(query);
    return { ...piece, removed: dropped + piece.removed };
  };

  async function removePiece(query: RemovalQuery): ReturnType<Deliveries["removeOld"]> {
    const singly = await periods.singly();
    return await db.transaction(async (tx) => {
      const { high } = await positionsOf(tx, { to: Math.max(query.before, query.deadBefore) });
      const rows = await tx.all<OldRow>(select, query.after + 1, high, singly.before, singly.from);
      const old = rows.filter((row) => isOld(row, query));
      const repeats = old.filter(({ replay_of }) => replay_of !== null);
      const column = <T>(of: readonly OldRow[], value: (row: OldRow) => T): T[] => of.map(value);
      if (old.length > 0) {
        tx.push(
          remove,
          column(old, ({ app }) => app),
          column(old, ({ position }) => position),
        );
      }
      if (repeats.length > 0) {
        tx.push(
          removeLanes,
          column(repeats, ({ app }) => app),
          column(repeats, ({ lane }) => lane),
        );
      }
      return { removed: old.length, next: rows.length < PIECE ? undefined : rows.at(-1)?.position };
    });
  }
}

function isOld(row: OldRow, { before, deadBefore }: RemovalQuery): boolean {
  if (row.state === "pending" || row.is_repeated) return false;
  const since = Math.max(row.accepted_at, row.last_attempt_at ?? 0);
  return row.given_up_at === null ? since < before : Math.max(since, row.given_up_at) < deadBefore;
}
