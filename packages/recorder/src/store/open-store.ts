import { settings, type CommitWatch } from "@muster/foundation";

import type { EventReader } from "../journal/event-reader.ts";
import type { GroupReader } from "../journal/group-reader.ts";
import type { Trimming } from "../journal/trimming.ts";
import type { MirrorReader } from "../mirror/mirror-reader.ts";
import type { MirrorStore } from "../mirror/mirror-store.ts";
import type { RecorderStore } from "./recorder-store.ts";
import { openSqliteMirrorReader } from "./sqlite/sqlite-mirror-reader.ts";
import { mirrorPath, openSqliteMirror } from "./sqlite/sqlite-mirror.ts";
import { openSqliteStore } from "./sqlite/sqlite-store.ts";

/**
 * Opens the store that the configuration's `store` names.
 * @param watch measures the commits
 * @throws {StartError} `STORE_UNUSABLE`
 */
export async function openStore(store: string, watch?: CommitWatch): Promise<RecorderStore> {
  return openSqliteStore(settings.sqlitePath(store), watch);
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
  return openSqliteMirror(settings.sqlitePath(store));
}

/** Opens the mirror of a store for reading; somebody has opened it to fill it. */
export async function openMirrorReader(store: string): Promise<MirrorReader> {
  return openSqliteMirrorReader(mirrorPath(settings.sqlitePath(store)));
}
