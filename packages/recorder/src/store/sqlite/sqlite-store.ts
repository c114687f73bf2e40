import { createGroupCommit, openSqlite, type CommitListener, type CommitWatch } from "@muster/foundation";

import type { RecorderStore } from "../recorder-store.ts";
import { createEventReader } from "./event-reader.ts";
import { createEventWriter } from "./event-writer.ts";
import { createGroupReader } from "./group-reader.ts";
import { createSinkStore } from "./sink-store.ts";
import { createTrimming } from "./trimming.ts";
import { APPLICATION_ID, migrations } from "./schema.ts";

/**
 * Opens a store, and creates it where there is none.
 * @param path of the SQLite file
 * @param watch measures the commits
 * @throws {StartError} `STORE_UNUSABLE`
 */
export function openSqliteStore(path: string, watch?: CommitWatch): RecorderStore {
  const file = openSqlite(path, APPLICATION_ID, migrations);
  const { writer, reader } = file;
  const listeners = new Set<() => void>();
  const listener: CommitListener = {
    done: () => {},
    undone: () => {},
    lost: () => {},
    committed: () => {
      for (const told of listeners) told();
    },
  };
  const commits = createGroupCommit(writer, listener, watch);
  const write = createEventWriter(writer);
  const events = createEventReader(reader);
  // Behind the last one where there is none: positions have no gaps.
  const oldest = reader.prepare(`
    SELECT coalesce(
      (SELECT min(position) FROM events),
      (SELECT seq + 1 FROM sqlite_sequence WHERE name = 'events'),
      1
    ) AS position`);
  const pages = reader.prepare("SELECT page_count * page_size AS bytes FROM pragma_page_count(), pragma_page_size()");

  return {
    journal: {
      ...events,
      ...createGroupReader(reader),
      ...createTrimming(writer, reader, commits),
      keep: (callback) => commits.write(() => write(callback)),
      async size() {
        const first = Number(oldest.get()?.["position"]);
        return { events: (await events.lastPosition()) + 1 - first, bytes: Number(pages.get()?.["bytes"]) };
      },
      onCommit(told) {
        listeners.add(told);
        return () => listeners.delete(told);
      },
    },
    sinks: createSinkStore(writer, reader, commits),
    async close() {
      await commits.close();
      file.close();
    },
  };
}
