import type { Pool, PoolClient, PoolConfig } from "pg";

import type { CommitWatch } from "../sqlite/group-commit.ts";
import type { Migration } from "../sqlite/open.ts";
import { LostCommitError } from "../lost-commit-error.ts";
import { rememberRefusedWrites } from "../refused-writes.ts";
import { checkSessions } from "./check-sessions.ts";
import { createUsableCheck } from "./check-usable.ts";
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
import { fromStored } from "./statement.ts";
import { beginTransaction, query, type PostgresQueries, type PostgresTransaction } from "./transaction.ts";

/**
 * A database of PostgreSQL. Whatever is asked of it ends in time. Where it is the database that fails, rather than what is
 * asked of it, that is a `StartError` which says why.
 */
export interface Postgres extends PostgresQueries {
  /**
   * Runs `work` in a transaction of its own and resolves with its result once that is on disk. Throwing undoes it.
   * `work` is run anew where another transaction came in its way, so it has no effect but through the transaction.
   */
  transaction<T>(work: (tx: PostgresTransaction) => Promise<T>): Promise<T>;
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

export interface PostgresOptions {
  /** Where the tables are: one schema for each program. */
  readonly schema: string;
  readonly migrations: readonly Migration[];
  /** Most connections at a time. */
  readonly connections?: number;
  /** What the database lists its connections as; the schema's name where absent. */
  readonly name?: string;
  /** What its connections are set to besides. */
  readonly settings?: Readonly<Record<string, string>>;
  readonly watch?: CommitWatch | undefined;
}

/** The oldest version that is used: those before get no fixes any more. */
const OLDEST = 15;
const CONNECTIONS = 16;
/** Connections beside those: a program holds on to one. */
const SESSIONS = 1;
/** How long a connection may be waited for, and all of a transaction, or a statement outside one, in ms. */
const CONNECTING = 5_000;
const ANSWERING = 10_000;
/** After so long the database gives a statement up, in ms: nobody waits for it much longer. */
const STATEMENT = 8_000;
/** How often work is run at the most where others come in its way. */
const MOST_RUNS = 5;
const INT8 = 20;
const TEXT = 25;

/**
 * What each connection is set to. A process that stands still in the midst of a transaction must not hold its locks for
 * long; and what is answered is on disk, whatever the database's own setting is.
 */
const settingsOf = ({ schema, settings = {} }: PostgresOptions): string => `
  ${Object.entries(settings)
    .map(([name, value]) => `SET ${name} TO ${value};`)
    .join(" ")}
  SET search_path TO ${schema};
  SET statement_timeout TO ${STATEMENT};
  SET lock_timeout TO 5000;
  SET idle_in_transaction_session_timeout TO 5000;
  SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'`;

/**
 * Opens a database and brings the program's schema in it up to date.
 * @param url `postgres://user:password@host:port/database`
 * @throws {StartError} `STORE_UNUSABLE`, with what to do and without the password
 */
export async function openPostgres(url: string, options: PostgresOptions): Promise<Postgres> {
  const { schema, migrations, connections = CONNECTIONS, name = schema, watch } = options;
  // Whoever stores in a file does not load it.
  const { default: pg } = await import("pg");
  const types = new pg.TypeOverrides();
  // Positions and times are far below 2^53.
  types.setTypeParser(INT8, Number);
  types.setTypeParser(TEXT, fromStored);
  const config: PoolConfig = {
    connectionString: url,
    max: connections,
    types,
    pipeline: true,
    keepAlive: true,
    connectionTimeoutMillis: CONNECTING,
    fallback_application_name: name,
  };
  const pool = new pg.Pool(config);
  // A connection that is lost while nobody uses it is replaced when somebody does.
  pool.on("error", () => undefined);
  pool.on("connect", (client) => {
    // One that is lost while it is used fails whoever uses it.
    client.on("error", () => undefined);
    // Whoever waits for it hears of what is wrong with it.
    client.query(settingsOf(options)).catch(() => client.end());
  });
  const place = placeOf(new pg.Client(config));
  const other = () => new pg.Client({ ...config, query_timeout: CONNECTING });
  try {
    await withClient(pool, async (client) => {
      await within(client, async () => {
        await checkVersion(client, place);
        await checkSessions({ first: client, other, needed: connections + SESSIONS, place });
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
  async function write<T>(work: (tx: PostgresTransaction) => Promise<T>): Promise<T> {
    try {
      const done = await runUntilThrough(pool, work, watch);
      refusedWrites.succeeded();
      return done;
    } catch (error) {
      if (isOutOfResources(error)) refusedWrites.refused(explainPostgresFailure(place, error));
      throw error;
    }
  }

  return {
    all: (statement, ...values) =>
      track(() => withClient(pool, (client) => within(client, () => query(client, statement, values)))),
    transaction: (work) => track(() => write(work)),
    check: createUsableCheck({ place, refusedWrites, withClient: (use) => track(() => withClient(pool, use, true)) }),
    session: (session) =>
      openSession(new pg.Client({ ...config, query_timeout: session.silence }), settingsOf(options), session).catch(
        (error: unknown) => {
          throw explainPostgresFailure(place, error);
        },
      ),
    async close() {
      closed = true;
      await Promise.allSettled(underWay);
      await pool.end();
    },
  };
}

async function runUntilThrough<T>(
  pool: Pool,
  work: (tx: PostgresTransaction) => Promise<T>,
  watch: CommitWatch | undefined,
): Promise<T> {
  for (let run = 1; ; run += 1) {
    try {
      return await runOnce(pool, work, watch);
    } catch (error) {
      if (run === MOST_RUNS || !isConflict(error)) throw error;
    }
  }
}

async function runOnce<T>(
  pool: Pool,
  work: (tx: PostgresTransaction) => Promise<T>,
  watch: CommitWatch | undefined,
): Promise<T> {
  const client = await pool.connect();
  let broken = false;
  try {
    return await within(client, async () => {
      const ended = watch?.began();
      const tx = beginTransaction(client);
      try {
        const result = await work(tx);
        await tx.commit();
        ended?.(1);
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

/** Uses a connection for so long at the most: then it is cut, and whatever was asked of it fails. */
async function within<T>(client: PoolClient, use: () => Promise<T>): Promise<T> {
  const late = setTimeout(() => {
    client.connection.stream.destroy(new Error(`timeout: there was no answer within ${ANSWERING / 1_000} s`));
  }, ANSWERING);
  try {
    return await use();
  } finally {
    clearTimeout(late);
  }
}

/** @param isGivenUp whether the connection is not used any more once `use` has failed */
async function withClient<T>(pool: Pool, use: (client: PoolClient) => Promise<T>, isGivenUp = false): Promise<T> {
  const client = await pool.connect();
  let broken = false;
  try {
    return await use(client);
  } catch (error) {
    broken = isGivenUp;
    throw error;
  } finally {
    client.release(broken);
  }
}

async function checkVersion(client: PoolClient, place: PostgresPlace): Promise<void> {
  const { rows } = await client.query<{ version: number }>(
    "SELECT current_setting('server_version_num')::integer / 10000 AS version",
  );
  const version = rows[0]?.version ?? 0;
  if (version < OLDEST) throw unusable(place, `it is PostgreSQL ${version}`, `use ${OLDEST} or newer`);
}

function placeOf({ host, port, database, user }: { [Key in keyof PostgresPlace]?: unknown }): PostgresPlace {
  return { host: String(host), port: Number(port), database: String(database), user: String(user) };
}
