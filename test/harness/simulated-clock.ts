import type { Clock } from "@muster/foundation";

/** A clock that stands still until it is told to run: what waits for a time is woken in the order of the times. */
export interface SimulatedClock extends Clock {
  sleep(ms: number): Promise<void>;
  /** Lets so many ms pass; ends sooner where `until` says so. */
  run(ms: number, until?: () => boolean): Promise<void>;
  /** Sets the time of day, as an administrator does: what waits goes on waiting as long as it would have. */
  jump(ms: number): void;
  /** How often something was woken so far. */
  readonly wakes: number;
  /** When the next is woken, `undefined` where nothing waits. */
  readonly next: number | undefined;
}

export function createSimulatedClock(start = 1_700_000_000_000): SimulatedClock {
  interface Waiting {
    readonly at: number;
    readonly wake: () => void;
  }
  // Runs evenly, whatever the time of day is set to.
  let now = start;
  let setBy = 0;
  let wakes = 0;
  // Sorted; of equal times the first that was set comes first.
  const waiting: Waiting[] = [];

  function after(delay: number, wake: () => void): () => void {
    const entry = { at: now + Math.max(delay, 0), wake };
    let i = waiting.length;
    while (i > 0 && (waiting[i - 1]?.at ?? 0) > entry.at) i -= 1;
    waiting.splice(i, 0, entry);
    return () => {
      const at = waiting.indexOf(entry);
      if (at !== -1) waiting.splice(at, 1);
    };
  }

  return {
    now: () => now + setBy,
    after,
    jump: (ms) => void (setBy += ms),
    sleep: (ms) => new Promise((resolve) => after(ms, resolve)),
    async run(ms, until) {
      const end = now + ms;
      for (;;) {
        // Everything that goes on without the clock goes on first.
        await new Promise(setImmediate);
        if (until?.()) return;
        const [next] = waiting;
        if (!next || next.at > end) break;
        waiting.shift();
        now = Math.max(now, next.at);
        wakes += 1;
        next.wake();
      }
      now = end;
    },
    get wakes() {
      return wakes;
    },
    get next() {
      const [next] = waiting;
      return next && next.at + setBy;
    },
  };
}
