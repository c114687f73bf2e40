import { createGroupCommit, openSqlite, type CommitListener, type CommitWatch } from "@muster/foundation";

import type { RecorderStore } from "../recorder-store.ts";
import { createEventReader } from "./event-reader.ts";
import { createEventWriter } from "./event-writer.ts";
import { createGroupReader } from "./group-reader.ts";
import { createPositions } from "./positions.ts";
import { createSinkStore } from "./sink-store.ts";
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
  const pages = reader.prepare("SELECT page_count * page_size AS bytes FROM pragma_page_count(), pragma_page_size()");

  return {
    journal: {
      ...events,
      ...createGroupReader(reader),
      keep: (callback) => commits.write(() => write(callback)),
      size: async () => ({ events: await events.lastPosition(), bytes: Number(pages.get()?.["bytes"]) }),
      onCommit(told) {
        listeners.add(told);
        return () => listeners.delete(told);
      },
    },
    positions: createPositions(writer, reader, commits),
    sinks: createSinkStore(writer, reader, commits),
    async close() {
      await commits.close();
      file.close();
    },
  };
}
