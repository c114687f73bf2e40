import { settings, type CommitWatch } from "@muster/foundation";

import type { RecorderStore } from "./recorder-store.ts";
import { openSqliteStore } from "./sqlite/sqlite-store.ts";

/**
 * Opens the store that the configuration's `store` names.
 * @param watch measures the commits
 * @throws {StartError} `STORE_UNUSABLE`
 */
export async function openStore(store: string, watch?: CommitWatch): Promise<RecorderStore> {
  return openSqliteStore(settings.sqlitePath(store), watch);
}
