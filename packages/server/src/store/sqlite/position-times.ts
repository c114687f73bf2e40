import type { DatabaseSync } from "node:sqlite";

import { one } from "./group-reads.ts";

/**
 * By so much, in ms, callbacks may be out of the order of their times: a command takes the time when it begins, and
 * its callback has its position when it is committed.
 */
const DISORDER = 10_000;

/** A range of positions, both ends included. */
export interface PositionRange {
  readonly low: number;
  readonly high: number;
}

/**
 * Finds callbacks by time without an index on it: positions are given in the order of time, so that the ends of a
 * range are found by halving. What is found holds all that is asked for, and some more at its ends.
 */
export function createPositionTimes(db: DatabaseSync): (from?: number, to?: number) => PositionRange {
  // Each by itself: both at once would go through the whole table.
  const ends = db.prepare(
    "SELECT (SELECT min(position) FROM outbox) AS low, (SELECT max(position) FROM outbox) AS high",
  );
  const firstFrom = db.prepare(
    "SELECT position, accepted_at FROM outbox WHERE position >= ? ORDER BY position LIMIT 1",
  );

  /** The first position within a range from which on callbacks are of a time or later. */
  function firstAt(time: number, { low, high }: PositionRange): number {
    let [first, end] = [low, high + 1];
    while (first < end) {
      const middle = Math.floor((first + end) / 2);
      const found = one<{ position: number; accepted_at: number }>(firstFrom, middle);
      if (!found || found.accepted_at >= time) end = middle;
      else first = found.position + 1;
    }
    return first;
  }

  return (from, to) => {
    const { low, high } = one<{ low: number | null; high: number | null }>(ends) ?? { low: null, high: null };
    const whole = { low: low ?? 1, high: high ?? 0 };
    return {
      low: from === undefined ? whole.low : firstAt(from - DISORDER, whole),
      high: to === undefined ? whole.high : firstAt(to + DISORDER, whole) - 1,
    };
  };
}

/** The time that an id of the server's begins with, ms since 1970; `undefined` where it is of another kind. */
export function timeOfId(id: string): number | undefined {
  return /^[0-9a-f]{8}-[0-9a-f]{4}-7/.test(id) ? Number.parseInt(id.slice(0, 8) + id.slice(9, 13), 16) : undefined;
}
