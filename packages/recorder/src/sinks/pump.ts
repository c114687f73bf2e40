import type { Clock, Logger, Tally } from "@muster/foundation";

import { createFollower } from "../follow/follower.ts";
import type { RecordedCallback } from "../journal/event-reader.ts";
import type { Journal } from "../journal/journal.ts";
import { cloudEvent } from "./cloud-event.ts";
import { failureText } from "./failure-text.ts";
import { createHeldLanes } from "./held-lanes.ts";
import { laneOf } from "./lane.ts";
import { createJobs, type Job } from "./next-job.ts";
import { createProgressWriter } from "./progress-writer.ts";
import type { SinkFilter } from "./sink-filter.ts";
import { createSinkGate, usualWaits, type SinkWaits } from "./sink-gate.ts";
import type { DeadLetter, HeldLane, SinkProgress, SinkStore } from "./sink-store.ts";
import { createSinkWindow } from "./sink-window.ts";
import { EventRefused, SinkBusy, type Sink } from "./sink.ts";

/** Events that are read in one go. */
const BATCH = 200;
/** How long a call of `deliver` may take, in ms. */
const DEADLINE = 60_000;
/** How long what is under way may take when the recorder stops, in ms. */
const STOP_LIMIT = 3_000;
/** How long to wait where the journal could not be read, in ms. */
const TROUBLE_WAIT = 1_000;

/** What a pump is made of. */
export interface PumpParts {
  readonly name: string;
  readonly sink: Sink;
  readonly filter: SinkFilter;
  /** How long to wait after the first failure of an event, the second …, in ms; then it is a dead letter. */
  readonly delays: readonly number[];
  /** How long a sink that fails is left alone. */
  readonly waits?: SinkWaits;
  /** Where it was when it stopped. */
  readonly progress: SinkProgress;
  readonly journal: Journal;
  readonly store: SinkStore;
  readonly clock: Clock;
  /** A number from 0 up to 1, for the jitter. */
  readonly random: () => number;
  readonly log: Logger;
  /** Counts the events that were taken, each as often as it was. */
  readonly delivered: Tally;
  /** Counts the calls that did not end well. */
  readonly failures: Tally;
}

/** How a sink is doing. */
export interface PumpStatus {
  readonly paused: boolean;
  /** Until when it is left alone because it fails, in ms since 1970. */
  readonly failingUntil: number | undefined;
  /** Everything up to here was delivered, is dead, or waits in a group that is held. */
  readonly position: number;
  /** Everything up to here was delivered or is dead. */
  readonly settled: number;
  readonly heldGroups: number;
  readonly lastFailure: { readonly at: number; readonly error: string } | undefined;
}

/** Brings a sink the journal's events. */
export interface Pump {
  status(): PumpStatus;
  /** What is under way ends. */
  setPaused(paused: boolean): void;
  /** Sends dead letters again, in the order of the journal, beside what comes; those that fail stay dead. */
  retry(positions: readonly number[]): void;
  /** The groups of which an event was not taken, and why. */
  held(): readonly HeldLane[];
  /**
   * Gives up the event that a group is held for, when no call has it: it becomes a dead letter and its group goes on. Resolves
   * with its position; `undefined` where the group is not held, or not any more.
   */
  skip(lane: string): Promise<number | undefined>;
  /** Waits a little for what is under way, writes down how far it came, and closes the sink. */
  stop(): Promise<void>;
}

/**
 * Starts delivering.
 *
 * A lane is FREE (its events are taken from the window), SENDING (a call of `deliver` has events of it, and no other
 * gets any), or HELD: an event of it was not taken. What is HELD goes on by itself, from the journal, one event at a
 * time, and is FREE again when it has caught up with the window. So the window goes on whatever becomes of a lane.
 *
 * A follower of the journal fills the window and waits where that is full; one loop chooses and begins, and sleeps until
 * there is more, something ends, or a time has come.
 */
