import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";

import { settings } from "@muster/foundation";

import { emptyDatabase } from "./empty-database.ts";
import { runSql } from "./postgres.ts";

/** Whose store it is. */
type Storing = "server" | "recorder";

/** Whether the tests are run on PostgreSQL: the same files are run on either, see `vitest.config.ts`. */
export const onPostgres = process.env["MUSTER_TEST_STORE"] === "postgres";

/** The database that stands for a folder, where tests are run on PostgreSQL. */
const databases = new Map<string, Promise<string>>();

/** What `store` is set to for a program whose data belongs into a folder: the same each time for the same folder. */
export async function storeIn(folder: string, program: Storing): Promise<string> {
  if (!onPostgres) return `sqlite:${join(folder, `${program}.db`)}`;
  const database = databases.get(folder) ?? emptyDatabase();
  databases.set(folder, database);
  return await database;
}

/**
 * Runs a statement in a store beside the program that has it open, and returns the rows.
 * @param store as the program is configured with it
 */
export async function sqlIn(store: string, program: Storing, sql: string): Promise<readonly Record<string, unknown>[]> {
  if (!settings.isSqlite(store)) {
    const url = new URL(store);
    url.searchParams.set("options", `-c search_path=muster_${program}`);
    return await runSql(url.href, sql);
  }
  const db = new DatabaseSync(settings.sqlitePath(store));
  try {
    return db.prepare(sql).all();
  } finally {
    db.close();
  }
}
