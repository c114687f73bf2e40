import { settings, type CommitWatch } from "@muster/foundation";

import type { OpenStore } from "./opened-store.ts";

/**
 * Opens the store that is configured: a file of SQLite's, or a database of PostgreSQL's.
 * @param watch measures the commits
 * @throws {StartError} `STORE_UNUSABLE`
 */
export async function openStore(setting: string, watch?: CommitWatch): Promise<OpenStore> {
  if (settings.isSqlite(setting)) {
    const { openSqliteStore } = await import("./sqlite/open-store.ts");
    return openSqliteStore(settings.sqlitePath(setting), watch);
  }
  const { openPostgresStore } = await import("./postgres/open-store.ts");
  return await openPostgresStore(setting, watch);
}
