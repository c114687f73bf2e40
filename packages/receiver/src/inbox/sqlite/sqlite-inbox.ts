import * as z from "zod/mini";

import type { ReceivedCallback } from "../inbox.ts";
import { createKeepBatches } from "../keep-batches.ts";
import { storedCallback, storedText } from "../stored-callback.ts";
import { storedError } from "../stored-dead-letter.ts";
import { happenedAt } from "../turn-order.ts";
import { createTurns } from "../turns.ts";
import { laneOf, type LaneWork, type RunEffect, type Settlement, type WorkInbox } from "../work-inbox.ts";
import { prepareDeadLetters } from "./dead-letters.ts";
import { makeTables } from "./schema.ts";
import { rowOf, type SqliteConnection } from "./sqlite-connection.ts";
import { guardTransaction } from "./transaction-guard.ts";

const integer = z.coerce.number();
const dueRow = z.object({
  lane: z.string(),
  sequence: integer,
  disbanded_at: z.nullable(integer),
  due_at: integer,
  listening: integer,
});
const firstRow = z.object({
  position: integer,
  failures: integer,
  callback: z.string(),
  body: z.instanceof(Uint8Array),
  waiting_since: integer,
});

/** A lane's work and where it is written. */
interface Claimed {
  readonly work: LaneWork;
  readonly lane: string;
  readonly position: number;
}

/**
 * An inbox in a SQLite file. What a handler writes with `tx` is committed together with the mark that the callback is
 * done; your own tables belong into the same file.
 *
 * The connection must be the receiver's own: a transaction is open on it while a handler runs, and whatever else was
 * written on the same connection meanwhile would be part of it, and be undone with it. Read and write on connections of
 * your own beside it. SQLite has one writer at a time, so callbacks that come while a handler is under way are
 * kept when it is over: keep handlers short, and leave slow work to whoever reads what they wrote.
 *
 * It turns on write-ahead logging, and waits for the disk at each commit.
 * @param connection a `DatabaseSync` of node:sqlite, a `Database` of better-sqlite3 or bun:sqlite, or what works like them
 * @example
 * ```ts
 * const inbox = createSqliteInbox(new DatabaseSync("app.db"));
 * ```
 */
export function createSqliteInbox(connection: SqliteConnection): WorkInbox<SqliteConnection> {
  const turns = createTurns();
  let statements: ReturnType<typeof prepare> | undefined;

  /** The tables are there before anything else is done, though nobody has called `open`. */
  function opened(): ReturnType<typeof prepare> {
    if (statements) return statements;
    connection.exec("PRAGMA busy_timeout = 1000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL");
    makeTables(connection);
    statements = prepare(connection);
    return statements;
  }

  const keep = createKeepBatches((callbacks) =>
    turns.take(() => {
      const file = opened();
      return transaction(connection, () => Promise.resolve(callbacks.map(file.keep)));
    }, "urgent"),
  );

  const runEffect: RunEffect<SqliteConnection> = async (effect) => {
    const { tx, end } = guardTransaction(connection);
    connection.exec("SAVEPOINT muster_effect");
    try {
      await effect(tx);
      end();
    } catch (error) {
      end();
      connection.exec("ROLLBACK TO muster_effect; RELEASE muster_effect");
      throw error;
    }
    connection.exec("RELEASE muster_effect");
  };

  function again<Result>(retry: (dead: ReturnType<typeof prepareDeadLetters>) => Result): Promise<Result> {
    return turns.take(() => {
      const { dead } = opened();
      return transaction(connection, () => Promise.resolve(retry(dead)));
    }, "ordinary");
  }

  return {
    open: () =>
      turns.take(() => {
        opened();
      }, "urgent"),
    keep,
    work: (now, step) =>
      turns.take(async () => {
        // Looked at without the lock first: most looks find nothing, and need not keep other writers out.
        const file = opened();
        if (!file.isDue(now)) return false;
        let tried: number | undefined;
        const workOnce = (run: RunEffect<SqliteConnection>): Promise<boolean> =>
          transaction(connection, async () => {
            const claimed = file.claim(now);
            // Another process may have been faster in between.
            if (!claimed || claimed.position !== (tried ?? claimed.position)) return claimed !== undefined;
            tried = claimed.position;
            file.settle(claimed, await step(claimed.work, run));
            return true;
          });
        try {
          return await workOnce(runEffect);
        } catch (error) {
          // What is checked at the commit alone is the handler's failure, too, and counted as such: its lane would else be
          // the first to be tried again and again, and keep all others waiting.
          if (!isBrokenConstraint(error)) throw error;
          return await workOnce(() => Promise.reject(error));
        }
      }, "ordinary"),
    nextDue: (now) => turns.take(() => opened().nextDue(now), "ordinary"),
    forget: (before) =>
      turns.take(() => {
        opened().forget(before);
      }, "ordinary"),
    deadLetters: (after, limit) => turns.take(() => opened().dead.page(after, limit), "ordinary"),
    retry: (dedupeKey) => again((dead) => dead.retry(dedupeKey)),
    retryAll: () => again((dead) => dead.retryAll()),
  };
}

