import type { Inbox, ReceivedCallback } from "./inbox.ts";

/** A callback and how often it came. */
export interface KeptCallback {
  readonly callback: ReceivedCallback;
  /** 1 where it came once. */
  readonly arrivals: number;
}

/** An inbox that lasts as long as the process. */
export interface MemoryInbox extends Inbox {
  /** What was kept, in the order in which it came. */
  kept(): readonly KeptCallback[];
}

/**
 * An inbox for tests and for trying things out: it forgets everything with the process, so an answer of OK
 * promises nothing.
 */
export function createMemoryInbox(): MemoryInbox {
  const byKey = new Map<string, KeptCallback>();
  return {
    keep(callback) {
      const known = byKey.get(callback.dedupeKey);
      byKey.set(
        callback.dedupeKey,
        known
          ? { ...known, arrivals: known.arrivals + 1 }
          : { callback: { ...callback, body: callback.body.slice() }, arrivals: 1 },
      );
      return Promise.resolve(known ? "duplicate" : "new");
    },
    kept: () => [...byKey.values()],
  };
}
