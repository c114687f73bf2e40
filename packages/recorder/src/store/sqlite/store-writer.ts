import { createGroupCommit, type CommitWatch } from "@muster/foundation";
import type { Inbox } from "@muster/receiver";
import type { DatabaseSync } from "node:sqlite";

import { eventValues } from "./event-values.ts";
import { createEventWriter } from "./event-writer.ts";
import { createStoreChange, type StoreChange } from "./store-change.ts";

/** Whoever writes into a store's file: here, or in a thread of its own. What a promise has resolved is on disk. */
export interface StoreWriter extends Inbox {
  /** `false` where there was nothing to change. */
  apply(change: StoreChange): Promise<boolean>;
  /** Waits for what has been handed in; afterwards nothing is taken. */
  close(): Promise<void>;
}

/** Who hears of commits. */
export interface WriterListener {
  readonly committed: () => void;
  /** Measures them. */
  readonly watch?: CommitWatch | undefined;
}

/** Writes here, where whoever calls then waits for the disk. */
export function createStoreWriter(db: DatabaseSync, { committed, watch }: WriterListener): StoreWriter {
  const listener = { done: () => {}, undone: () => {}, lost: () => {}, committed };
  const commits = createGroupCommit(db, listener, watch);
  const writeEvent = createEventWriter(db);
  const change = createStoreChange(db);
  return {
    keep: (callback) => commits.write(() => writeEvent(eventValues(callback), callback.body)),
    apply: (what) => commits.write(() => change(what)),
    close: () => commits.close(),
  };
}