/** node:sqlite and better-sqlite3 have codes of their own for it; the words are SQLite's. */
function isBrokenConstraint(error: unknown): error is Error {
  return error instanceof Error && error.message.includes("constraint failed");
}

/** Runs a task in a transaction that holds the lock for writing from the start, so that it cannot fail to get it later. */
async function transaction<Result>(connection: SqliteConnection, task: () => Promise<Result>): Promise<Result> {
  connection.exec("BEGIN IMMEDIATE");
  try {
    const result = await task();
    connection.exec("COMMIT");
    return result;
  } catch (error) {
    try {
      connection.exec("ROLLBACK");
    } catch {
      // SQLite has rolled back by itself, as it does when the disk is full.
    }
    throw error;
  }
}

function prepare(connection: SqliteConnection) {
  const arrived = connection.prepare(
    "UPDATE muster_inbox SET arrivals = arrivals + 1 WHERE dedupe_key = ? RETURNING position",
  );
  const insert = connection.prepare(`
    INSERT INTO muster_inbox (dedupe_key, lane, sequence, happened_at, received_at, callback, body)
    VALUES (?, ?, ?, ?, ?, ?, ?)`);
  const wake = connection.prepare(`
    INSERT INTO muster_lane (lane) VALUES (?)
    ON CONFLICT (lane) DO UPDATE SET due_at = 0, listening = 0 WHERE listening = 1`);
  const due = connection.prepare(`
    SELECT l.lane, l.sequence, l.disbanded_at, l.due_at, l.listening
    FROM muster_inbox AS i CROSS JOIN muster_lane AS l ON l.lane = i.lane
    WHERE i.state = 'waiting' AND l.due_at <= ?
    ORDER BY i.position LIMIT 1`);
  const first = connection.prepare(`
    SELECT position, failures, callback, body,
      (SELECT min(received_at) FROM muster_inbox WHERE lane = i.lane AND state = 'waiting') AS waiting_since
    FROM muster_inbox AS i WHERE lane = ? AND state = 'waiting'
    ORDER BY sequence IS NULL, sequence, happened_at, position LIMIT 1`);
  const settleCallback = connection.prepare(
    "UPDATE muster_inbox SET state = ?, failures = ?, error = ? WHERE position = ?",
  );
  const settleLane = connection.prepare(
    "UPDATE muster_lane SET sequence = ?, disbanded_at = ?, due_at = ?, listening = ? WHERE lane = ?",
  );
  const next = connection.prepare(`
    SELECT min(l.due_at) AS due_at FROM muster_lane AS l
    WHERE l.due_at > ? AND EXISTS (SELECT 1 FROM muster_inbox AS i WHERE i.lane = l.lane AND i.state = 'waiting')`);
  const remove = connection.prepare(
    "DELETE FROM muster_inbox WHERE received_at < ? AND state NOT IN ('waiting', 'dead')",
  );

  return {
    keep(callback: ReceivedCallback): "new" | "duplicate" {
      if (rowOf(arrived, callback.dedupeKey) !== undefined) return "duplicate";
      const lane = laneOf(callback);
      insert.run(
        callback.dedupeKey,
        lane,
        callback.sequence ?? null,
        happenedAt(callback),
        callback.receivedAt,
        storedText(callback),
        callback.body,
      );
      wake.run(lane);
      return "new";
    },
    isDue: (now: number): boolean => rowOf(due, now) !== undefined,
    claim(now: number): Claimed | undefined {
      const found = rowOf(due, now);
      if (found === undefined) return undefined;
      const { lane, sequence, disbanded_at, due_at, listening } = dueRow.parse(found);
      const { position, failures, callback, body, waiting_since } = firstRow.parse(first.get(lane));
      return {
        lane,
        position,
        work: {
          lane: { sequence, disbandedAt: disbanded_at ?? undefined, dueAt: due_at, listening: listening === 1 },
          callback: storedCallback(callback, body),
          failures,
          waitingSince: waiting_since,
        },
      };
    },
    settle({ lane, position }: Claimed, { state, failures, error, lane: after }: Settlement): void {
      settleCallback.run(state, failures, storedError(error), position);
      settleLane.run(after.sequence, after.disbandedAt ?? null, after.dueAt, after.listening ? 1 : 0, lane);
    },
    nextDue: (now: number): number | undefined =>
      z.object({ due_at: z.nullable(integer) }).parse(next.get(now)).due_at ?? undefined,
    forget(before: number): void {
      remove.run(before);
    },
    dead: prepareDeadLetters(connection),
  };
}
