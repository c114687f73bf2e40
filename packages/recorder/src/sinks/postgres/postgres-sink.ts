import type { Pool, PoolClient } from "pg";

import type { OutgoingEvent } from "../cloud-event.ts";
import { EventRefused, type Sink } from "../sink.ts";
import { tableOf, type EventTable } from "./event-table.ts";

/** How long a connection may be waited for, and a statement may take, in ms. */
const CONNECTING = 5_000;
const STATEMENT = 10_000;
const ANSWERING = 15_000;

/** Where a sink writes to. */
export interface PostgresSinkSettings {
  /** `postgres://user:password@host:port/database` */
  readonly database: string;
  /** A table, or a schema, a dot and a table. */
  readonly table: string;
}

/**
 * Writes events into a table, a row each: many in one statement, each once by its source and id. The table is made
 * where there is none.
 */
export async function openPostgresSink({ database, table }: PostgresSinkSettings): Promise<Sink> {
  const { default: pg } = await import("pg");
  const events = tableOf(table);
  const pool = new pg.Pool({
    connectionString: database,
    max: 1,
    keepAlive: true,
    connectionTimeoutMillis: CONNECTING,
    statement_timeout: STATEMENT,
    query_timeout: ANSWERING,
    fallback_application_name: "muster",
  });
  // A connection that is lost is replaced by the next who asks; whoever was using it hears of it by what it rejects.
  pool.on("error", () => undefined);
  pool.on("connect", (client) => client.on("error", () => undefined));
  /** The connection whose session was made ready; another one is used after a rest, or where this one has failed. */
  let ready: PoolClient | undefined;

  return {
    concurrency: 1,
    batchSize: 500,
    async deliver(batch, signal) {
      signal.throwIfAborted();
      await withClient(pool, signal, async (client) => {
        if (client !== ready) await makeReady(client, events);
        ready = client;
        await insert(client, events, batch);
      });
    },
    close: () => pool.end(),
  };
}

/** Whoever may only insert is not asked to create. */
async function makeReady(client: PoolClient, events: EventTable): Promise<void> {
  const { rows } = await client.query<{ found: string | null }>(events.find);
  if (rows[0]?.found === null) await client.query(events.create);
  // What is answered is on disk, whatever the database's own setting is.
  await client.query(events.durably);
}

async function insert(client: PoolClient, events: EventTable, batch: readonly OutgoingEvent[]): Promise<void> {
  try {
    await client.query(events.insert, events.valuesOf(batch));
  } catch (error) {
    throw isAboutData(error) ? new EventRefused(error.message) : error;
  }
}

/** Classes 22 (data exception) and 23 (a constraint, which may be one's own) speak of the row. */
function isAboutData(error: unknown): error is Error {
  return error instanceof Error && "code" in error && typeof error.code === "string" && /^2[23]/.test(error.code);
}

/** Lends the connection; where the signal says to give up, or anything fails, it is closed. */
async function withClient(pool: Pool, signal: AbortSignal, use: (client: PoolClient) => Promise<void>): Promise<void> {
  const client = await pool.connect();
  let isReleased = false;
  const release = (broken: boolean): void => {
    if (!isReleased) client.release(broken);
    isReleased = true;
  };
  const giveUp = (): void => release(true);
  signal.addEventListener("abort", giveUp);
  try {
    await use(client);
    release(false);
  } catch (error) {
    release(true);
    throw error;
  } finally {
    signal.removeEventListener("abort", giveUp);
  }
}
