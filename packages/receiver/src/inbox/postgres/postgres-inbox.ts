import * as z from "zod/mini";

import { endsTransaction } from "../ends-transaction.ts";
import type { ReceivedCallback } from "../inbox.ts";
import { createKeepBatches } from "../keep-batches.ts";
import { storedCallback, storedText } from "../stored-callback.ts";
import { storedError } from "../stored-dead-letter.ts";
import { happenedAt } from "../turn-order.ts";
import { laneOf, type RunEffect, type WorkInbox } from "../work-inbox.ts";
import { createDeadLetters } from "./dead-letters.ts";
import type { PostgresClient, PostgresPool, PostgresTransaction } from "./postgres-pool.ts";
import { schema } from "./schema.ts";
import { transaction } from "./transaction.ts";

/** Numbers of 64 bits come as texts. */
const integer = z.coerce.number();
const laneRow = z.object({
  pid: integer,
  lane: z.string(),
  sequence: integer,
  disbanded_at: z.nullable(integer),
  due_at: integer,
  listening: z.boolean(),
});
const firstRow = z.object({
  position: z.string(),
  failures: integer,
  callback: z.string(),
  body: z.instanceof(Uint8Array),
  waiting_since: integer,
});

/** Counts an arrival, or adds the callback and its lane. It waits for no lane: one may be locked for long. */
const KEEP = `
  WITH kept AS (
    INSERT INTO muster_inbox AS i (dedupe_key, lane, sequence, happened_at, received_at, callback, body)
    VALUES ($1, $2, $3, $4, $5, $6, $7)
    ON CONFLICT (dedupe_key) DO UPDATE SET arrivals = i.arrivals + 1
    RETURNING (i.arrivals = 1) AS new
  ), lane AS (
    INSERT INTO muster_lane (lane) VALUES ($2) ON CONFLICT (lane) DO NOTHING
  )
  SELECT new FROM kept`;

/** The lane of the oldest callback whose lane is due and not locked; it is locked until the transaction is over. */
const LOCK_LANE = `
  SELECT pg_backend_pid() AS pid, l.lane, l.sequence, l.disbanded_at, l.due_at, l.listening
  FROM muster_inbox AS i JOIN muster_lane AS l ON l.lane = i.lane
  WHERE i.state = 'waiting' AND (l.due_at <= $1 OR (l.listening AND NOT i.seen))
  ORDER BY i.position LIMIT 1
  FOR UPDATE OF l SKIP LOCKED`;

/**
 * A statement of its own, after the lock: one that locked the lane and read its callbacks would read them as they
 * were when it began, and see those as waiting that another process has just done.
 */
const FIRST = `
  SELECT position, failures, callback, body,
    (SELECT min(received_at) FROM muster_inbox WHERE lane = $1 AND state = 'waiting') AS waiting_since
  FROM muster_inbox WHERE lane = $1 AND state = 'waiting'
  ORDER BY sequence, happened_at, position LIMIT 1`;

/** What a lane that listens has seen does not wake it. Positions could not tell: they are not committed in their order. */
const SEEN = "UPDATE muster_inbox SET seen = true WHERE lane = $1 AND state = 'waiting' AND NOT seen";

const SETTLE = "UPDATE muster_inbox SET state = $1, failures = $2, error = $3 WHERE position = $4";
const SETTLE_LANE =
  "UPDATE muster_lane SET sequence = $1, disbanded_at = $2, due_at = $3, listening = $4 WHERE lane = $5";

const NEXT_DUE = `
  SELECT min(l.due_at) AS due_at FROM muster_lane AS l
  WHERE l.due_at > $1 AND EXISTS (SELECT 1 FROM muster_inbox AS i WHERE i.lane = l.lane AND i.state = 'waiting')`;

const FORGET = "DELETE FROM muster_inbox WHERE received_at < $1 AND state NOT IN ('waiting', 'dead')";

/**
 * An inbox in PostgreSQL, which several processes may share: a lane is worked on by one at a time. What a handler
 * writes with `tx` is committed together with the mark that the callback is done; your own tables belong into the same
 * database.
 *
 * A handler under way has a connection of the pool, and keeping needs one, too: the pool must have more of them than
 * the receiver's `concurrency`. It must not be set to a stricter isolation than READ COMMITTED.
 * @param pool a `Pool` of `pg`, or what works like it
 * @example
 * ```ts
 * const pool = new Pool({ connectionString, max: 10 });
 * // Where nobody listens, a connection that is lost while nobody uses it ends the process.
 * pool.on("error", (error) => console.error(error));
 * const inbox = createPostgresInbox(pool);
 * ```
 */
