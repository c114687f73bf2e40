import type { RecordedCallback } from "../journal/event-reader.ts";
import { laneOf } from "./lane.ts";
import type { DeadLetter, HeldLane, SinkChange } from "./sink-store.ts";

/** Most lanes that are held at a time; with more, nothing new is begun until some of them are through. */
const MOST_HELD = 1_000;
/** Waits are drawn from ±20 %, so that what failed together does not return together. */
const JITTER = 0.2;
/** As long, in ms, an event may be put off by whatever the sink was set to before. */
const LONGEST_DELAY = 86_400_000;

/** What is known of a lane beyond what is stored. */
interface Lane extends HeldLane {
  /** How much the sink had taken when it failed last; `undefined` where that was before the start. */
  readonly takenBefore: number | undefined;
  /** It waits because the sink itself seemed not to work. */
  readonly waitsForSink: boolean;
}

/** An event that was not taken. */
export interface Failure {
  readonly event: RecordedCallback;
  readonly error: string;
  /** Whether the sink said that it is the event's fault. */
  readonly refused: boolean;
  /** Whether the sink itself seems not to work: then nothing is held against the event. */
  readonly sinkFails: boolean;
  /** How much the sink has taken since the start. */
  readonly taken: number;
}

type LaneChange = Pick<SinkChange, "held" | "released">;

/** The lanes of which a sink did not take an event, and what has become of them since it was last written down. */
export interface HeldLanes {
  has(lane: string): boolean;
  get(lane: string): HeldLane | undefined;
  readonly size: number;
  isFull(): boolean;
  all(): Iterable<HeldLane>;
  /** The one that has been due for longest, of those that `mayGo`. */
  due(mayGo: (lane: string) => boolean): HeldLane | undefined;
  /** When the next is due, of those that `mayGo`, in ms since 1970. */
  nextAt(mayGo: (lane: string) => boolean): number | undefined;
  /** An event of the lane was taken, or is none of the sink's. */
  passed(event: Pick<RecordedCallback, "sdkAppId" | "groupId" | "position">): void;
  /** Holds a lane, or goes on holding it; an event that has failed too often becomes a dead letter. */
  failed(failure: Failure): DeadLetter | undefined;
  /** Gives up the event that its lane is held for. */
  giveUp(event: Pick<RecordedCallback, "sdkAppId" | "groupId" | "position">): DeadLetter | undefined;
  release(lane: string): void;
  /** The sink works again: those that waited for it are due. */
  hurry(): void;
  /** What has changed since the last time that this was called. */
  takeChange(): LaneChange;
  /** Gives back what could not be written down. */
  putBack(change: LaneChange): void;
}

/**
 * @param delays how long to wait after the first failure, the second …, in ms; after one more there is a dead letter
 * @param random a number from 0 up to 1
 */
export function createHeldLanes(
  saved: readonly HeldLane[],
  delays: readonly number[],
  now: () => number,
  random: () => number,
): HeldLanes {
  const lanes = new Map<string, Lane>(
    saved.map((lane) => [lane.lane, { ...lane, takenBefore: undefined, waitsForSink: false }]),
  );
  const changed = new Set<string>();

  function put(lane: Lane): void {
    lanes.set(lane.lane, lane);
    changed.add(lane.lane);
  }

  /** The lane behind an event that nobody waits for any more. */
  function goneOn(lane: Lane, after: number): Lane {
    return { ...lane, after, failures: 0, nextAt: now(), error: "", waitsForSink: false };
  }

  /** Behind this, in ms since 1970, nothing is put off: the clock was ahead when that was done, and was set back. */
  const furthest = (): number => now() + Math.max(...delays, LONGEST_DELAY) * (1 + JITTER);

  function dueAt({ nextAt }: Lane, last: number): number {
    return nextAt > last ? 0 : nextAt;
  }

  function delay(failures: number): number {
    const wait = delays[Math.min(Math.max(failures, 1), delays.length) - 1] ?? 0;
    return Math.round(wait * (1 - JITTER + 2 * JITTER * random()));
  }

  return {
    has: (lane) => lanes.has(lane),
    get: (lane) => lanes.get(lane),
    get size() {
      return lanes.size;
    },
    isFull: () => lanes.size >= MOST_HELD,
    all: () => lanes.values(),
    due(mayGo) {
      const [time, last] = [now(), furthest()];
      let found: Lane | undefined;
      for (const lane of lanes.values()) {
        const at = dueAt(lane, last);
        if (at <= time && at < (found ? dueAt(found, last) : Infinity) && mayGo(lane.lane)) found = lane;
      }
      return found;
    },
    nextAt(mayGo) {
      const last = furthest();
      let next: number | undefined;
      for (const lane of lanes.values()) {
        if (mayGo(lane.lane)) next = Math.min(next ?? Infinity, dueAt(lane, last));
      }
      return next;
    },
    passed(event) {
      const lane = lanes.get(laneOf(event));
      if (lane) put(goneOn(lane, event.position));
    },
    giveUp(event) {
      const lane = lanes.get(laneOf(event));
      if (!lane) return undefined;
      put(goneOn(lane, event.position));
      return { position: event.position, failures: lane.failures, error: lane.error, diedAt: now() };
    },
    failed({ event, error, refused, sinkFails, taken }) {
      const { sdkAppId, groupId, position } = event;
      const lane = laneOf(event);
      const held = lanes.get(lane);
      // What fails alone is to blame only where the sink says so, or has taken something else since.
      const counts = !sinkFails && (!held || held.failures === 0 || refused || (held.takenBefore ?? taken) < taken);
      const failures = (held?.failures ?? 0) + (counts ? 1 : 0);
      const isDead = counts && failures > delays.length;
      put({
        lane,
        sdkAppId,
        groupId,
        error,
        after: isDead ? position : position - 1,
        failures: isDead ? 0 : failures,
        nextAt: now() + (isDead ? 0 : delay(failures)),
        takenBefore: taken,
        waitsForSink: sinkFails,
      });
      return isDead ? { position, failures, error, diedAt: now() } : undefined;
    },
    release(lane) {
      lanes.delete(lane);
      changed.add(lane);
    },
    hurry() {
      for (const lane of lanes.values()) {
        if (lane.waitsForSink) lanes.set(lane.lane, { ...lane, nextAt: now(), waitsForSink: false });
      }
    },
    takeChange() {
      const names = [...changed];
      changed.clear();
      return {
        held: names.flatMap((name) => lanes.get(name) ?? []),
        released: names.filter((name) => !lanes.has(name)),
      };
    },
    putBack(change) {
      for (const { lane } of change.held) changed.add(lane);
      for (const lane of change.released) changed.add(lane);
    },
  };
}
