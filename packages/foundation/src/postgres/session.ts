import type { Client } from "pg";

import type { PostgresQueries } from "./transaction.ts";
import { toStored } from "./statement.ts";

/** A connection that is held on to: its locks are held, and it hears what is notified, until it ends. */
export interface PostgresSession extends PostgresQueries {
  /** Ends it, and so lets go of its locks. */
  close(): Promise<void>;
}

export interface SessionOptions {
  /** What it listens to. */
  readonly channels: readonly string[];
  /** How long it may be silent, in ms, before the database ends it. */
  readonly silence: number;
  readonly onNotification: (channel: string, payload: string) => void;
  /** It has ended, and its locks are somebody else's. Called once, and not by `close`. */
  readonly onLost: () => void;
}

/**
 * Opens a session. A process that stands still is silent, so the database ends its session and lets go of its locks: it
 * is the database alone that says who is there.
 */
export async function openSession(client: Client, settings: string, options: SessionOptions): Promise<PostgresSession> {
  const { channels, silence, onNotification, onLost } = options;
  let isOver = false;
  const lose = (): void => {
    if (isOver) return;
    isOver = true;
    onLost();
  };
  client.on("notification", ({ channel, payload = "" }) => {
    onNotification(channel, payload);
  });
  client.on("error", lose);
  client.on("end", lose);
  await client.connect();
  try {
    await client.query(`${settings}; SET idle_session_timeout TO ${silence}; SET statement_timeout TO ${silence}`);
    for (const channel of channels) await client.query(`LISTEN ${channel}`);
  } catch (error) {
    isOver = true;
    await client.end();
    throw error;
  }
  return {
    async all<Row>({ name, text }: Parameters<PostgresQueries["all"]>[0], ...values: Parameters<typeof toStored>[0][]) {
      const { rows } = await client.query<Row & object>({ name, text, values: values.map(toStored) });
      return rows;
    },
    async close() {
      isOver = true;
      await client.end();
    },
  };
}
