import type { LaneKind, PendingCallback } from "../ports/outbox.ts";
import { createLaneQueue, type LaneQueue } from "./lane-queue.ts";

/** A lane in memory; see `Dispatcher` for its states. */
export interface Lane {
  readonly name: string;
  readonly track: Track;
  queue: PendingCallback[];
  /** The number of the last callback that was taken from the queue, and of the last one known to exist. */
  taken: number;
  last: number;
  sentThisTurn: number;
  /** Something is under way: an attempt, the waiting for one, or a look into the outbox. */
  busy: boolean;
  leaving: boolean;
  /** Nothing more is sent for now, and it keeps its place until its results are on disk. */
  isThrough: boolean;
  /** When the head, which could not be delivered, is tried again. */
  retryAt: number | undefined;
  /** Results that are not on disk yet. */
  unsettled: number;
}

/** An app's lanes of one kind. */
export interface Track {
  readonly app: AppLanes;
  readonly kind: LaneKind;
  /** Those in memory, and of them those that are through. */
  lanes: number;
  through: number;
  readonly ready: LaneQueue<Lane>;
  /** Those in the midst of their go, who come before others. */
  readonly going: Lane[];
  /** Those that have more in the outbox, and nothing left in memory; the first comes after so many of `ready`. */
  readonly unread: Lane[];
  unreadFrom: number;
  /** Attempts under way. */
  sending: number;
  /** Whether the outbox may hold lanes that are due and not in memory. */
  behind: boolean;
}

/** An app's lanes in memory. */
export interface AppLanes {
  readonly sdkAppId: number;
  readonly lanes: Map<string, Lane>;
  readonly tracks: Readonly<Record<LaneKind, Track>>;
  /** Attempts under way. */
  sending: number;
  /** How often the endpoint was said to be back: an attempt that began before that tells nothing against it. */
  revived: number;
}

/** The part of an app's attempts, and of its lanes in memory, that each kind of lane may have. */
const shares: Readonly<Record<LaneKind, number>> = { fresh: 1, retrying: 1 / 2, replay: 1 / 4 };

/** Who is served first: the shares see to it that nobody has everything. */
export const laneKinds: readonly LaneKind[] = ["retrying", "replay", "fresh"];

/** How much of something a kind of lane may have: never nothing. */
export function shareOf(all: number, kind: LaneKind): number {
  return Math.max(1, Math.floor(all * shares[kind]));
}

export function createAppLanes(sdkAppId: number): AppLanes {
  const track = (kind: LaneKind): Track => ({
    get app() {
      return app;
    },
    kind,
    lanes: 0,
    through: 0,
    ready: createLaneQueue(),
    going: [],
    unread: [],
    unreadFrom: 0,
    sending: 0,
    behind: false,
  });
  const app: AppLanes = {
    sdkAppId,
    lanes: new Map(),
    tracks: { fresh: track("fresh"), retrying: track("retrying"), replay: track("replay") },
    sending: 0,
    revived: 0,
  };
  return app;
}

/** Takes a lane into memory, with the first of what is pending in it. */
export function addLane(track: Track, name: string, last: number, head: PendingCallback): Lane {
  const lane: Lane = {
    name,
    track,
    queue: [head],
    taken: head.sequence - 1,
    last,
    sentThisTurn: 0,
    busy: false,
    leaving: false,
    isThrough: false,
    retryAt: undefined,
    unsettled: 0,
  };
  track.lanes += 1;
  track.app.lanes.set(name, lane);
  return lane;
}

export function removeLane(lane: Lane): void {
  const { name, track } = lane;
  setThrough(lane, false);
  track.app.lanes.delete(name);
  track.lanes -= 1;
}

/** Notes whether a lane waits for its results alone. */
export function setThrough(lane: Lane, isThrough: boolean): void {
  if (lane.isThrough === isThrough) return;
  lane.isThrough = isThrough;
  lane.track.through += isThrough ? 1 : -1;
}
