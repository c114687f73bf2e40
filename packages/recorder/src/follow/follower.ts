import { nextTurn, type Clock, type Logger } from "@muster/foundation";

import type { RecordedCallback } from "../journal/event-reader.ts";
import type { Journal } from "../journal/journal.ts";
import { createMilestones } from "./milestones.ts";

/** Most events that are handed over together. */
const BATCH = 500;
/** How soon what failed is tried again, in ms: this, then twice as much each time, up to the other. */
const FIRST_RETRY = 100;
const LAST_RETRY = 10_000;

/** What follows a look into the journal: another, the same after a pause, another try, or nothing. */
type Step = "read" | "pause" | "retry" | "rest";

/** What a follower is made of. */
export interface FollowerParts {
  /** As the log calls it. */
  readonly name: string;
  readonly journal: Pick<Journal, "readEvents" | "lastPosition" | "onCommit">;
  readonly clock: Clock;
  readonly log: Logger;
  /** The position up to which everything has been taken. */
  readonly after: number;
  /**
   * Takes events, in the order of arrival; resolves when they are taken for good, together with the position of
   * the last of them. What it rejects is handed to it again.
   */
  readonly take: (events: readonly RecordedCallback[]) => Promise<void>;
  /** Most events that are handed over together; 500 where it is absent. */
  readonly batch?: number;
  /** From one batch to the next, in ms: what comes meanwhile is taken together. 0 where it is absent. */
  readonly pause?: number;
}

/** How far behind the journal somebody is. */
export interface Lag {
  readonly events: number;
  /** For how long the oldest event that is not taken has been there, in ms; 0 where there is none. */
  readonly ms: number;
}

/** Somebody who takes the journal's events one after another, and each once as long as nothing fails. */
export interface Follower {
  /** Up to where everything has been taken. */
  position(): number;
  lag(): Promise<Lag>;
  /** Resolves when everything up to a position has been taken, or the follower is stopped. */
  reached(position: number): Promise<void>;
  /** Takes nothing more, and waits for what is being taken. */
  stop(): Promise<void>;
}

/**
 * Follows the journal from a position on. A follower is RESTING until a commit, READING and handing over, PAUSED
 * (it has just handed over, or failed, and lets a moment pass) or STOPPED. It leaves READING for RESTING only where
 * it found nothing and nothing was committed meanwhile; so one batch is under way at a time, and no commit is missed.
 */
export function createFollower(parts: FollowerParts): Follower {
  const { name, journal, clock, log, take, batch = BATCH, pause = 0 } = parts;
  let state: "RESTING" | "READING" | "PAUSED" | "STOPPED" = "RESTING";
  let position = parts.after;
  /** Whether something was committed since the journal was looked into. */
  let committed = false;
  let retry = FIRST_RETRY;
  let endPause = (): void => {};
  let running: Promise<void> = Promise.resolve();
  const milestones = createMilestones(position);

  function wake(): void {
    committed = true;
    if (state === "RESTING") running = run();
  }

  async function run(): Promise<void> {
    for (let next: Step = "read"; next !== "rest";) {
      state = "READING";
      committed = false;
      next = await step();
      if (isStopped()) return;
      if (next === "pause" && pause > 0) await moment(pause);
      else if (next === "retry") await moment(retry);
      else await nextTurn();
      if (isStopped()) return;
      if (next === "retry") retry = Math.min(2 * retry, LAST_RETRY);
      if (next === "rest" && committed) next = "read";
    }
    state = "RESTING";
  }

  async function step(): Promise<Step> {
    try {
      const { events, more } = await journal.readEvents({}, position, batch);
      const last = events.at(-1);
      if (!last) return "rest";
      await take(events);
      retry = FIRST_RETRY;
      position = last.position;
      milestones.arrive(position);
      return more ? "read" : "pause";
    } catch (error) {
      log.error({ err: error, follower: name, position, retryInMs: retry }, "a follower of the journal failed");
      return "retry";
    }
  }

  function moment(ms: number): Promise<void> {
    state = "PAUSED";
    return new Promise((resolve) => {
      const cancel = clock.after(ms, resolve);
      endPause = () => {
        cancel();
        resolve();
      };
    });
  }

  const isStopped = (): boolean => state === "STOPPED";

  const forget = journal.onCommit(wake);
  wake();

  return {
    position: () => position,
    lag: () => lagBehind(journal, clock, position),
    reached: milestones.reached,
    async stop() {
      state = "STOPPED";
      forget();
      endPause();
      await running;
      milestones.end();
    },
  };
}

/** How far behind the journal a position is. */
export async function lagBehind(
  journal: Pick<Journal, "readEvents" | "lastPosition">,
  clock: Clock,
  position: number,
): Promise<Lag> {
  const events = Math.max((await journal.lastPosition()) - position, 0);
  const [oldest] = events > 0 ? (await journal.readEvents({}, position, 1)).events : [];
  return { events, ms: oldest ? Math.max(clock.now() - oldest.receivedAt, 0) : 0 };
}
