import { statement, type Postgres, type PostgresTransaction } from "@muster/foundation";

import type { RemovalQuery } from "../../deliveries.ts";
import { copying } from "./departure-lock.ts";
import { first } from "./group-reads.ts";

/**
 * A period is a range of so many positions, and has a part of the outbox and of the attempts to itself. It begins when
 * the sequence is moved there: always forwards, to a part that is there already. What is old is dropped with its part.
 */
const POSITIONS = 2 ** 36;
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** Parts of the time that callbacks are kept: so much of it more, at the most, they are there. */
const PARTS = 8;
/** So long, in ms, it may take to find out what stays of an old period: then it is tried again later. */
const LONGEST = HOUR;
/** What stays of an old period is moved, while everybody waits: if it is more, the period stays. */
const MOST_MOVED = 20_000;

/** Who has it begins periods, and drops them, which may take long: whoever else would leaves it to that node. */
const hold = statement("SELECT pg_try_advisory_xact_lock(1299539829) AS is_ours");
/** Of two who find the sequence behind, the later one must not move it back. */
const holdSequence = statement("SELECT pg_advisory_xact_lock(1299539833)");
const periods = statement(
  `SELECT number, began_at, (extract(epoch FROM clock_timestamp()) * 1000)::bigint AS now FROM period ORDER BY number`,
);
const beginPeriod = statement("INSERT INTO period (number, began_at) VALUES ($1, $2)");
const moveTo = statement("SELECT setval('outbox_position', $1) FROM outbox_position WHERE last_value < $1");
const forgetDays = statement(
  "DELETE FROM tally WHERE kind >= 'growth:' AND kind < 'growth;' AND substr(kind, 8)::bigint < $1",
);
const endPeriod = statement("DELETE FROM period WHERE number = $1 RETURNING number");

/** Positions from `low` on, before `high`. */
const staying = statement(
  `SELECT outbox.app, outbox.position FROM lane
   JOIN outbox ON outbox.app = lane.app AND outbox.lane = lane.lane AND outbox.sequence > lane.settled
     AND outbox.position >= lane.head AND outbox.position >= $1 AND outbox.position < $2
   WHERE lane.due IS NOT NULL AND lane.head < $2
   UNION
   SELECT app, position FROM given_up
   WHERE position >= $1 AND position < $2 AND (given_up_at >= $4 OR EXISTS (
     SELECT 1 FROM attempt WHERE attempt.app = given_up.app AND attempt.position = given_up.position AND started_at >= $4
   ))
   UNION
   SELECT attempt.app, attempt.position FROM attempt
   WHERE attempt.position >= $1 AND attempt.position < $2 AND started_at >= $3
     AND NOT EXISTS (SELECT 1 FROM given_up WHERE given_up.app = attempt.app AND given_up.position = attempt.position)
   UNION
   SELECT replay.app, replay.replay_of FROM lane
   JOIN outbox AS replay ON replay.app = lane.app AND replay.lane = lane.lane AND replay.sequence > lane.settled
     AND replay.position >= lane.head
   WHERE lane.kind = 'replay' AND lane.due IS NOT NULL AND replay.replay_of >= $1 AND replay.replay_of < $2
   LIMIT ${MOST_MOVED + 1}`,
);
const emptyLanes = statement(
  `DELETE FROM lane USING (
     SELECT DISTINCT app, lane FROM outbox WHERE position >= $1 AND position < $2 AND replay_of IS NOT NULL
   ) AS repeated
   WHERE lane.app = repeated.app AND lane.lane = repeated.lane AND kind = 'replay' AND settled = last AND NOT EXISTS (
     SELECT 1 FROM outbox
     WHERE outbox.app = lane.app AND outbox.lane = lane.lane AND NOT (position >= $1 AND position < $2)
   )`,
);
// Its ends tell how many there are, but for positions of what was undone: to count them is to read all of it.
const extent = statement(
  `SELECT coalesce(
     (SELECT position FROM outbox WHERE position >= $1 AND position < $2 ORDER BY position DESC LIMIT 1) -
     (SELECT position FROM outbox WHERE position >= $1 AND position < $2 ORDER BY position LIMIT 1) + 1, 0
   ) AS n`,
);
const forgetGivenUp = statement(
  `DELETE FROM given_up WHERE position >= $1 AND position < $2
     AND NOT EXISTS (SELECT 1 FROM unnest($3::bigint[]) AS kept (position) WHERE kept.position = given_up.position)`,
);

