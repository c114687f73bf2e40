import { nextTurn } from "@muster/foundation";
import type { ReceivedCallback } from "@muster/receiver";

import type { Verdict, Written } from "./event-writer.ts";

/** Most callbacks that share a commit, and the bytes of bodies from which on no more join. */
const MOST = 512;
const MOST_BYTES = 8 * 1_048_576;

interface Job {
  readonly callback: ReceivedCallback;
  readonly resolve: (verdict: Verdict) => void;
  readonly reject: (reason: unknown) => void;
}

/** Keeps callbacks, those that arrive together with one commit. */
export interface KeepTogether {
  keep(callback: ReceivedCallback): Promise<Verdict>;
  /** Waits for what has been handed in; afterwards `keep` rejects. */
  close(): Promise<void>;
}

/**
 * It is IDLE or WRITING: what comes while it writes is written next, all of it together. Only one commit is under way,
 * because a second one of this process could but wait for the journal's row.
 */
export function createKeepTogether(
  write: (callbacks: readonly ReceivedCallback[]) => Promise<Written>,
  onWritten: (last: number) => void,
): KeepTogether {
  const queue: Job[] = [];
  let writing: Promise<void> | undefined;
  let closed = false;

  async function writeAll(): Promise<void> {
    // What comes in this turn of the event loop joins.
    await nextTurn();
    while (queue.length > 0) {
      const jobs = take();
      try {
        const { verdicts, last } = await write(jobs.map(({ callback }) => callback));
        onWritten(last);
        for (const [i, { resolve, reject }] of jobs.entries()) {
          const verdict = verdicts[i];
          if (verdict === undefined) reject(new Error("a callback was not written"));
          else resolve(verdict);
        }
      } catch (error) {
        for (const { reject } of jobs) reject(error);
      }
    }
    writing = undefined;
  }

  function take(): Job[] {
    let bytes = 0;
    const end = queue.findIndex(({ callback }) => {
      const isFull = bytes >= MOST_BYTES;
      bytes += callback.body.byteLength;
      return isFull;
    });
    return queue.splice(0, Math.min(end === -1 ? queue.length : end, MOST));
  }

  return {
    keep(callback) {
      if (closed) return Promise.reject(new Error("the store is closed"));
      return new Promise((resolve, reject) => {
        queue.push({ callback, resolve, reject });
        writing ??= writeAll();
      });
    },
    async close() {
      closed = true;
      await writing;
    },
  };
}
