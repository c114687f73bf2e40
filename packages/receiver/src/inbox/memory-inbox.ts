import { compareTurns } from "./turn-order.ts";
import type { ReceivedCallback } from "./inbox.ts";
import { laneOf, newLane, type LaneState, type WorkInbox, type WorkState } from "./work-inbox.ts";

/** A callback and how often it came. */
export interface KeptCallback {
  readonly callback: ReceivedCallback;
  /** 1 where it came once. */
  readonly arrivals: number;
}

/** An inbox that lasts as long as the process. */
export interface MemoryInbox extends WorkInbox<undefined> {
  /** What was kept, in the order in which it came. */
  kept(): readonly KeptCallback[];
  /** What became of a callback; `undefined` where it was not kept. */
  stateOf(dedupeKey: string): WorkState | undefined;
}

interface Entry extends KeptCallback {
  readonly position: number;
  readonly state: WorkState;
  readonly failures: number;
  readonly error: string | undefined;
}

/** What there is of a lane. */
interface Lane {
  state: LaneState;
  isBusy: boolean;
  readonly waiting: Set<string>;
}

/**
 * An inbox for tests and for trying things out: it forgets everything with the process, so an answer of OK
 * promises nothing, and it cannot undo what a handler did before it failed.
 */
export function createMemoryInbox(): MemoryInbox {
  const byKey = new Map<string, Entry>();
  const lanes = new Map<string, Lane>();
  let positions = 0;

  function laneFor(callback: ReceivedCallback): Lane {
    const name = laneOf(callback);
    let lane = lanes.get(name);
    if (!lane) {
      lane = { state: newLane, isBusy: false, waiting: new Set() };
      lanes.set(name, lane);
    }
    return lane;
  }

  /** Lets a callback wait that is new, or dead. */
  function wait({ callback, position, arrivals }: Pick<Entry, "callback" | "position" | "arrivals">): void {
    const { dedupeKey } = callback;
    byKey.set(dedupeKey, { callback, position, arrivals, state: "waiting", failures: 0, error: undefined });
    const lane = laneFor(callback);
    lane.waiting.add(dedupeKey);
    if (lane.state.listening) lane.state = { ...lane.state, dueAt: 0, listening: false };
  }

  const deadEntries = (): readonly Entry[] => [...byKey.values()].filter(({ state }) => state === "dead");

  function waitingIn(lane: Lane): readonly Entry[] {
    const entries = [...lane.waiting].flatMap((key) => byKey.get(key) ?? []);
    return entries.toSorted((a, b) => compareTurns(a.callback, b.callback));
  }

  return {
    open: () => Promise.resolve(),
    keep(callback) {
      const known = byKey.get(callback.dedupeKey);
      if (known) {
        byKey.set(callback.dedupeKey, { ...known, arrivals: known.arrivals + 1 });
        return Promise.resolve("duplicate");
      }
      const own = { ...callback, body: callback.body.slice() };
      positions += 1;
      wait({ callback: own, position: positions, arrivals: 1 });
      return Promise.resolve("new");
    },
    async work(now, step) {
      const lane = [...lanes.values()].find(
        ({ state, isBusy, waiting }) => !isBusy && waiting.size > 0 && state.dueAt <= now,
      );
      const entries = lane ? waitingIn(lane) : [];
      const [first] = entries;
      if (!lane || !first) return false;
      const { callback, position, failures } = first;
      const waitingSince = Math.min(...entries.map((entry) => entry.callback.receivedAt));
      const size = lane.waiting.size;
      lane.isBusy = true;
      try {
        const settlement = await step({ lane: lane.state, callback, failures, waitingSince }, (effect) =>
          effect(undefined),
        );
        const cameMeanwhile = settlement.lane.listening && lane.waiting.size > size;
        lane.state = cameMeanwhile ? { ...settlement.lane, dueAt: 0 } : settlement.lane;
        const { state, error } = settlement;
        const arrivals = byKey.get(callback.dedupeKey)?.arrivals ?? 1;
        byKey.set(callback.dedupeKey, { callback, position, arrivals, state, failures: settlement.failures, error });
        if (state !== "waiting") lane.waiting.delete(callback.dedupeKey);
      } finally {
        lane.isBusy = false;
      }
      return true;
    },
    nextDue(now) {
      const times = [...lanes.values()]
        .filter(({ state, waiting }) => waiting.size > 0 && state.dueAt > now)
        .map(({ state }) => state.dueAt);
      return Promise.resolve(times.length > 0 ? Math.min(...times) : undefined);
    },
    forget(before) {
      for (const [key, { callback, state }] of byKey) {
        if (callback.receivedAt < before && state !== "waiting" && state !== "dead") byKey.delete(key);
      }
      return Promise.resolve();
    },
    deadLetters(after, limit) {
      const letters = deadEntries().filter(({ position }) => position > after);
      return Promise.resolve(
        letters.slice(0, limit).map(({ position, callback, error, failures: attempts }) => {
          return { position, callback, error, attempts };
        }),
      );
    },
    retry(dedupeKey) {
      const entry = byKey.get(dedupeKey);
      const isDead = entry?.state === "dead";
      if (isDead) wait(entry);
      return Promise.resolve(isDead);
    },
    retryAll() {
      const entries = deadEntries();
      for (const entry of entries) wait(entry);
      return Promise.resolve(entries.length);
    },
    kept: () => [...byKey.values()].map(({ callback, arrivals }) => ({ callback, arrivals })),
    stateOf: (dedupeKey) => byKey.get(dedupeKey)?.state,
  };
}
