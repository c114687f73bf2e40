import { createMemoryInbox } from "@muster/receiver";
import { createPostgresInbox, type PostgresTransaction } from "@muster/receiver/postgres";
import { createSqliteInbox, type SqliteConnection } from "@muster/receiver/sqlite";

import type { Trial } from "./backend.ts";

/** What the drivers of SQLite export, each by its own name. */
interface SqliteModule {
  readonly DatabaseSync?: OpenSqlite;
  readonly Database?: OpenSqlite;
  readonly default?: OpenSqlite;
}
type OpenSqlite = new (path: string) => SqliteConnection;

/** Tries an inbox by its driver: `memory`, `pg`, or the module of one of SQLite. @param where a URL, or a file's path */
export async function tryInbox(
  driver: string,
  where: string,
  use: <Tx>(trial: Trial<Tx>) => Promise<void>,
): Promise<void> {
  if (driver === "memory") await use(inMemory());
  else if (driver === "pg") await use(await inPostgres(where));
  else await use(await inSqlite(driver, where));
}

export function inMemory(): Trial<undefined> {
  const written: string[] = [];
  return {
    inbox: createMemoryInbox(),
    undoes: false,
    write: (_tx, text) => void written.push(text),
    written: () => written,
  };
}

async function inSqlite(driver: string, path: string): Promise<Trial<SqliteConnection>> {
  const { DatabaseSync, Database, default: only } = (await import(driver)) as SqliteModule;
  const Connection = DatabaseSync ?? Database ?? only;
  if (!Connection) throw new Error(`${driver} exports no connection`);
  const [connection, reader] = [new Connection(path), new Connection(path)];
  reader.exec("CREATE TABLE effects (text TEXT NOT NULL)");
  return {
    inbox: createSqliteInbox(connection),
    undoes: true,
    write: (tx, text) => void tx.prepare("INSERT INTO effects VALUES (?)").run(text),
    written: () => textsOf(reader.prepare("SELECT text FROM effects ORDER BY rowid").all()),
  };
}

async function inPostgres(connectionString: string): Promise<Trial<PostgresTransaction>> {
  const { Pool } = await import("pg");
  const pool = new Pool({ connectionString, max: 10 });
  await pool.query("CREATE TABLE effects (id bigint GENERATED ALWAYS AS IDENTITY, text text NOT NULL)");
  return {
    inbox: createPostgresInbox(pool),
    undoes: true,
    write: async (tx, text) => {
      await tx.query("INSERT INTO effects (text) VALUES ($1)", [text]);
    },
    written: async () => textsOf((await pool.query("SELECT text FROM effects ORDER BY id")).rows),
  };
}

function textsOf(rows: readonly unknown[]): string[] {
  return (rows as { text: string }[]).map(({ text }) => text);
}
