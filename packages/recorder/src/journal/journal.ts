import { createGroupCommit, openSqlite, type CommitListener, type CommitWatch } from "@muster/foundation";
import type { Inbox } from "@muster/receiver";

import { createEventReader, type EventReader } from "./event-reader.ts";
import { createEventWriter } from "./event-writer.ts";
import { createGroupReader, type GroupReader } from "./group-reader.ts";
import { APPLICATION_ID, migrations } from "./schema.ts";

/** How much a journal holds. */
export interface JournalSize {
  readonly events: number;
  /** The database file's bytes, without what waits in its write-ahead log. */
  readonly bytes: number;
}

/**
 * Every callback that was taken, in the order of arrival. What `keep` has resolved is on disk; reading sees what
 * is on disk alone and never waits for writing.
 */
export interface Journal extends Inbox, EventReader, GroupReader {
  size(): JournalSize;
  /** Calls `listener` after each commit, until the returned function is called. */
  onCommit(listener: () => void): () => void;
  /** Waits for what is being kept; afterwards nothing is. */
  close(): Promise<void>;
}

/**
 * Opens a journal, and creates it where there is none.
 * @param path of the SQLite file
 * @param watch measures the commits
 * @throws {StartError} `STORE_UNUSABLE`
 */
export function openJournal(path: string, watch?: CommitWatch): Journal {
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
    ...events,
    ...createGroupReader(reader),
    keep: (callback) => commits.write(() => write(callback)),
    size: () => ({ events: events.lastPosition(), bytes: Number(pages.get()?.["bytes"]) }),
    onCommit(told) {
      listeners.add(told);
      return () => listeners.delete(told);
    },
    async close() {
      await commits.close();
      file.close();
    },
  };
}
