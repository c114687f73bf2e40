import type { Clock, Logger } from "@muster/foundation";

import type { Deliveries } from "../deliveries.ts";

/** For how long callbacks are kept once they are settled, in days. */
export interface RetentionDays {
  readonly callbackDays: number;
  /** What was given up; at least as long. */
  readonly deadLetterDays: number;
}

export interface RetentionPorts {
  readonly deliveries: Pick<Deliveries, "removeOld">;
  readonly days: RetentionDays;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Removes what is settled and old, while the server runs. */
export interface Retention {
  start(): void;
  /** Resolves when nothing is being removed any more. */
  stop(): Promise<void>;
}

const DAY = 86_400_000;
/** How long it rests after having gone through everything, and after each piece, in ms. */
const REST = 3_600_000;
const BREATH = 25;

/** It is RESTING until a time, or REMOVING a piece; pieces are short, and commands are written in between. */
export function createRetention({ deliveries, days, clock, log }: RetentionPorts): Retention {
  const ending = new AbortController();
  let stopped = false;
  let callOff = (): void => undefined;
  let removing: Promise<void> = Promise.resolve();

  function schedule(delay: number, after: number, removed: number): void {
    if (stopped) return;
    callOff = clock.after(delay, () => {
      removing = removePiece(after, removed);
    });
  }

  async function removePiece(after: number, before: number): Promise<void> {
    const now = clock.now();
    try {
      const piece = await deliveries.removeOld({
        before: now - days.callbackDays * DAY,
        deadBefore: now - days.deadLetterDays * DAY,
        after,
        signal: ending.signal,
      });
      const removed = before + piece.removed;
      if (piece.next !== undefined) schedule(BREATH, piece.next, removed);
      else {
        if (removed > 0) log.info({ removed }, "old deliveries are removed");
        schedule(REST, 0, 0);
      }
    } catch (error) {
      if (stopped) return;
      log.error({ err: error }, "old deliveries could not be removed; trying again later");
      schedule(REST, 0, 0);
    }
  }

  return {
    start: () => schedule(0, 0, 0),
    async stop() {
      stopped = true;
      ending.abort();
      callOff();
      await removing;
    },
  };
}
