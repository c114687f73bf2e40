import * as z from "zod/mini";

import { storedDeadLetter } from "../stored-dead-letter.ts";
import type { WorkInbox } from "../work-inbox.ts";
import type { PostgresPool, PostgresTransaction } from "./postgres-pool.ts";
import { transaction } from "./transaction.ts";

const PAGE = `
  SELECT position, failures, error, callback, body FROM muster_inbox
  WHERE state = 'dead' AND position > $1 ORDER BY position LIMIT $2`;

/** Lets dead letters wait again. A lane that listens is woken by what it has not seen. */
const again = (which: string): string => `
  WITH again AS (
    UPDATE muster_inbox SET state = 'waiting', failures = 0, error = NULL, seen = false WHERE ${which} RETURNING 1
  )
  SELECT count(*) AS count FROM again`;
const RETRY = again("state = 'dead' AND dedupe_key = $1");
const RETRY_ALL = again("state = 'dead'");

const countRow = z.object({ count: z.coerce.number() });

/** The dead letters of a database: to be looked at, and to wait again. */
export function createDeadLetters(
  pool: PostgresPool,
): Pick<WorkInbox<PostgresTransaction>, "deadLetters" | "retry" | "retryAll"> {
  const run = (statement: string, values: unknown[]): Promise<readonly unknown[]> =>
    transaction(pool, async (client) => (await client.query(statement, values)).rows);
  const count = async (statement: string, values: unknown[] = []): Promise<number> =>
    countRow.parse((await run(statement, values))[0]).count;

  return {
    deadLetters: async (after, limit) => (await run(PAGE, [after, limit])).map(storedDeadLetter),
    retry: async (dedupeKey) => (await count(RETRY, [dedupeKey])) === 1,
    retryAll: () => count(RETRY_ALL),
  };
}
