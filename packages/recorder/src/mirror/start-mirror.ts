import type { Worker } from "node:worker_threads";

import { StartError, startThread, type Clock, type Logger } from "@muster/foundation";

import { lagBehind, type Follower } from "../follow/follower.ts";
import { createMilestones } from "../follow/milestones.ts";
import type { Journal } from "../journal/journal.ts";
import { openMirrorReader } from "../store/open-store.ts";
import type { MirrorReader } from "./mirror-reader.ts";
import { waitPatiently } from "./patience.ts";
import { fromThread, type ThreadOrder, type ToThread } from "./thread-messages.ts";

/** How often the thread is told of commits at most, in ms: it lets events gather anyway. */
const NEWS = 50;
/** How soon a thread that has ended is begun anew, in ms. */
const RESTART = 5_000;

/** What the mirror that runs is made of. */
export interface RunningMirrorParts extends ThreadOrder {
  readonly journal: Pick<Journal, "onCommit" | "lastPosition" | "readEvents">;
  readonly clock: Clock;
  readonly log: Logger;
}

/** The tables of groups, members and topics, which follow the journal. */
export interface RunningMirror extends Follower {
  readonly reader: MirrorReader;
  /** Resolves when the tables tell of all that is in the journal now: `false` where that takes too long. */
  isFresh(): Promise<boolean>;
  /** The journal has forgotten groups: the tables do as well, soon. */
  trimmed(): void;
}

/**
 * Starts the thread that fills the mirror's tables. One that ends by itself is begun anew, from where the tables are.
 * @throws {StartError} where the tables cannot be opened
 */
export async function startMirror(parts: RunningMirrorParts): Promise<RunningMirror> {
  const { journal, clock, log, ...order } = parts;
  let thread: Worker | undefined;
  let position = 0;
  /** Whether the thread has just been told of a commit, and whether there was another since. */
  let told = false;
  let again = false;
  let stopping = false;
  let cancelNews = (): void => {};
  let cancelRestart = (): void => {};
  let ended = Promise.resolve();
  const milestones = createMilestones(0);

  function tell(message: ToThread): void {
    thread?.postMessage(message);
  }

  function committed(): void {
    again = told;
    if (told) return;
    told = true;
    tell("committed");
    cancelNews = clock.after(NEWS, () => {
      told = false;
      if (again) committed();
    });
  }

  function begin(rebuild: boolean): Promise<void> {
    const begun = startThread(import.meta.url, "mirror-thread", {
      workerData: { ...order, rebuild } satisfies ThreadOrder,
    });
    thread = begun;
    ended = new Promise((resolve) => begun.once("exit", () => resolve()));
    return new Promise((resolve, reject) => {
      begun.on("message", (value: unknown) => {
        const message = fromThread.parse(value);
        if (message.kind === "failed") {
          reject(message.unusable ? new StartError("STORE_UNUSABLE", message.message) : new Error(message.message));
        } else {
          position = message.position;
          milestones.arrive(position);
          if (message.kind === "ready") resolve();
        }
      });
      begun.on("error", (error) => {
        log.error({ err: error }, "the mirror's thread failed");
        reject(new Error("the mirror's thread failed", { cause: error }));
      });
    });
  }

  /** Begins the thread anew whenever it ends, until it is to. */
  function watch(): void {
    void ended.then(() => {
      if (stopping) return;
      log.error({ retryInMs: RESTART }, "the mirror's thread has ended");
      cancelRestart = clock.after(RESTART, () => {
        begin(false).then(committed, (error: unknown) => log.error({ err: error }, "the mirror could not be opened"));
        watch();
      });
    });
  }

  await begin(order.rebuild);
  const reader = await openMirrorReader(order.store).catch(async (error: unknown) => {
    // Whoever tries again would have two that fill the same tables.
    tell("stop");
    await ended;
    throw error;
  });
  watch();
  const forget = journal.onCommit(committed);
  committed();

  return {
    reader,
    async isFresh() {
      const last = await journal.lastPosition();
      await waitPatiently(milestones.reached(last), clock);
      return position >= last;
    },
    trimmed: () => tell("trimmed"),
    position: () => position,
    lag: () => lagBehind(journal, clock, position),
    reached: milestones.reached,
    async stop() {
      stopping = true;
      forget();
      cancelRestart();
      cancelNews();
      // Whoever closes the tables last leaves one file, if it may write.
      await reader.close();
      tell("stop");
      await ended;
      milestones.end();
    },
  };
}
