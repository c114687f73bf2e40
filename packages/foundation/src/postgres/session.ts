import type { Client } from "pg";

import type { RunBatch } from "./batch.ts";
import { query, type PostgresQueries } from "./transaction.ts";

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

/** A connection that is not open yet, and how it is used. */
export interface NewSession {
  readonly client: Client;
  readonly run: RunBatch;
  readonly settings: string;
}

/** How long the database may take to say goodbye, in ms. */
const CLOSING = 1_000;

/**
 * Opens a session. A process that stands still is silent, so the database ends its session and lets go of its locks: it
 * is the database alone that says who is there.
 */
export async function openSession(
  { client, run, settings }: NewSession,
  { channels, silence, onNotification, onLost }: SessionOptions,
): Promise<PostgresSession> {
  let state: "OPENING" | "OPEN" | "OVER" = "OPENING";
  const lose = (): void => {
    // One that is lost while it is being opened was never there: whoever opens it hears of it.
    const wasOpen = state === "OPEN";
    state = "OVER";
    if (wasOpen) onLost();
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
    state = "OVER";
    await client.end();
    throw error;
  }
  state = "OPEN";
  return {
    all: (statement, ...values) => query(run, client, statement, values),
    async close() {
      state = "OVER";
      // Where nothing gets through, the goodbye is not answered either.
      const late = setTimeout(() => client.connection.stream.destroy(), CLOSING);
      await client.end();
      clearTimeout(late);
    },
  };
}
