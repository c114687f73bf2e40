import type { Clock, Logger, Tally } from "@muster/foundation";

import { PAGE_BYTES, type RecordedCallback } from "../journal/event-reader.ts";
import type { RecorderStore } from "../store/recorder-store.ts";
import type { SinkCounters } from "./sink-figures.ts";
import { startPump, type Pump } from "./pump.ts";
import type { SinkReport } from "./sink-report.ts";
import { sinkFilter, type SinkSelection } from "./sink-filter.ts";
import type { DeadLetter, HeldLane } from "./sink-store.ts";
import type { Sink } from "./sink.ts";

/** Most dead letters that are asked for in one go. */
const MOST_RETRIED = 10_000;
const PART = 1_000;

/** A sink, and what is to come to it. */
export interface AddedSink extends SinkSelection {
  /** By which it is known: one with another name begins anew. Letters, digits, - and _, at most 64. */
  readonly name: string;
  /** What it is, for people: `http`, `file` … */
  readonly type: string;
  readonly sink: Sink;
  /** Where it begins when it is new. */
  readonly from: "beginning" | "now";
  /** How many seconds to wait after an event's first failure, its second …; then it is a dead letter. */
  readonly retry: readonly number[];
}

/** A dead letter with what it was. */
export interface DeadEvent extends DeadLetter {
  /** `undefined` where the journal has it no more. */
  readonly event: RecordedCallback | undefined;
}

/** Some dead letters in a row. */
export interface DeadPage {
  readonly letters: readonly DeadEvent[];
  /** Whether there are more behind them. */
  readonly more: boolean;
}

/** Everything that the journal's events are brought to. */
export interface Sinks {
  /** Of every sink, in the order of the configuration. */
  reports(): Promise<readonly SinkReport[]>;
  /** Sinks that were and are no more: their places are kept for when they return. */
  absent(): Promise<readonly { readonly name: string; readonly position: number }[]>;
  has(name: string): boolean;
  setPaused(name: string, paused: boolean): Promise<void>;
  /** At most `limit` dead letters behind a position, and fewer where their bodies are large. */
  deadLetters(name: string, after: number, limit: number): Promise<DeadPage>;
  /** Sends dead letters again: the one at a position, or all. Returns how many will be. */
  retry(name: string, position: number | undefined): Promise<number>;
  /** The groups of which an event was not taken: their events wait. */
  held(name: string): readonly HeldLane[];
  /** Gives up the event that a group is held for. Resolves with its position; `undefined` where it is not held. */
  skip(name: string, lane: string): Promise<number | undefined>;
  /** Forgets the place and the dead letters of a sink that is no more; `false` where there is none such. */
  forget(name: string): Promise<boolean>;
  stop(): Promise<void>;
}

/** What sinks are made of. */
export interface SinkParts {
  readonly store: RecorderStore;
  readonly clock: Clock;
  /** A number from 0 up to 1, for the jitter. */
  readonly random: () => number;
  readonly log: Logger;
  readonly counters: SinkCounters;
}

/** A sink that runs. */
interface RunningSink {
  readonly name: string;
  readonly type: string;
  readonly pump: Pump;
  readonly delivered: Tally;
  readonly failures: Tally;
}

/** Starts bringing events to sinks, to each from where it was; to none where the place of one cannot be had. */
export async function startSinks(added: readonly AddedSink[], parts: SinkParts): Promise<Sinks> {
  const { store, clock, random, log, counters } = parts;
  const { journal, sinks: places } = store;
  const running = new Map<string, RunningSink>();
  for (const { name, type, sink, from: _from, retry, progress, ...selection } of await placed()) {
    const delays = retry.map((seconds) => seconds * 1_000);
    const counted = { delivered: counters.delivered({ sink: name }), failures: counters.failures({ sink: name }) };
    const itsOwn = { name, sink, delays, progress, filter: sinkFilter(selection), ...counted };
    const pump = startPump({ ...itsOwn, journal, store: places, clock, random, log });
    running.set(name, { name, type, pump, ...counted });
  }

  async function placed() {
    const found = [];
    for (const one of added) {
      const from = () => (one.from === "now" ? journal.lastPosition() : 0);
      found.push({ ...one, progress: await places.open(one.name, from) });
    }
    return found;
  }

  function pumpOf(name: string): Pump {
    const found = running.get(name);
    if (!found) throw new Error(`there is no sink ${name}`);
    return found.pump;
  }

  async function report({ name, type, pump, delivered, failures }: RunningSink): Promise<SinkReport> {
    const status = pump.status();
    const {
      events: [oldest],
    } = await journal.readEvents({}, status.settled, 1);
    return {
      name,
      type,
      ...status,
      delivered: delivered.count,
      failures: failures.count,
      behind: Math.max((await journal.lastPosition()) - status.position, 0),
      lagMs: oldest ? Math.max(clock.now() - oldest.receivedAt, 0) : 0,
      deadLetters: await places.countDeadLetters(name),
    };
  }

  return {
    reports: () => Promise.all([...running.values()].map(report)),
    absent: async () => (await places.all()).filter(({ name }) => !running.has(name)),
    has: (name) => running.has(name),
    async setPaused(name, paused) {
      await places.setPaused(name, paused);
      pumpOf(name).setPaused(paused);
    },
    async deadLetters(name, after, limit) {
      const found = await places.deadLetters(name, after, limit + 1);
      const letters: DeadEvent[] = [];
      let bytes = 0;
      for (const letter of found.slice(0, limit)) {
        if (bytes >= PAGE_BYTES) break;
        const event = await journal.readEvent(letter.position);
        letters.push({ ...letter, event });
        bytes += event?.body.byteLength ?? 0;
      }
      return { letters, more: letters.length < found.length };
    },
    async retry(name, position) {
      const found: number[] = [];
      let after = position === undefined ? 0 : position - 1;
      for (let more = true; more && found.length < MOST_RETRIED;) {
        const letters = await places.deadLetters(name, after, position === undefined ? PART : 1);
        for (const letter of letters)
          if (letter.position === (position ?? letter.position)) found.push(letter.position);
        after = letters.at(-1)?.position ?? after;
        more = position === undefined && letters.length === PART;
      }
      pumpOf(name).retry(found);
      return found.length;
    },
    held: (name) => pumpOf(name).held(),
    skip: (name, lane) => pumpOf(name).skip(lane),
    forget: async (name) => !running.has(name) && (await places.forget(name)),
    async stop() {
      await Promise.all([...running.values()].map(({ pump }) => pump.stop()));
    },
  };
}
