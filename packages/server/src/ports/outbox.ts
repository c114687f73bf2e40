import type { CallbackCommand, OptPlatform } from "@muster/protocol";

/** A callback on its way into the outbox. */
export interface NewCallback {
  /** The same on every attempt; letters, digits, `-` and `_`. */
  readonly id: string;
  /** The callbacks of one lane are numbered and delivered in order: a group's id, or `""` for the app itself. */
  readonly lane: string;
  readonly command: CallbackCommand;
  /** The body as it will be sent. */
  readonly body: string;
  readonly clientIp: string;
  readonly platform: OptPlatform;
  /** When it happened, ms since 1970. */
  readonly acceptedAt: number;
  /** The trace that its attempts belong to, where there is one. */
  readonly traceparent?: string | undefined;
  /** The callback that is delivered once more, in a lane of its own. */
  readonly replayOf?: Original;
}

/** The callback that a replay delivers once more. */
export interface Original {
  readonly position: number;
  /** Its number within its own lane, which the replay carries too. */
  readonly sequence: number;
}

/** A callback in the outbox that waits for its delivery. */
export interface PendingCallback extends NewCallback {
  readonly sdkAppId: number;
  /** Its place in the outbox: names it to the outbox. */
  readonly position: number;
  /** Its number within the lane: 1, 2, 3 … */
  readonly sequence: number;
  /** Attempts made so far: only a lane's head, as `Outbox.dueLanes` gives it, can have had any. */
  readonly attempts: number;
  /** When the first of them was, ms since 1970. */
  readonly firstAttemptAt?: number;
}

/** How one attempt went. */
export interface Attempt {
  /** 1 for the first. */
  readonly number: number;
  /** ms since 1970. */
  readonly startedAt: number;
  readonly durationMs: number;
  /** `delivered`, or the class of what went wrong. */
  readonly outcome: AttemptOutcome;
  /** The HTTP status, where there was one. */
  readonly status?: number;
  /** `ErrorCode` of the answer, where it had one. For after-callbacks it changes nothing. */
  readonly code?: number;
  /** The first 4 KiB of the answer, where there was one. */
  readonly answer?: string;
  /** What went wrong, in words. */
  readonly error?: string;
  /** How long the endpoint asked to be left alone (`Retry-After`), in ms; not kept. */
  readonly retryAfterMs?: number;
}

/** How attempts end; the guide to deliveries explains them. */
export const attemptOutcomes = [
  "delivered",
  "dns",
  "forbidden-address",
  "refused",
  "connect-timeout",
  "tls",
  "reset",
  "headers-timeout",
  "body-timeout",
  "too-large",
  "status",
  "not-json",
  "other",
] as const;

/** `delivered`, or the class of what went wrong. */
export type AttemptOutcome = (typeof attemptOutcomes)[number];

/** What becomes of a callback after an attempt. */
export interface Settlement {
  readonly callback: PendingCallback;
  readonly attempt: Attempt;
  /** `pending` stays at the head of its lane until `retryAt` (ms since 1970). */
  readonly state: "delivered" | "dead" | { readonly pending: true; readonly retryAt: number };
}

/**
 * Why a lane has something to deliver: its head was never tried, has failed before, or is delivered again because
 * somebody asked for it. Each kind has its own share of the attempts, so that none waits behind another.
 */
export type LaneKind = "fresh" | "retrying" | "replay";

/** What delivering has in memory, however much there is to be delivered. */
export interface InMemory {
  /** Lanes of each kind. */
  readonly lanes: Readonly<Record<LaneKind, number>>;
  /** Results of attempts that are not on disk yet. */
  readonly unwritten: number;
}

/** A lane with something to deliver. */
export interface DueLane {
  readonly lane: string;
  /** The number of the last callback there is. */
  readonly last: number;
  /** The first that is pending. */
  readonly head: PendingCallback;
}

/** How many callbacks an app has in each state; `accepted` is the sum of the other four. */
export interface Ledger {
  readonly sdkAppId: number;
  readonly accepted: number;
  readonly delivered: number;
  readonly pending: number;
  readonly dead: number;
  readonly cancelled: number;
}

/** What the dispatcher needs of the outbox. All times in ms since 1970. */
export interface Outbox {
  /**
   * Calls `listener` after each commit, synchronously, with the callbacks that it added, in order, as far as they are
   * this node's to deliver. Commits on several connections may be told of in another order than they were made.
   */
  onCommitted(listener: (added: readonly CommittedCallback[]) => void): void;
  /** Lanes of a kind whose head is due by `now`, the longest due first; a fresh one is due whatever the clock says. */
  dueLanes(sdkAppId: number, kind: LaneKind, now: number, limit: number): Promise<DueLane[]>;
  /** When the next lane after `now` will be due. */
  nextDue(sdkAppId: number, now: number): Promise<number | undefined>;
  /** Of so many lanes the pending callbacks are best asked for in one go: where asking costs as much as what is read. */
  readonly readTogether: number;
  /** A lane's pending callbacks after a number, in order; fewer than `limit` where they are long. */
  pending(sdkAppId: number, lane: string, after: number, limit: number): Promise<PendingCallback[]>;
  /**
   * Stores attempts and what becomes of their callbacks, those of a lane in order; resolves once it is on disk. Of lanes
   * that are not this node's any more nothing is stored.
   */
  settle(settlements: readonly Settlement[], now: number): Promise<void>;
  /** Apps that have something pending. */
  appsWithPending(): Promise<number[]>;
  /** Makes due now what was put off to a later time. */
  hasten(sdkAppId: number, now: number): Promise<void>;
  /** Gives up what an app has pending, because there is nowhere left to send it. */
  cancelPending(sdkAppId: number, now: number): Promise<number>;
  ledger(): Promise<Ledger[]>;
}

/** A callback that was just committed; `isHead` where everything before it in its lane is settled. */
export interface CommittedCallback {
  readonly callback: PendingCallback;
  readonly isHead: boolean;
}
