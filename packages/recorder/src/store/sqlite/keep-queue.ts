import type { CommitWatch } from "@muster/foundation";
import type { ReceivedCallback } from "@muster/receiver";

import type { Kept } from "./event-writer.ts";

/** Most callbacks that go together: bounds how long the first of them waits for the last. */
const MOST = 512;

interface Keeping {
  readonly callback: ReceivedCallback;
  readonly resolve: (kept: Kept) => void;
  readonly reject: (error: Error) => void;
}

/** Callbacks on their way to who writes them. */
export interface KeepQueue {
  keep(callback: ReceivedCallback): Promise<Kept>;
  /** What became of each that was sent last. */
  settle(results: readonly (Kept | Error)[]): void;
  /** None that waits will be kept. */
  fail(error: Error): void;
  isEmpty(): boolean;
}

/**
 * Sends callbacks in batches, one at a time: what comes while one is being written is the next, and what comes in one turn
 * of the event loop goes together. So batches grow with what comes, and there is no more of a commit than is needed.
 */
export function createKeepQueue(
  send: (callbacks: readonly ReceivedCallback[]) => void,
  watch?: CommitWatch,
): KeepQueue {
  const queue: Keeping[] = [];
  /** What was sent and is not settled. */
  let batch: readonly Keeping[] = [];
  let written: ((works: number) => void) | undefined;
  let isDue = false;

  function due(): void {
    if (isDue || batch.length > 0 || queue.length === 0) return;
    isDue = true;
    setImmediate(() => {
      isDue = false;
      if (queue.length === 0) return;
      batch = queue.splice(0, MOST);
      written = watch?.began();
      send(batch.map(({ callback }) => callback));
    });
  }

  return {
    keep: (callback) =>
      new Promise((resolve, reject) => {
        queue.push({ callback, resolve, reject });
        due();
      }),
    settle(results) {
      const settled = batch;
      batch = [];
      written?.(settled.length);
      for (const [i, { resolve, reject }] of settled.entries()) {
        const result = results[i] ?? new Error("it was not said what became of it");
        if (result instanceof Error) reject(result);
        else resolve(result);
      }
      due();
    },
    fail(error) {
      const all = [...batch, ...queue.splice(0)];
      batch = [];
      for (const { reject } of all) reject(error);
    },
    isEmpty: () => batch.length === 0 && queue.length === 0,
  };
}
