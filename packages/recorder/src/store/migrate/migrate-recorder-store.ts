import { applicationIdOf, migrateStore, type MigratedStore, type StoreMigration } from "@muster/foundation";

import { recorderStoreKind } from "./recorder-store-kind.ts";

/** Whether a file says that it is a recorder's store. */
export function isRecorderStore(path: string): boolean {
  return applicationIdOf(path) === recorderStoreKind.applicationId;
}

/**
 * Copies a recorder's store from a file to PostgreSQL: the journal, how far each sink is, and what is left of events that
 * have gone. The mirror is not copied: the recorder makes it anew from them.
 * @throws {StartError} `STORE_UNUSABLE` where source or target cannot be used, or do not hold the same in the end
 */
export function migrateRecorderStore(migration: StoreMigration): Promise<MigratedStore> {
  return migrateStore(recorderStoreKind, migration);
}
