import { statement, type PostgresQueries } from "@muster/foundation";

import { first } from "./group-reads.ts";

/**
 * By so much, in ms, callbacks may be out of the order of their times: a command takes the time when it begins, and
 * its callback has its position when it is committed; and the clocks of nodes differ.
 */
const DISORDER = 10_000;

/** A range of positions, both ends included. */
export interface PositionRange {
  readonly low: number;
  readonly high: number;
}

// Each by itself: both at once would go through the whole table.
const ends = statement(
  `SELECT (SELECT position FROM outbox ORDER BY position LIMIT 1) AS low,
     (SELECT position FROM outbox ORDER BY position DESC LIMIT 1) AS high`,
);
const firstFrom = statement("SELECT position, accepted_at FROM outbox WHERE position >= $1 ORDER BY position LIMIT 1");

/**
 * Finds callbacks by time without an index on it: positions are given in the order of time, so that the ends of a
 * range are found by halving. What is found holds all that is asked for, and some more at its ends.
 */
export async function positionsOf(db: PostgresQueries, from?: number, to?: number): Promise<PositionRange> {
  const { low, high } = first(await db.all<{ low: number | null; high: number | null }>(ends)) ?? {};
  const whole = { low: low ?? 1, high: high ?? 0 };
  return {
    low: from === undefined ? whole.low : await firstAt(db, from - DISORDER, whole),
    high: to === undefined ? whole.high : (await firstAt(db, to + DISORDER, whole)) - 1,
  };
}

/** The first position within a range from which on callbacks are of a time or later. */
async function firstAt(db: PostgresQueries, time: number, { low, high }: PositionRange): Promise<number> {
  let [at, end] = [low, high + 1];
  while (at < end) {
    const middle = Math.floor((at + end) / 2);
    const found = first(await db.all<{ position: number; accepted_at: number }>(firstFrom, middle));
    if (!found || found.accepted_at >= time) end = middle;
    else at = found.position + 1;
  }
  return at;
}

/** The time that an id of the server's begins with, ms since 1970; `undefined` where it is of another kind. */
export function timeOfId(id: string): number | undefined {
  return /^[0-9a-f]{8}-[0-9a-f]{4}-7/.test(id) ? Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16) : undefined;
}
