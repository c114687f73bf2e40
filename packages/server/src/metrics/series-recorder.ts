import type { Clock, Logger } from "@muster/foundation";

import {
  durationBucket,
  mergedPoints,
  resolutions,
  type Resolution,
  type SeriesPoint,
  type SeriesStore,
} from "../delivery-series.ts";
import type { OtherNodes } from "../other-nodes.ts";
import type { Ledger, Settlement } from "../ports/outbox.ts";

const MINUTE = resolutions.minute.length;
/** How often, at most, what is counted is written because somebody looks at it elsewhere, in ms. */
const SHOWN_EVERY = 1_000;

export interface SeriesRecorderPorts {
  readonly store: SeriesStore;
  readonly ledger: () => Promise<readonly Ledger[]>;
  readonly others: OtherNodes;
  readonly clock: Clock;
  readonly log: Logger;
}

/**
 * Counts how endpoints do, and writes it once a minute: a server that is killed loses what it counted since, which is
 * figures, not callbacks. In memory are the apps that had something to count within the minute. Several nodes add to the same
 * points; what the others have counted of the present minute they write when somebody looks, for the next look to show.
 */
export interface SeriesRecorder {
  /** Counts results that are on disk. */
  observe(settlements: readonly Settlement[]): void;
  /** An app's points from a time on, up to now. */
  read(sdkAppId: number, resolution: Resolution, from: number): Promise<SeriesPoint[]>;
  start(): void;
  /** Writes what is counted so far. */
  stop(): Promise<void>;
}

type Counting = Omit<SeriesPoint, "durations"> & {
  durations: number[];
  attempts: number;
  delivered: number;
  dead: number;
};

export function createSeriesRecorder({ store, ledger, others, clock, log }: SeriesRecorderPorts): SeriesRecorder {
  let counting = new Map<number, Counting>();
  let callOff = (): void => undefined;
  let written: Promise<void> = Promise.resolve();
  let stopped = false;
  let [askedAt, shownAt] = [-Infinity, -Infinity];

  function observe(settlements: readonly Settlement[]): void {
    for (const { callback, attempt, state } of settlements) {
      const { sdkAppId } = callback;
      let point = counting.get(sdkAppId);
      if (!point) {
        point = emptyPoint(sdkAppId, minuteOf(clock.now()));
        counting.set(sdkAppId, point);
      }
      point.attempts += 1;
      if (attempt.outcome === "delivered") point.delivered += 1;
      if (state === "dead") point.dead += 1;
      const bucket = durationBucket(attempt.durationMs);
      while (point.durations.length <= bucket) point.durations.push(0);
      point.durations[bucket] = (point.durations[bucket] ?? 0) + 1;
    }
  }

  async function write(): Promise<void> {
    const counted = counting;
    counting = new Map();
    const at = minuteOf(clock.now() - 1);
    for (const { sdkAppId, pending } of await ledger()) {
      // A backlog that nobody works on is worth a point, too.
      if (pending > 0 && !counted.has(sdkAppId)) counted.set(sdkAppId, emptyPoint(sdkAppId, at));
      const point = counted.get(sdkAppId);
      if (point) counted.set(sdkAppId, { ...point, pending });
    }
    if (counted.size > 0) await store.add([...counted.values()]);
    for (const resolution of ["minute", "hour"] as const) {
      await store.forget(resolution, clock.now() - resolutions[resolution].kept);
    }
  }

  /** Writes what is counted of the present minute. How much is pending at its end is still to come. */
  async function show(): Promise<void> {
    const counted = [...counting.values()].filter(({ attempts }) => attempts > 0);
    for (const { sdkAppId, at } of counted) counting.set(sdkAppId, emptyPoint(sdkAppId, at));
    if (counted.length === 0) return;
    const pending = new Map((await ledger()).map((one) => [one.sdkAppId, one.pending]));
    await store.add(counted.map((point) => ({ ...point, pending: pending.get(point.sdkAppId) ?? 0 })));
  }

  others.onTold("series", () => {
    if (stopped || clock.now() - shownAt < SHOWN_EVERY) return;
    shownAt = clock.now();
    void inTurn(show);
  });

  /** One after the other, so that the last to be written is the last to be waited for. */
  function inTurn(what: () => Promise<void>): Promise<void> {
    written = written.then(what).catch((error: unknown) => {
      log.error({ err: error }, "figures of deliveries could not be written: those of a minute are lost");
    });
    return written;
  }

  function schedule(): void {
    if (stopped) return;
    callOff = clock.after(MINUTE - (clock.now() % MINUTE), () => {
      void inTurn(write).then(schedule);
    });
  }

  return {
    observe,
    async read(sdkAppId, resolution, from) {
      const { length } = resolutions[resolution];
      if (clock.now() - askedAt >= SHOWN_EVERY) {
        askedAt = clock.now();
        others.tell("series", "");
      }
      const kept = await store.read(sdkAppId, resolution, from);
      const present = counting.get(sdkAppId);
      if (!present) return kept;
      const { pending = 0 } = (await ledger()).find((one) => one.sdkAppId === sdkAppId) ?? {};
      const point = { ...present, pending, at: Math.floor(present.at / length) * length };
      const last = kept.at(-1);
      return last?.at === point.at ? [...kept.slice(0, -1), mergedPoints(last, point)] : [...kept, point];
    },
    start: schedule,
    async stop() {
      stopped = true;
      callOff();
      await inTurn(write);
    },
  };
}

function minuteOf(time: number): number {
  return time - (time % MINUTE);
}

function emptyPoint(sdkAppId: number, at: number): Counting {
  return { sdkAppId, at, attempts: 0, delivered: 0, dead: 0, pending: 0, durations: [] };
}
