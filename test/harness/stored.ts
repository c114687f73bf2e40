import { DatabaseSync } from "node:sqlite";

import { settings } from "@muster/foundation";
import { Client } from "pg";

import { SCHEMA } from "../../packages/server/src/store/postgres/migrations.ts";

/**
 * Delivering goes on by itself: what it writes is left out, and of the outbox only what was put in counts. A login that
 * notes that somebody listens changes nothing either, nor does who is connected, nor a node that takes a shard.
 */
const BESIDES = new Set(["attempt", "lane", "ledger", "given_up", "listener", "node", "presence", "shard"]);
const SELECTED: Readonly<Record<string, string>> = {
  outbox: "SELECT position, app, lane, sequence, command, body FROM outbox",
  // What is counted is the sum of its slots.
  tally: `SELECT app, kind, sum(n) AS n FROM tally
    WHERE kind NOT IN ('delivered', 'dead', 'cancelled') GROUP BY app, kind`,
};
const selectOf = (table: string): string => SELECTED[table] ?? `SELECT * FROM ${table}`;

/** All that a server's store holds, so that two moments can be compared. */
export interface Stored {
  read(): Promise<unknown>;
  close(): Promise<void>;
}

/**
 * Opens a server's store to read it beside the server. Closed by whoever opened it.
 * @param store as the server is configured with it
 */
export async function openStored(store: string): Promise<Stored> {
  return settings.isSqlite(store) ? openFile(settings.sqlitePath(store)) : await openDatabase(store);
}

function openFile(path: string): Stored {
  const db = new DatabaseSync(path, { readOnly: true });
  const tables = db
    .prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%' ORDER BY name")
    .all()
    .map(({ name }) => String(name))
    .filter((name) => !BESIDES.has(name))
    .map((name) => ({ name, all: db.prepare(selectOf(name)) }));
  return {
    read: async () => Object.fromEntries(tables.map(({ name, all }) => [name, all.all()])),
    async close() {
      db.close();
    },
  };
}

/** A table's rows have no order of their own in PostgreSQL; partitions are their table's. */
async function openDatabase(url: string): Promise<Stored> {
  const db = new Client({ connectionString: url });
  await db.connect();
  await db.query(`SET search_path TO ${SCHEMA}`);
  const { rows } = await db.query<{ name: string }>(
    `SELECT relname AS name FROM pg_class
     WHERE relnamespace = '${SCHEMA}'::regnamespace AND relkind IN ('r', 'p') AND NOT relispartition ORDER BY name`,
  );
  const parts = rows
    .filter(({ name }) => !BESIDES.has(name))
    .map(
      ({ name }) => `SELECT '${name}' AS name, json_agg(t ORDER BY t::text)::text AS all FROM (${selectOf(name)}) t`,
    );
  const all = { name: "stored", text: parts.join(" UNION ALL ") };
  return {
    read: async () => (await db.query<{ name: string; all: string }>(all)).rows,
    close: () => db.end(),
  };
}
