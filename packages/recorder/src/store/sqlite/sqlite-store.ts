import { DatabaseSync } from "node:sqlite";

import { createFileCheck, openSqlite, rememberRefusedWrites, type CommitWatch } from "@muster/foundation";

import type { RecorderStore, StorePorts } from "../recorder-store.ts";
import { createEventReader } from "./event-reader.ts";
import { createGroupReader } from "./group-reader.ts";
import { APPLICATION_ID, migrations } from "./schema.ts";
import { createSinkStore } from "./sink-store.ts";
import { startWriterThread } from "./start-writer-thread.ts";
import { createStoreWriter, type StoreWriter } from "./store-writer.ts";
import { createOldestReader, createSnapshotReader } from "./trimming.ts";

/**
 * Opens a store, and creates it where there is none. Whoever writes into it waits for the disk and lets nothing else happen.
 * @param path of the SQLite file
 * @param watch measures the commits
 * @throws {StartError} `STORE_UNUSABLE`
 */
export function openSqliteStore(path: string, watch?: CommitWatch): RecorderStore {
  const { writer: db, reader, close } = openSqlite(path, APPLICATION_ID, migrations);
  const listeners = createListeners();
  const writer = createStoreWriter(db, { committed: listeners.tell, watch });
  return storeOn(reader, writer, listeners, async () => close());
}

/**
 * Opens a store as `openSqliteStore` does, with a thread of its own for what is written: those who read and answer do not
 * wait for the disk.
 * @throws {StartError} `STORE_UNUSABLE`
 */
export async function openThreadedStore(path: string, { clock, log, watch }: StorePorts): Promise<RecorderStore> {
  const listeners = createListeners();
  const thread = await startWriterThread({ path, clock, log, committed: listeners.tell, watch });
  const reader = new DatabaseSync(path, { readOnly: true, timeout: 5_000 });
  return storeOn(reader, thread, listeners, async () => {
    reader.close();
    // Whoever closes the file last leaves no log beside it, if it may write.
    await thread.end();
  });
}

function storeOn(
  reader: DatabaseSync,
  writer: StoreWriter,
  listeners: Listeners,
  close: () => Promise<void>,
): RecorderStore {
  const events = createEventReader(reader);
  // Behind the last one where there is none: positions have no gaps.
  const oldest = reader.prepare(`
    SELECT coalesce(
      (SELECT min(position) FROM events),
      (SELECT seq + 1 FROM sqlite_sequence WHERE name = 'events'),
      1
    ) AS position`);
  const checkFile = createFileCheck(reader);
  const refusedWrites = rememberRefusedWrites();
  const pages = reader.prepare("SELECT page_count * page_size AS bytes FROM pragma_page_count(), pragma_page_size()");

  return {
    journal: {
      ...events,
      ...createGroupReader(reader),
      ...createOldestReader(reader),
      ...createSnapshotReader(reader),
      async keep(callback) {
        try {
          return await writer.keep(callback);
        } catch (error) {
          if (error instanceof Error) refusedWrites.refused(error);
          throw error;
        }
      },
      async trim(step) {
        await writer.apply({ kind: "trim", step });
      },
      async size() {
        const first = Number(oldest.get()?.["position"]);
        return { events: (await events.lastPosition()) + 1 - first, bytes: Number(pages.get()?.["bytes"]) };
      },
      onCommit: listeners.add,
    },
    sinks: createSinkStore(reader, writer),
    async check() {
      checkFile();
      refusedWrites.check();
    },
    async close() {
      await writer.close();
      await close();
    },
  };
}

/** Those who want to hear of commits. */
interface Listeners {
  readonly add: (told: () => void) => () => void;
  readonly tell: () => void;
}

function createListeners(): Listeners {
  const listeners = new Set<() => void>();
  return {
    add(told) {
      listeners.add(told);
      return () => listeners.delete(told);
    },
    tell() {
      for (const told of listeners) told();
    },
  };
}
