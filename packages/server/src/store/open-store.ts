import { settings, type CommitWatch } from "@muster/foundation";

import type { Deliveries } from "../deliveries.ts";
import type { AppRecords, EndpointStates, NoticeLog, Outbox, Store } from "../ports.ts";

/** A store that is open: the groups, and the outbox that is written with them. */
export interface OpenStore {
  readonly store: Store;
  readonly outbox: Outbox;
  readonly appRecords: AppRecords;
  readonly endpointStates: EndpointStates;
  readonly notices: NoticeLog;
  /** When the callback was accepted that each app has waited for longest: by app, ms since 1970. */
  oldestPending(): Promise<ReadonlyMap<number, number>>;
  readonly deliveries: Deliveries;
  /** Throws where the store cannot be reached. */
  check(): Promise<void>;
  /** Waits for what is being written. */
  close(): Promise<void>;
}

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
