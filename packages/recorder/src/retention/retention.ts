import type { Clock, Logger } from "@muster/foundation";

import type { Trimming } from "../journal/trimming.ts";
import { trimJournal } from "./trim-journal.ts";

const DAY = 86_400_000;
/** How long it rests when nothing is old, and after each step, in ms. */
const REST = 3_600_000;
const BREATH = 25;

/** What the retention is made of. */
export interface RetentionParts {
  readonly journal: Trimming;
  readonly eventDays: number;
  /** Up to where everybody who follows the journal has taken it. */
  readonly taken: () => Promise<number>;
  /** Learns that groups may have gone whole. */
  readonly onForgotten: () => void;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Takes old events from the journal while the recorder runs. */
export interface Retention {
  /** Resolves when nothing is being taken any more. */
  stop(): Promise<void>;
}

/** Starts it. It is RESTING until a time, or TAKING a step; steps are short, and callbacks are kept in between. */
export function startRetention(parts: RetentionParts): Retention {
  const { journal, eventDays, taken, onForgotten, clock, log } = parts;
  let stopped = false;
  let callOff = (): void => undefined;
  let taking: Promise<void> = Promise.resolve();

  function schedule(delay: number, gone: number): void {
    if (stopped) return;
    callOff = clock.after(delay, () => {
      taking = step(gone);
    });
  }

  async function step(before: number): Promise<void> {
    try {
      const { events, hasOver } = await trimJournal(journal, clock.now() - eventDays * DAY, await taken());
      const gone = before + events;
      if (hasOver) onForgotten();
      if (events === 0 && gone > 0) log.info({ events: gone }, "old events are removed");
      schedule(events === 0 ? REST : BREATH, events === 0 ? 0 : gone);
    } catch (error) {
      log.error({ err: error }, "old events could not be removed; trying again later");
      schedule(REST, 0);
    }
  }

  schedule(0, 0);
  return {
    async stop() {
      stopped = true;
      callOff();
      await taking;
    },
  };
}
