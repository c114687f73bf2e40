import type { Clock } from "@muster/foundation";

/** A clock that stands still until it is moved. */
export interface ManualClock extends Clock {
  /** Moves it on by so many ms, and wakes whoever is due on the way. */
  advance(ms: number): void;
  /** How many are waiting to be woken. */
  waiting(): number;
}

export function createManualClock(start: number): ManualClock {
  let now = start;
  const alarms = new Map<() => void, number>();
  return {
    now: () => now,
    after(delay, wake) {
      const alarm = (): void => wake();
      alarms.set(alarm, now + Math.max(delay, 0));
      return () => {
        alarms.delete(alarm);
      };
    },
    advance(ms) {
      const end = now + ms;
      for (;;) {
        const next = [...alarms].toSorted(([, a], [, b]) => a - b)[0];
        if (!next || next[1] > end) break;
        alarms.delete(next[0]);
        now = Math.max(now, next[1]);
        next[0]();
      }
      now = end;
    },
    waiting: () => alarms.size,
  };
}
