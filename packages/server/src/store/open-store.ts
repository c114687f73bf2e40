import { settings } from "@muster/foundation";

import type { OpenStore, StorePorts } from "./opened-store.ts";

/**
 * Opens the store that is configured: a file of SQLite's, or a database of PostgreSQL's.
 * @throws {StartError} `STORE_UNUSABLE`
 */
export async function openStore(setting: string, ports: StorePorts): Promise<OpenStore> {
  if (settings.isSqlite(setting)) {
    const { openSqliteStore } = await import("./sqlite/open-store.ts");
    return openSqliteStore(settings.sqlitePath(setting), ports.watch);
  }
  const { openPostgresStore } = await import("./postgres/open-store.ts");
  return await openPostgresStore(setting, ports);
}
