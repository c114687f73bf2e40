import type { Clock, CommitWatch, Logger } from "@muster/foundation";

import type { Journal } from "../journal/journal.ts";
import type { SinkStore } from "../sinks/sink-store.ts";

/** What a store needs of the world. */
export interface StorePorts {
  readonly clock: Clock;
  readonly log: Logger;
  /** Measures the commits. */
  readonly watch?: CommitWatch | undefined;
}

/** Which of the nodes that share a store brings the journal's events to those who follow it. */
export interface Leadership {
  /**
   * Calls `begin` whenever this node comes to do that, and what it resolves to when another one does. Resolves when it is
   * known whether this node does now, and if so has begun.
   */
  lead(begin: () => Promise<() => Promise<void>>): Promise<void>;
  /** Ends what has begun, and leaves it to others. */
  stop(): Promise<void>;
}

/** Everything that the recorder keeps. An adapter per database; each passes `recorder-store.contract.ts`. */
export interface RecorderStore {
  readonly journal: Journal;
  readonly sinks: SinkStore;
  /** Absent where no other node can have the store open. */
  readonly leadership?: Leadership;
  /** Waits for what is being written; afterwards nothing is. */
  close(): Promise<void>;
}
