import { existsSync } from "node:fs";

import { migrateStore, type MigratedStore, type StoreMigration } from "@muster/foundation";

import { serverStore } from "./server-store.ts";

export interface MigratedServerStore extends MigratedStore {
  /** Apps whose settings the admin API has changed: what it kept of them is encrypted. */
  readonly sealedApps: number;
  /** The file with the key that they are encrypted with, where there is one. */
  readonly keyFile?: string;
}

/**
 * Copies a server's store from a file to PostgreSQL.
 * @throws {StartError} `STORE_UNUSABLE` where source or target cannot be used, or do not hold the same in the end
 */
export async function migrateServerStore(migration: StoreMigration): Promise<MigratedServerStore> {
  const migrated = await migrateStore(serverStore, migration);
  const keyFile = `${migration.from}.key`;
  const sealedApps = migrated.counts.get("app_change") ?? 0;
  return { ...migrated, sealedApps, ...(existsSync(keyFile) && { keyFile }) };
}
