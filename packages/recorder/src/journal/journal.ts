import type { Inbox } from "@muster/receiver";

import type { EventReader } from "./event-reader.ts";
import type { GroupReader } from "./group-reader.ts";
import type { Trimming } from "./trimming.ts";

/** How much a journal holds. */
export interface JournalSize {
  readonly events: number;
  /** The bytes that it takes on disk, without what waits in a write-ahead log. */
  readonly bytes: number;
}

/**
 * Every callback that was taken, in the order of arrival, but for old ones that have gone. What `keep` has resolved is on disk; reading sees what
 * is on disk alone and never waits for writing.
 */
export interface Journal extends Inbox, EventReader, GroupReader, Trimming {
  size(): Promise<JournalSize>;
  /** Calls `listener` after each commit, until the returned function is called. */
  onCommit(listener: () => void): () => void;
}
