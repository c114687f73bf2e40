import type { Inbox, Kept, ReceivedCallback } from "./inbox.ts";

/** Writes callbacks in one transaction, in their order. */
export type WriteBatch = (callbacks: readonly ReceivedCallback[]) => Promise<readonly Kept[]>;

interface Waiting {
  readonly callback: ReceivedCallback;
  readonly resolve: (kept: Kept) => void;
  readonly reject: (error: unknown) => void;
}

/** Most callbacks that wait to be kept, and most bytes of their bodies: more are refused, and their senders come again. */
const MOST_WAITING = { callbacks: 1_000, bytes: 64 * 1_048_576 };
const MOST_PER_BATCH = 100;

/**
 * Keeps callbacks that come together in one transaction: what comes while one is written waits for the next. Where a
 * batch fails, its callbacks are tried one by one, so that none fails for another's sake.
 */
export function createKeepBatches(write: WriteBatch): Inbox["keep"] {
  let waiting: Waiting[] = [];
  let bytes = 0;
  let writing = false;

  async function writeAll(): Promise<void> {
    if (writing) return;
    writing = true;
    while (waiting.length > 0) {
      const batch = waiting.slice(0, MOST_PER_BATCH);
      waiting = waiting.slice(MOST_PER_BATCH);
      for (const { callback } of batch) bytes -= callback.body.byteLength;
      if (await writeBatch(batch)) continue;
      for (const one of batch) await writeBatch([one], one.reject);
    }
    writing = false;
  }

  async function writeBatch(batch: readonly Waiting[], onError: (error: unknown) => void = () => {}): Promise<boolean> {
    try {
      const kept = await write(batch.map(({ callback }) => callback));
      batch.forEach(({ resolve, reject }, i) => {
        const one = kept[i];
        if (one) resolve(one);
        else reject(new Error("The inbox did not say whether the callback is new."));
      });
      return true;
    } catch (error) {
      onError(error);
      return false;
    }
  }

  return (callback) =>
    new Promise((resolve, reject) => {
      if (waiting.length >= MOST_WAITING.callbacks || bytes >= MOST_WAITING.bytes) {
        reject(new Error(`${waiting.length} callbacks wait to be kept: the database does not keep up.`));
        return;
      }
      waiting.push({ callback, resolve, reject });
      bytes += callback.body.byteLength;
      void writeAll();
    });
}
