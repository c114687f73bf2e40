import { settings } from "@muster/foundation";

import type { EventReader } from "../journal/event-reader.ts";
import type { GroupReader } from "../journal/group-reader.ts";
import type { Trimming } from "../journal/trimming.ts";
import type { MirrorReader } from "../mirror/mirror-reader.ts";
import type { MirrorStore } from "../mirror/mirror-store.ts";
import type { RecorderStore, ReplicaPorts, StorePorts } from "./recorder-store.ts";

// Whoever stores in one kind of database does not load the other's.

/**
 * Opens the store that the configuration's `store` names.
 * @throws {StartError} `STORE_UNUSABLE`
 */
export async function openStore(store: string, ports: StorePorts): Promise<RecorderStore> {
  if (!settings.isSqlite(store)) {
    const { openPostgresStore } = await import("./postgres/postgres-store.ts");
    return await openPostgresStore(store, ports);
  }
  const { openThreadedStore } = await import("./sqlite/sqlite-store.ts");
  return await openThreadedStore(settings.sqlitePath(store), ports);
}

/** The mirror's tables, and the journal that they are made from, for who makes them. */
export interface OpenMirror {
  readonly journal: EventReader & GroupReader & Pick<Trimming, "readSnapshot" | "readSnapshots">;
  readonly tables: MirrorStore;
  close(): Promise<void>;
}

/**
 * Opens the mirror of a store that is open already, perhaps in another thread or process.
 * @throws {StartError} `STORE_UNUSABLE`
 */
export async function openMirrorOf(store: string): Promise<OpenMirror> {
  if (!settings.isSqlite(store)) {
    const { openPostgresMirror } = await import("./postgres/postgres-mirror.ts");
    return await openPostgresMirror(store);
  }
  const { openSqliteMirror } = await import("./sqlite/sqlite-mirror.ts");
  return openSqliteMirror(settings.sqlitePath(store));
}

/** Opens the mirror of a store for reading, from its replica where one is named; somebody has opened it to fill it. */
export async function openMirrorReader(store: string, ports?: ReplicaPorts): Promise<MirrorReader> {
  if (!settings.isSqlite(store)) {
    const { openPostgresMirrorReader } = await import("./postgres/postgres-mirror-reader.ts");
    return await openPostgresMirrorReader(store, ports);
  }
  const { openSqliteMirrorReader } = await import("./sqlite/sqlite-mirror-reader.ts");
  const { mirrorPath } = await import("./sqlite/sqlite-mirror.ts");
  return openSqliteMirrorReader(mirrorPath(settings.sqlitePath(store)));
}