interface PeriodRow {
  readonly number: number;
  readonly began_at: number;
  /** The database's time, in ms since 1970. */
  readonly now: number;
}

/** The periods of the outbox. */
export interface Periods {
  /** Begins another period where the current one is old enough. */
  rotate(before: number): Promise<void>;
  /** Drops the periods that are older than what is kept; about how many callbacks went. */
  dropOld(query: RemovalQuery): Promise<number>;
  /** Which positions are not to be dropped with their period: those before the first, and from the current one on. */
  singly(): Promise<{ readonly before: number; readonly from: number }>;
}

export function createPeriods(db: Postgres): Periods {
  async function rotate(before: number): Promise<void> {
    const current = await db.transaction(async (tx) => {
      if (!(await isOurs(tx))) return undefined;
      const newest = (await tx.all<PeriodRow>(periods)).at(-1);
      if (!newest) throw new TypeError("there is no period");
      const { number, began_at, now } = newest;
      await addParts(tx, number + 1);
      const length = Math.min(DAY, Math.max(HOUR, (now - before) / PARTS));
      if (now - began_at < length) return number;
      tx.push(beginPeriod, number + 1, now);
      tx.push(forgetDays, Math.floor(now / DAY) - 2);
      await addParts(tx, number + 2);
      return number + 1;
    });
    if (current === undefined) return;
    // After that is committed: a sequence moves at once, and for good.
    await db.transaction(async (tx) => {
      tx.push(holdSequence);
      tx.push(moveTo, current * POSITIONS);
    });
  }

  async function drop({ number }: PeriodRow, { before, deadBefore, signal }: RemovalQuery): Promise<number> {
    const range = [number * POSITIONS, (number + 1) * POSITIONS] as const;
    const limits = [AbortSignal.timeout(LONGEST), ...(signal ? [signal] : [])];
    return await db.longTransaction(AbortSignal.any(limits), async (tx) => {
      tx.push(unlimited);
      if (!(await isOurs(tx))) return 0;
      const kept = await tx.all<{ app: number; position: number }>(staying, ...range, before, deadBefore);
      // It may have begun meanwhile.
      if (kept.length > MOST_MOVED || (await tx.all(copying)).length > 0) return 0;
      const removed = first(await tx.all<{ n: number }>(extent, ...range))?.n ?? 0;
      const positions = kept.map(({ position }) => position);
      if ((await tx.all(endPeriod, number)).length === 0) return 0;
      tx.push(emptyLanes, ...range);
      tx.push(forgetGivenUp, ...range, positions);
      // From here on everybody waits: nothing is done but to move what stays.
      for (const table of ["outbox", "attempt"]) {
        const part = `${table}_${number}`;
        tx.push(statement(`ALTER TABLE ${table} DETACH PARTITION ${part}`));
        tx.push(statement(`INSERT INTO ${table} SELECT * FROM ${part} WHERE position = ANY ($1::bigint[])`), positions);
        tx.push(statement(`DROP TABLE ${part}`));
      }
      return removed - kept.length;
    });
  }

  return {
    rotate,
    async dropOld(query) {
      const all = await db.all<PeriodRow>(periods);
      let removed = 0;
      for (const [i, period] of all.entries()) {
        const next = all[i + 1];
        if (!next || next.began_at >= query.before) break;
        removed += await drop(period, query);
      }
      return removed;
    },
    async singly() {
      const all = await db.all<PeriodRow>(periods);
      return { before: (all[0]?.number ?? 0) * POSITIONS, from: (all.at(-1)?.number ?? 0) * POSITIONS };
    },
  };
}

/**
 * It may take long, but nobody waits for it: it gives up where it would have to wait for others. Of a period's attempts all
 * are read, which is done soonest from the first to the last.
 */
const unlimited = statement(
  `SELECT set_config('statement_timeout', '0', true), set_config('lock_timeout', '2s', true),
     set_config('enable_seqscan', 'on', true)`,
);

async function isOurs(tx: PostgresTransaction): Promise<boolean> {
  return first(await tx.all<{ is_ours: boolean }>(hold))?.is_ours ?? false;
}

async function addParts(tx: PostgresTransaction, number: number): Promise<void> {
  for (const table of ["outbox", "attempt"]) {
    const range = `FROM (${number * POSITIONS}) TO (${(number + 1) * POSITIONS})`;
    await tx.all(statement(`CREATE TABLE IF NOT EXISTS ${table}_${number} PARTITION OF ${table} FOR VALUES ${range}`));
  }
}
