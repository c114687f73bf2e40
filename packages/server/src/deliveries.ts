import type { CallbackCommand, OptPlatform } from "@muster/protocol";

import type { Attempt, AttemptOutcome, Original } from "./ports/outbox.ts";

/** Looking at what became of callbacks, delivering them once more, and forgetting them. All times in ms since 1970. */
export interface Deliveries {
  /**
   * Deliveries that fit, the newest first. A page may be short or empty though there is more, where few fit of many:
   * `next` says where to go on.
   */
  list(query: DeliveryQuery): Promise<DeliveryPage>;
  /** One delivery with all that is kept of it. */
  find(position: number): Promise<DeliveryDetail | undefined>;
  /** The position of the newest delivery, 0 where there is none. */
  newest(): Promise<number>;
  /** What an app has pending. */
  backlog(sdkAppId: number): Promise<Backlog>;
  /**
   * Delivers once more what fits and is settled, in its order; of what is queued again and not settled yet, nothing
   * is queued a second time. Does a part, in pieces: `next` says where to go on.
   */
  replay(query: ReplayQuery): Promise<Replayed>;
  /** Removes a piece of what is settled and old; `next` is where to go on, absent at the end. */
  removeOld(query: RemovalQuery): Promise<{ readonly removed: number; readonly next: number | undefined }>;
}

export const deliveryStates = ["pending", "delivered", "dead", "cancelled"] as const;

/** What became of a callback. */
export type DeliveryState = (typeof deliveryStates)[number];

/** Which deliveries are asked for; what is absent is not asked about. */
export interface DeliveryFilter {
  readonly sdkAppId?: number | undefined;
  /** Of which group (`""` for what belongs to none), replays included; only together with `sdkAppId`. */
  readonly group?: string | undefined;
  readonly command?: string | undefined;
  readonly state?: DeliveryState | undefined;
  /** Accepted at this time or later. */
  readonly from?: number | undefined;
  /** Accepted before this time. */
  readonly to?: number | undefined;
  /** The id on the wire. */
  readonly id?: string | undefined;
}

export interface DeliveryQuery extends DeliveryFilter {
  /** Only what is older than this position. */
  readonly before?: number | undefined;
  readonly limit: number;
}

export interface DeliveryPage {
  readonly deliveries: readonly Delivery[];
  /** What to give as `before`; absent at the end. */
  readonly next: number | undefined;
}

/** A callback and what became of it. */
export interface Delivery {
  /** Names it: its place in the order in which callbacks were accepted, of all apps. */
  readonly position: number;
  readonly sdkAppId: number;
  /** The group whose callback it is, `""` where it belongs to none. */
  readonly group: string;
  /** Its number within the group; a replay has that of its original. */
  readonly sequence: number;
  readonly id: string;
  readonly command: CallbackCommand;
  readonly acceptedAt: number;
  readonly state: DeliveryState;
  readonly attempts: number;
  /** How the last attempt went. */
  readonly lastOutcome?: AttemptOutcome;
  readonly replayOf?: Original;
}

/** All that is kept of a callback. */
export interface DeliveryDetail {
  readonly delivery: Delivery;
  readonly body: string;
  readonly clientIp: string;
  readonly platform: OptPlatform;
  readonly attempts: readonly Attempt[];
  /** When it is tried next, where it failed and is at the head of its lane. */
  readonly retryAt: number | undefined;
  /** When it was given up, where it was. */
  readonly givenUpAt: number | undefined;
  /** The deliveries that repeat it, the oldest first. */
  readonly replays: readonly Delivery[];
}

export interface Backlog {
  /** Callbacks that are accepted and not settled; replays are not counted. */
  readonly pending: number;
  /** When the oldest of them was accepted. */
  readonly oldestAt: number | undefined;
}

export interface ReplayQuery extends DeliveryFilter {
  readonly sdkAppId: number;
  /** Only positions after this one, up to that one. */
  readonly after: number;
  readonly upTo: number;
  readonly now: number;
  /** Asked in each transaction: whether there is somewhere to send it. */
  readonly goesOn: () => boolean;
}

/** What a replay has done. */
export interface Replayed {
  readonly queued: number;
  /** Those that were queued before and are not settled yet, and those that were never settled. */
  readonly waiting: number;
  /** What to give as `after`; absent where all is done. */
  readonly next: number | undefined;
}

export interface RemovalQuery {
  /** What was accepted and tried before this time is removed. */
  readonly before: number;
  /** What was given up before this time is removed. */
  readonly deadBefore: number;
  readonly after: number;
  /** What takes long is called off with it: it is undone, and rejects. */
  readonly signal?: AbortSignal;
}

/** Stands before the name of a lane that repeats another's callbacks. No group has it: ids are printable ASCII. */
const REPLAY_MARK = "↻";

/** The lane in which the callbacks of a lane are delivered once more. */
export function replayLane(lane: string): string {
  return REPLAY_MARK + lane;
}

/** The group whose callbacks a lane delivers, for the first time or again. */
export function groupOfLane(lane: string): string {
  return lane.startsWith(REPLAY_MARK) ? lane.slice(REPLAY_MARK.length) : lane;
}

/** A request as it was posted, without what proves the sender. */
export interface SentRequest {
  /** The documented parameters, as the text of a query. */
  readonly parameters: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}
