import { join } from "node:path";

import { emptyDatabase } from "./empty-database.ts";

/** Whether the tests are run on PostgreSQL: the same files are run on either, see `vitest.config.ts`. */
export const onPostgres = process.env["MUSTER_TEST_STORE"] === "postgres";

/** The database that stands for a folder, where tests are run on PostgreSQL. */
const databases = new Map<string, Promise<string>>();

/** What `store` is set to for a program whose data belongs into a folder: the same each time for the same folder. */
export async function storeIn(folder: string, program: "server" | "recorder"): Promise<string> {
  if (!onPostgres) return `sqlite:${join(folder, `${program}.db`)}`;
  const database = databases.get(folder) ?? emptyDatabase();
  databases.set(folder, database);
  return await database;
}