export function startPump(parts: PumpParts): Pump {
  const { name, sink, filter, progress, journal, store, clock, random, log, delivered, failures } = parts;
  const now = (): number => clock.now();
  const window = createSinkWindow(progress.position);
  const held = createHeldLanes(progress.held, parts.delays, now, random);
  const gate = createSinkGate(parts.waits ?? usualWaits, now, random);
  const writer = createProgressWriter({ name, store, held, position: window.position, clock, log });
  const sending = new Set<string>();
  const isFree = (lane: string): boolean => !sending.has(lane);
  const { batchSize } = sink;
  const jobs = createJobs({ window, held, filter, journal, batchSize, isFree, onGone: writer.revived });
  const underWay = new Set<Promise<void>>();
  /** Nothing more begins; later, what is under way is cut off. */
  const stopping = new AbortController();
  const cutOff = new AbortController();
  let paused = progress.paused;
  /** Lanes whose event somebody wants to be given up, and who wants that. */
  const skips = new Map<string, PromiseWithResolvers<number | undefined>>();
  /** Lets the follower go on that has found no room. */
  let makeRoom = (): void => {};
  let lastFailure: PumpStatus["lastFailure"];
  let cancelAlarm = (): void => {};
  let isAwake = true;
  let goOn = (): void => {};

  function wake(): void {
    isAwake = true;
    goOn();
  }

  async function run(): Promise<void> {
    while (!stopping.signal.aborted) {
      isAwake = false;
      let next: number | undefined;
      try {
        await giveUpAsked();
        next = paused ? undefined : await work();
      } catch (error) {
        log.error({ err: error, sink: name }, "the journal could not be read for a sink; trying again");
        next = now() + TROUBLE_WAIT;
      }
      cancelAlarm();
      cancelAlarm = next === undefined ? () => {} : clock.after(Math.max(next - now(), 0), wake);
      await new Promise<void>((resolve) => {
        goOn = resolve;
        if (isAwake) resolve();
      });
    }
  }

  async function giveUpAsked(): Promise<void> {
    for (const [lane, asked] of skips) {
      if (!isFree(lane)) continue;
      const event = await jobs.heldEvent(lane);
      const letter = event && held.giveUp(event);
      if (letter) bury(event, letter);
      skips.delete(lane);
      asked.resolve(letter?.position);
    }
  }

  /** Begins what can begin, and says when there is more to do, if nothing comes and nothing ends before. */
  async function work(): Promise<number | undefined> {
    // What had not come when it was looked at may have come since: then it has to be looked at again.
    let looked = now();
    for (let job = await nextJob(looked); job; job = await nextJob(looked)) {
      begin(job);
      looked = now();
    }
    if (window.hasRoom()) makeRoom();
    writer.changed();
    const until = gate.until();
    if (until !== undefined) return underWay.size === 0 && until > looked ? until : undefined;
    return underWay.size < sink.concurrency ? held.nextAt(isFree) : undefined;
  }

  async function nextJob(time: number): Promise<Job | undefined> {
    if (paused || stopping.signal.aborted || underWay.size >= sink.concurrency) return undefined;
    const until = gate.until();
    if (until === undefined) return await jobs.next();
    return underWay.size === 0 && until <= time ? await jobs.probe() : undefined;
  }

  function begin(job: Job): void {
    for (const event of job.events) sending.add(laneOf(event));
    const performed = perform(job).finally(() => {
      for (const event of job.events) sending.delete(laneOf(event));
      underWay.delete(performed);
      writer.changed();
      wake();
    });
    underWay.add(performed);
  }

  async function perform(job: Job): Promise<void> {
    const late = new AbortController();
    const cancel = clock.after(DEADLINE, () => late.abort(new Error(`it took longer than ${DEADLINE / 1_000} s`)));
    try {
      await sink.deliver(job.events.map(cloudEvent), AbortSignal.any([late.signal, cutOff.signal]));
      taken(job);
    } catch (error) {
      // What is cut off by the end of the program has not failed.
      if (!cutOff.signal.aborted) notTaken(job, late.signal.aborted ? late.signal.reason : error);
    } finally {
      cancel();
    }
  }

  function taken({ events, from }: Job): void {
    delivered.count += events.length;
    if (from === "window") window.settle(events);
    for (const event of events) {
      if (from === "held") held.passed(event);
      if (from === "dead") writer.revived(event.position);
    }
    if (!gate.succeeded()) return;
    held.hurry();
    log.info({ sink: name }, "a sink works again");
  }

  function notTaken({ events, from }: Job, reason: unknown): void {
    failures.count += 1;
    const error = failureText(reason);
    const refused = reason instanceof EventRefused;
    lastFailure = { at: now(), error };
    const wasClosed = gate.until() === undefined;
    const [event] = events;
    const isBatch = events.length > 1;
    // What has failed before says nothing new of the sink, nor does a batch of which something is refused.
    const isNews = from === "window" && !(isBatch && refused);
    const asked = reason instanceof SinkBusy ? reason.delay : undefined;
    const sinkFails = (isNews || !wasClosed || asked !== undefined) && gate.failed(events.map(laneOf), asked);
    if (sinkFails && wasClosed)
      log.warn({ sink: name, error, until: gate.until() }, "a sink fails: it is left alone for a while");
    if (isBatch) jobs.goAlone(Math.max(...events.map(({ position }) => position)));
    else if (event && from === "dead") writer.died({ position: event.position, failures: 1, error, diedAt: now() });
    // While the sink fails, what waits goes on waiting where it is.
    else if (event && !(sinkFails && from === "window"))
      hold({ event, error, refused, sinkFails, taken: delivered.count });
  }

  function hold(failure: Parameters<typeof held.failed>[0]): void {
    const letter = held.failed(failure);
    window.settleLane(laneOf(failure.event));
    if (letter) bury(failure.event, letter);
  }

  function bury(event: RecordedCallback, letter: DeadLetter): void {
    writer.died(letter);
    const { id, type } = cloudEvent(event).attributes;
    log.error(
      { sink: name, position: letter.position, id, command: type, error: letter.error },
      "a sink's event is given up: it is kept as a dead letter",
    );
  }

  async function take(events: readonly RecordedCallback[]): Promise<void> {
    for (const event of events) window.read(event, filter(event) && !held.has(laneOf(event)));
    wake();
    if (!window.hasRoom() && !stopping.signal.aborted) await new Promise<void>((resolve) => (makeRoom = resolve));
  }

  const follower = createFollower({ name, journal, clock, log, after: progress.position, take, batch: BATCH });
  const ended = run();

  return {
    status() {
      const position = window.position();
      const settled = Math.min(position, ...[...held.all()].map(({ after }) => after));
      const failingUntil = gate.until();
      const heldGroups = held.size;
      return { paused, failingUntil, position, settled, heldGroups, lastFailure };
    },
    setPaused(value) {
      paused = value;
      wake();
    },
    retry(positions) {
      jobs.ask(positions);
      wake();
    },
    held: () => [...held.all()],
    skip(lane) {
      if (!held.has(lane) || stopping.signal.aborted) return Promise.resolve(undefined);
      const asked = skips.get(lane) ?? Promise.withResolvers<number | undefined>();
      skips.set(lane, asked);
      wake();
      return asked.promise;
    },
    async stop() {
      stopping.abort();
      makeRoom();
      await follower.stop();
      wake();
      await ended;
      for (const asked of skips.values()) asked.resolve(undefined);
      cancelAlarm();
      const cancel = clock.after(STOP_LIMIT, () => cutOff.abort(new Error("the recorder stops")));
      await Promise.allSettled(underWay);
      cancel();
      await writer.flush();
      await sink.close();
    },
  };
}
