import type { Clock, CommitWatch, Logger, ReplicaReads, ReplicaState } from "@muster/foundation";

import type { EventReader } from "../journal/event-reader.ts";
import type { GroupReader } from "../journal/group-reader.ts";
import type { Journal } from "../journal/journal.ts";
import type { Trimming } from "../journal/trimming.ts";
import type { SinkStore } from "../sinks/sink-store.ts";

/** What reading from a replica needs. */
export interface ReplicaPorts {
  readonly clock: Clock;
  readonly log: Logger;
  /** A replica that is read as well, of a store in PostgreSQL. */
  readonly replica?: { readonly url: string; readonly reads: ReplicaReads } | undefined;
}

/** What a store needs of the world. */
export interface StorePorts extends ReplicaPorts {
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
  /** The journal as those read it who ask for something in it; absent where that is read as by everybody. */
  readonly asked?: EventReader & GroupReader & Pick<Trimming, "readSnapshot" | "readSnapshots">;
  /** Whether a replica is read; absent where none is configured. */
  readonly replica?: () => ReplicaState;
  readonly sinks: SinkStore;
  /** Absent where no other node can have the store open. */
  readonly leadership?: Leadership;
  /** Throws, saying why, where callbacks cannot be kept at the moment. */
  check(): Promise<void>;
  /** Waits for what is being written; afterwards nothing is. */
  close(): Promise<void>;
}
