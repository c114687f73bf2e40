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
const arrived = statement("SELECT app, low, high FROM arrival ORDER BY low");

/** Positions of what an app had before it came from another store: all of a time when others were accepted elsewhere. */
interface Arrived extends PositionRange {
  readonly app: number;
}

/**
 * Finds callbacks by time without an index on it: positions are given in the order of time, so that the ends of a
 * range are found by halving. What is found holds all that is asked for, and some more at its ends.
 * @param app whose callbacks are asked for; everybody's where it is absent
 */
export async function positionsOf(
  db: PostgresQueries,
  {
    from,
    to,
    app,
  }: { readonly from?: number | undefined; readonly to?: number | undefined; readonly app?: number | undefined },
): Promise<PositionRange> {
  const [[end], others] = await Promise.all([
    db.all<{ low: number | null; high: number | null }>(ends),
    db.all<Arrived>(arrived),
  ]);
  const whole = { low: end?.low ?? 1, high: end?.high ?? 0 };
  const low = from === undefined ? whole.low : await firstAt(db, from - DISORDER, whole, others);
  const high = to === undefined ? whole.high : (await firstAt(db, to + DISORDER, whole, others)) - 1;
  const own = others.filter((other) => app === undefined || other.app === app);
  return {
    low: Math.min(low, ...own.map((other) => other.low)),
    high: Math.max(high, ...own.map((other) => other.high)),
  };
}

/** The first position within a range from which on callbacks are of a time or later. */
async function firstAt(
  db: PostgresQueries,
  time: number,
  { low, high }: PositionRange,
  others: readonly Arrived[],
): Promise<number> {
  let [at, end] = [low, high + 1];
  while (at < end) {
    const middle = Math.floor((at + end) / 2);
    const found = await firstBehind(db, middle, others);
    if (!found || found.accepted_at >= time) end = middle;
    else at = found.position + 1;
  }
  return at;
}

/** The first callback from a position on that has its position by its time. */
async function firstBehind(
  db: PostgresQueries,
  from: number,
  others: readonly Arrived[],
): Promise<{ position: number; accepted_at: number } | undefined> {
  const found = first(await db.all<{ position: number; accepted_at: number }>(firstFrom, from));
  const other = found && others.find(({ low, high }) => low <= found.position && found.position <= high);
  return other ? await firstBehind(db, other.high + 1, others) : found;
}

/** The time that an id of the server's begins with, ms since 1970; `undefined` where it is of another kind. */
export function timeOfId(id: string): number | undefined {
  return /^[0-9a-f]{8}-[0-9a-f]{4}-7/.test(id) ? Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16) : undefined;
}
