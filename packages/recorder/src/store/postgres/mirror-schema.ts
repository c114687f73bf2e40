import type { Migration } from "@muster/foundation";

import { mirrorMigrations } from "../sqlite/mirror-schema.ts";

/** Where the mirror's tables are in a database. */
export const MIRROR_SCHEMA = "muster_mirror";

/** The same tables, column for column, as PostgreSQL says it. Texts are compared byte by byte, as in SQLite. */
export const migrations: readonly Migration[] = mirrorMigrations.map(({ name, sql }) => ({
  name,
  sql: sql
    .replaceAll(/\bINTEGER\b/g, "bigint")
    .replaceAll(/\bTEXT\b/g, 'text COLLATE "C"')
    .replaceAll(/\) STRICT(, WITHOUT ROWID)?/g, ")"),
}));
