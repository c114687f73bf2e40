import type { Clock, CommitWatch } from "@muster/foundation";

import type { Journal } from "../journal/journal.ts";
import type { SinkStore } from "../sinks/sink-store.ts";

/** What a store needs of the world. */
export interface StorePorts {
  readonly clock: Clock;
  /** Measures the commits. */
  readonly watch?: CommitWatch | undefined;
}

/** Everything that the recorder keeps. An adapter per database; each passes `recorder-store.contract.ts`. */
export interface RecorderStore {
  readonly journal: Journal;
  readonly sinks: SinkStore;
  /** Waits for what is being written; afterwards nothing is. */
  close(): Promise<void>;
}
