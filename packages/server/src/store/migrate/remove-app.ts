import { statement, type Postgres } from "@muster/foundation";

import { appTables } from "./app-tables.ts";

/** Most rows that are removed in one transaction. */
const PIECE = 5_000;

/** Removes what a table in PostgreSQL has of an app, piece by piece; how many rows. */
export async function removeApp(db: Postgres, app: number, table: string): Promise<number> {
  const along = appTables.find(({ name }) => name === table)?.along.join(", ") ?? "app";
  const some = statement(
    `DELETE FROM ${table} WHERE app = $1 AND (${along}) IN (
       SELECT ${along} FROM ${table} WHERE app = $1 ORDER BY ${along} LIMIT ${PIECE}
     ) RETURNING 1`,
  );
  for (let rows = 0; ;) {
    const removed = await db.all(some, app);
    if (removed.length === 0) return rows;
    rows += removed.length;
  }
}