export function createPostgresInbox(pool: PostgresPool): WorkInbox<PostgresTransaction> {
  const keep = createKeepBatches((callbacks) =>
    transaction(pool, async (client) => {
      const kept: ("new" | "duplicate")[] = [];
      for (const callback of callbacks) kept.push(await keepOne(client, callback));
      return kept;
    }),
  );

  return {
    open: () =>
      transaction(pool, async (client) => {
        for (const statement of schema) await client.query(statement);
      }),
    keep,
    work: (now, step) =>
      transaction(pool, async (client) => {
        const locked = (await client.query(LOCK_LANE, [now])).rows[0];
        if (locked === undefined) return false;
        const { pid, lane, sequence, disbanded_at, due_at, listening } = laneRow.parse(locked);
        const cancel = () => transaction(pool, (other) => other.query("SELECT pg_cancel_backend($1)", [pid]));
        const found = (await client.query(FIRST, [lane])).rows[0];
        // Another process has done it between the look and the lock: there may be more, so this was not nothing.
        if (found === undefined) return true;
        const { position, failures, callback, body, waiting_since } = firstRow.parse(found);
        // A lane that was woken before its time does not listen any more.
        const woken = due_at > now ? { dueAt: 0, listening: false } : { dueAt: due_at, listening };
        const settlement = await step(
          {
            lane: { sequence, disbandedAt: disbanded_at ?? undefined, ...woken },
            callback: storedCallback(callback, body),
            failures,
            waitingSince: waiting_since,
          },
          runEffectOn(client, cancel),
        );
        let after = settlement.lane;
        if (after.listening) {
          await client.query(SEEN, [lane]);
          // What came after the decision, and was seen only now, may be what the lane waits for.
          const again = firstRow.parse((await client.query(FIRST, [lane])).rows[0]);
          if (again.position !== position) after = { ...after, dueAt: now, listening: false };
        }
        await client.query(SETTLE, [settlement.state, settlement.failures, storedError(settlement.error), position]);
        const state = [after.sequence, after.disbandedAt ?? null, after.dueAt, after.listening, lane];
        await client.query(SETTLE_LANE, state);
        return true;
      }),
    nextDue: (now) =>
      transaction(pool, async (client) => {
        const [row] = (await client.query(NEXT_DUE, [now])).rows;
        return z.object({ due_at: z.nullable(integer) }).parse(row).due_at ?? undefined;
      }),
    forget: (before) =>
      transaction(pool, async (client) => {
        await client.query(FORGET, [before]);
      }),
    ...createDeadLetters(pool),
  };
}

async function keepOne(client: PostgresClient, callback: ReceivedCallback): Promise<"new" | "duplicate"> {
  const { rows } = await client.query(KEEP, [
    callback.dedupeKey,
    laneOf(callback),
    callback.sequence ?? null,
    happenedAt(callback),
    callback.receivedAt,
    storedText(callback),
    callback.body,
  ]);
  return z.object({ new: z.boolean() }).parse(rows[0]).new ? "new" : "duplicate";
}

/** @param cancel ends the statement that the connection is busy with, over another connection */
function runEffectOn(client: PostgresClient, cancel: () => Promise<unknown>): RunEffect<PostgresTransaction> {
  return async (effect) => {
    let over = false;
    let underWay = 0;
    const tx: PostgresTransaction = {
      query(text, values) {
        if (over) return Promise.reject(new Error("The transaction is over: the handler took too long, or went on."));
        if (endsTransaction(text)) {
          return Promise.reject(new Error("The transaction is the receiver's to begin and to end."));
        }
        underWay += 1;
        return client.query(text, values).finally(() => (underWay -= 1));
      },
    };
    await client.query("SAVEPOINT muster_effect");
    try {
      await effect(tx);
      over = true;
      // What is checked at the commit is checked now, where the handler's failure can be told from the inbox's.
      await client.query("SET CONSTRAINTS ALL IMMEDIATE");
      await client.query("RELEASE SAVEPOINT muster_effect");
    } catch (error) {
      over = true;
      // A handler's time is over, its statement's is not: it may wait for a lock for hours, and all else waits for it.
      if (underWay > 0) await cancel();
      await client.query("ROLLBACK TO SAVEPOINT muster_effect");
      throw error;
    }
  };
}
