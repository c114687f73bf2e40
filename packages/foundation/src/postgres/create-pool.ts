import type { Client, Pool, PoolClient, PoolConfig } from "pg";

import { createBatches, type ParserOf, type RunBatch } from "./batch.ts";
import type { PostgresPlace } from "./explain-failure.ts";
import { fromStored } from "./statement.ts";

/** How long a connection may be waited for, and all of a transaction, or a statement outside one, in ms. */
export const CONNECTING = 5_000;
const ANSWERING = 10_000;
/** After so long the database gives a statement up, in ms: nobody waits for it much longer. */
const STATEMENT = 8_000;
const INT8 = 20;
const TEXT = 25;

/** Most connections of a pool at a time, where nothing else is said. */
export const CONNECTIONS = 16;

export interface PoolPlan {
  /** `postgres://user:password@host:port/database` */
  readonly url: string;
  /** Where the tables are: one schema for each program. */
  readonly schema: string;
  /** Most connections at a time. */
  readonly connections?: number;
  /** What the database lists its connections as; the schema's name where absent. */
  readonly name?: string;
  /** What its connections are set to besides. */
  readonly settings?: Readonly<Record<string, string>>;
}

/** Connections to a database, and what makes others like them. */
export interface Connections {
  readonly pool: Pool;
  /** Runs statements on any of them. */
  readonly run: RunBatch;
  readonly place: PostgresPlace;
  /** What each connection is set to. */
  readonly settings: string;
  /** A connection that is not one of the pool's, and waits for an answer no longer than so many ms. */
  other(answering: number): Client;
}

/**
 * What each connection is set to. A process that stands still in the midst of a transaction must not hold its locks for
 * long; and what is answered is on disk, whatever the database's own setting is.
 */
const settingsOf = ({ schema, settings = {} }: PoolPlan): string => `
  ${Object.entries(settings)
    .map(([name, value]) => `SET ${name} TO ${value};`)
    .join(" ")}
  SET search_path TO ${schema};
  SET statement_timeout TO ${STATEMENT};
  SET lock_timeout TO 5000;
  SET idle_in_transaction_session_timeout TO 5000;
  SELECT set_config('synchronous_commit', 'on', false) WHERE current_setting('synchronous_commit') = 'off'`;

/** Makes a pool, which connects when somebody needs it to. */
export async function createPool(plan: PoolPlan): Promise<Connections> {
  const { url, schema, connections = CONNECTIONS, name = schema } = plan;
  // Whoever stores in a file does not load it.
  const { default: pg } = await import("pg");
  const parsers = new Map<number, ReturnType<ParserOf>>([
    // Positions and times are far below 2^53.
    [INT8, Number],
    [TEXT, fromStored],
  ]);
  const parserOf = (type: number): ReturnType<ParserOf> => {
    const usual = pg.types.getTypeParser(type, "text") as ReturnType<ParserOf>;
    return parsers.get(type) ?? usual;
  };
  const config: PoolConfig = {
    connectionString: url,
    max: connections,
    pipeline: true,
    keepAlive: true,
    connectionTimeoutMillis: CONNECTING,
    fallback_application_name: name,
  };
  const settings = settingsOf(plan);
  const pool = new pg.Pool(config);
  // A connection that is lost while nobody uses it is replaced when somebody does.
  pool.on("error", () => undefined);
  pool.on("connect", (client) => {
    // One that is lost while it is used fails whoever uses it.
    client.on("error", () => undefined);
    // Whoever waits for it hears of what is wrong with it.
    client.query(settings).catch(() => client.end());
  });
  return {
    pool,
    run: createBatches(pg, parserOf),
    place: placeOf(new pg.Client(config)),
    settings,
    other: (answering) => new pg.Client({ ...config, query_timeout: answering }),
  };
}

/** Uses a connection for so long at the most, in ms: then it is cut, and whatever was asked of it fails. */
export async function within<T>(client: PoolClient, use: () => Promise<T>, answering = ANSWERING): Promise<T> {
  const late = setTimeout(() => {
    client.connection.stream.destroy(new Error(`timeout: there was no answer within ${answering / 1_000} s`));
  }, answering);
  try {
    return await use();
  } finally {
    clearTimeout(late);
  }
}

/** Uses a connection until `signal` says that it is enough: then it is cut, and whatever was asked of it fails. */
export async function until<T>(client: PoolClient, signal: AbortSignal, use: () => Promise<T>): Promise<T> {
  signal.throwIfAborted();
  const cut = (): void => void client.connection.stream.destroy(new Error("what took long was called off"));
  signal.addEventListener("abort", cut);
  try {
    return await use();
  } finally {
    signal.removeEventListener("abort", cut);
  }
}

/** @param isGivenUp whether the connection is not used any more once `use` has failed */
export async function withClient<T>(
  pool: Pool,
  use: (client: PoolClient) => Promise<T>,
  isGivenUp = false,
): Promise<T> {
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

function placeOf({ host, port, database, user }: { [Key in keyof PostgresPlace]?: unknown }): PostgresPlace {
  return { host: String(host), port: Number(port), database: String(database), user: String(user) };
}
