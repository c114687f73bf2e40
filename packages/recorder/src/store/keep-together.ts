import { nextTurn } from "@muster/foundation";
import type { Inbox, Kept, ReceivedCallback } from "@muster/receiver";

/** Most callbacks that share a commit, and most bytes of bodies: both bound how long the first waits for the last. */
export const BATCH = { callbacks: 512, bytes: 8 * 1_048_576 };
/** Most that waits: a disk that does not keep up does not fill the memory. There are no more connections than that. */
export const WAITING = { callbacks: 10_000, bytes: 64 * 1_048_576 };

/** Writes callbacks in one commit, and resolves with what became of each; who cannot write any of them throws. */
export type WriteTogether = (callbacks: readonly ReceivedCallback[]) => Promise<readonly (Kept | Error)[]>;

/** Keeps callbacks, those that arrive together with one commit. */
export interface KeepTogether extends Inbox {
  /** Waits for what has been handed in; afterwards `keep` rejects. */
  close(): Promise<void>;
}

interface Job {
  readonly callback: ReceivedCallback;
  readonly resolve: (kept: Kept) => void;
  readonly reject: (reason: unknown) => void;
}

/**
 * It is IDLE or WRITING: what comes while it writes is written next, with what else comes in the turn of the event loop
 * after that. So batches grow with what comes, and there are no more commits than are needed.
 */
export function createKeepTogether(write: WriteTogether): KeepTogether {
  const queue: Job[] = [];
  let bytes = 0;
  let writing: Promise<void> | undefined;
  let closed = false;

  async function writeAll(): Promise<void> {
    while (queue.length > 0) {
      await nextTurn();
      await writeBatch(take());
    }
    writing = undefined;
  }

  function take(): Job[] {
    let taken = 0;
    const end = queue.findIndex(({ callback }, i) => {
      const more = taken + callback.body.byteLength;
      if (i > 0 && more > BATCH.bytes) return true;
      taken = more;
      return i === BATCH.callbacks;
    });
    const jobs = queue.splice(0, end === -1 ? queue.length : end);
    for (const { callback } of jobs) bytes -= callback.body.byteLength;
    return jobs;
  }

  return {
    keep(callback) {
      if (closed) return Promise.reject(new Error("the store is closed"));
      if (queue.length >= WAITING.callbacks || bytes >= WAITING.bytes)
        return Promise.reject(new Error(`${queue.length} callbacks wait to be kept: the store does not keep up`));
      return new Promise((resolve, reject) => {
        queue.push({ callback, resolve, reject });
        bytes += callback.body.byteLength;
        writing ??= writeAll();
      });
    },
    async close() {
      closed = true;
      await writing;
    },
  };

  async function writeBatch(jobs: readonly Job[]): Promise<void> {
    try {
      const results = await write(jobs.map(({ callback }) => callback));
      for (const [i, { resolve, reject }] of jobs.entries()) {
        const result = results[i] ?? new Error("it was not said what became of it");
        if (result instanceof Error) reject(result);
        else resolve(result);
      }
    } catch (error) {
      for (const { reject } of jobs) reject(error);
    }
  }
}
