import type { Journal } from "../journal/journal.ts";
import type { SinkStore } from "../sinks/sink-store.ts";

/** How far each of those who follow the journal has come. */
export interface Positions {
  /** The position up to which somebody has taken the journal's events; 0 at first. */
  readPosition(follower: string): Promise<number>;
  /** Resolves when the position is on disk. */
  keepPosition(follower: string, position: number): Promise<void>;
}

/** Everything that the recorder keeps. An adapter per database; each passes `journal.contract.ts`. */
export interface RecorderStore {
  readonly journal: Journal;
  readonly positions: Positions;
  readonly sinks: SinkStore;
  /** Waits for what is being written; afterwards nothing is. */
  close(): Promise<void>;
}
