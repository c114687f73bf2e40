import type { Pool, PoolClient } from "pg";

import type { CommitWatch } from "../sqlite/group-commit.ts";
import type { Migration } from "../sqlite/open.ts";
import { LostCommitError } from "../lost-commit-error.ts";
import { rememberRefusedWrites } from "../refused-writes.ts";
import type { RunBatch } from "./batch.ts";
import { checkSessions } from "./check-sessions.ts";
import { createUsableCheck } from "./check-usable.ts";
import { CONNECTING, CONNECTIONS, createPool, until, within, withClient, type PoolPlan } from "./create-pool.ts";
import {
  explainPostgresFailure,
  isConflict,
  isOutOfResources,
  isReadOnly,
  isUnavailable,
  unusable,
  type PostgresPlace,
} from "./explain-failure.ts";
import { migratePostgres } from "./migrate-postgres.ts";
import { openSession, type PostgresSession, type SessionOptions } from "./session.ts";
import { beginTransaction, query, type PostgresQueries, type PostgresTransaction } from "./transaction.ts";

/**
 * A database of PostgreSQL. Whatever is asked of it ends in time. Where it is the database that fails, rather than what is
 * asked of it, that is a `StartError` which says why.
 */
export interface Postgres extends PostgresQueries {
  /**
   * Runs `work` in a transaction of its own and resolves with its result once that is on disk. Throwing undoes it.
   * `work` is run anew where another transaction came in its way, so it has no effect but through the transaction.
   * @param pieces so many pieces of work share the commit, where it is measured
   */
  transaction<T>(work: (tx: PostgresTransaction) => Promise<T>, pieces?: number): Promise<T>;
  /** The same for work that takes long, and for which nobody waits: it is undone where it has not ended by a signal. */
  longTransaction<T>(signal: AbortSignal, work: (tx: PostgresTransaction) => Promise<T>): Promise<T>;
  /**
   * Says soon whether commands can be carried out at the moment.
   * @throws {StartError} `STORE_UNUSABLE` with the reason: the database cannot be reached, or cannot be written
   */
  check(): Promise<void>;
  /** Opens a connection beside the others, which is held on to. */
  session(options: SessionOptions): Promise<PostgresSession>;
  /** Waits for what is under way; afterwards everything rejects. Sessions end by themselves. */
  close(): Promise<void>;
}

export interface PostgresOptions extends Omit<PoolPlan, "url"> {
  readonly migrations: readonly Migration[];
  readonly watch?: CommitWatch | undefined;
}

/** The oldest version that is used: those before get no fixes any more. */
const OLDEST = 15;
/** Connections beside those: a program holds on to one. */
const SESSIONS = 1;
/** How often work is run at the most where others come in its way. */
const MOST_RUNS = 5;

/**
 * Opens a database and brings the program's schema in it up to date.
 * @param url `postgres://user:password@host:port/database`
 * @throws {StartError} `STORE_UNUSABLE`, with what to do and without the password
 */
export async function openPostgres(url: string, options: PostgresOptions): Promise<Postgres> {
  const { schema, migrations, connections = CONNECTIONS, watch } = options;
  const { pool, run, place, settings, other } = await createPool({ url, ...options });
  try {
    await withClient(pool, async (client) => {
      await within(client, async () => {
        await checkVersion(client, place);
        await checkSessions({ first: client, other: () => other(CONNECTING), needed: connections + SESSIONS, place });
      });
      await migratePostgres(client, place, schema, migrations);
    });
  } catch (error) {
    await pool.end();
    throw explainPostgresFailure(place, error);
  }
  const underWay = new Set<Promise<unknown>>();
  const refusedWrites = rememberRefusedWrites();
  let closed = false;

  /** What is under way is waited for when it is closed. */
  async function track<T>(begin: () => Promise<T>): Promise<T> {
    if (closed) throw new Error("the store is closed");
    const running = begin();
    underWay.add(running);
    try {
      return await running;
    } catch (error) {
      throw isUnavailable(error) ? explainPostgresFailure(place, error) : error;
    } finally {
      underWay.delete(running);
    }
  }

  /** Whoever looks whether the database can be used looks at what became of this, too. */
  async function write<T>(
    work: (tx: PostgresTransaction) => Promise<T>,
    { pieces = 1, signal }: { readonly pieces?: number | undefined; readonly signal?: AbortSignal } = {},
  ): Promise<T> {
    try {
      return await runUntilThrough({ pool, run, watch, pieces, signal }, work);
    } catch (error) {
      if (isOutOfResources(error)) refusedWrites.refused(explainPostgresFailure(place, error));
      throw error;
    }
  }

  return {
    all: (statement, ...values) =>
      track(() => withClient(pool, (client) => within(client, () => query(run, client, statement, values)))),
    transaction: (work, pieces) => track(() => write(work, { pieces })),
    longTransaction: (signal, work) => track(() => write(work, { signal })),
    check: createUsableCheck({
      place,
      refusedWrites,
      withClient: (use, answering) =>
        track(() => withClient(pool, (client) => within(client, () => use(client), answering), true)),
    }),
    session: (session) =>
      openSession({ client: other(session.silence), run, settings }, session).catch((error: unknown) => {
        throw explainPostgresFailure(place, error);
      }),
    async close() {
      closed = true;
      await Promise.allSettled(underWay);
      await pool.end();
    },
  };
}

interface Transactions {
  readonly pool: Pool;
  readonly run: RunBatch;
  readonly watch: CommitWatch | undefined;
  readonly pieces: number;
  /** Where it may take long: when it must end. */
  readonly signal: AbortSignal | undefined;
}

async function runUntilThrough<T>(
  transactions: Transactions,
  work: (tx: PostgresTransaction) => Promise<T>,
): Promise<T> {
  for (let times = 1; ; times += 1) {
    try {
      return await runOnce(transactions, work);
    } catch (error) {
      if (times === MOST_RUNS || !isConflict(error)) throw error;
    }
  }
}

async function runOnce<T>(
  { pool, run, watch, pieces, signal }: Transactions,
  work: (tx: PostgresTransaction) => Promise<T>,
): Promise<T> {
  const client = await pool.connect();
  let broken = false;
  try {
    return await limited(client, signal, async () => {
      const ended = watch?.began();
      const tx = beginTransaction(run, client);
      try {
        const result = await work(tx);
        await tx.commit();
        ended?.(pieces);
        return result;
      } catch (error) {
        // A connection that cannot go back is not given to anybody else, nor is one to a server that writes nothing:
        // another one may lead to another server by now.
        await tx.undo().catch(() => {
          broken = true;
        });
        broken ||= isReadOnly(tx.failure);
        throw error instanceof LostCommitError ? error : (tx.failure ?? error);
      }
    });
  } finally {
    client.release(broken);
  }
}

function limited<T>(client: PoolClient, signal: AbortSignal | undefined, use: () => Promise<T>): Promise<T> {
  return signal ? until(client, signal, use) : within(client, use);
}

async function checkVersion(client: PoolClient, place: PostgresPlace): Promise<void> {
  const { rows } = await client.query<{ version: number }>(
    "SELECT current_setting('server_version_num')::integer / 10000 AS version",
  );
  const version = rows[0]?.version ?? 0;
  if (version < OLDEST) throw unusable(place, `it is PostgreSQL ${version}`, `use ${OLDEST} or newer`);
}
