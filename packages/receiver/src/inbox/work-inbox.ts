import type { KeptDeadLetter } from "./dead-letter.ts";
import type { Inbox, ReceivedCallback } from "./inbox.ts";

/** How far a lane is. There is one lane per app and group; what tells of no group shares one lane per app. */
export interface LaneState {
  /** The highest `muster-sequence` whose turn has come; 0 at first. */
  readonly sequence: number;
  /** The `EventTime` of the latest disbanding that was handled, in ms since 1970. */
  readonly disbandedAt: number | undefined;
  /** The lane is not worked on before, in ms since 1970. */
  readonly dueAt: number;
  /** What comes in makes the lane due at once: it waits for something that is missing, not for a retry. */
  readonly listening: boolean;
}

/** A lane as it is before anything of it was worked on. */
export const newLane: LaneState = { sequence: 0, disbandedAt: undefined, dueAt: 0, listening: false };

/** A lane that is due, and its first callback. */
export interface LaneWork {
  readonly lane: LaneState;
  /** The first by `muster-sequence`; those without one come behind, by `EventTime` (by arrival, where they have none). */
  readonly callback: ReceivedCallback;
  /** How often its handler was begun and failed. */
  readonly failures: number;
  /** When the first of all that wait in the lane was received, in ms since 1970. */
  readonly waitingSince: number;
}

/**
 * What became of a callback. `waiting`: it is to be handled yet. `dead`: its handler has failed too often. `stale`: it
 * tells of a group's life before its latest disbanding. `quarantined`: its content is not what the catalog says.
 */
export type WorkState = "waiting" | "done" | "dead" | "stale" | "quarantined";

/** What a step comes to: written in the transaction in which the step was made. */
export interface Settlement {
  readonly lane: LaneState;
  readonly state: WorkState;
  readonly failures: number;
  /** What the handler of one that is `dead` failed with last. */
  readonly error?: string | undefined;
}

/**
 * Runs an effect inside the step's transaction, on a savepoint. Where the effect rejects, all that it wrote is undone,
 * and this rejects with the same error; the transaction goes on.
 */
export type RunEffect<Tx> = (effect: (tx: Tx) => Promise<void>) => Promise<void>;

/** Decides about a lane's first callback and runs its handler, if it is its turn. Rejects: nothing has happened. */
export type WorkStep<Tx> = (work: LaneWork, runEffect: RunEffect<Tx>) => Promise<Settlement>;

/**
 * An inbox that gives what it has kept to handlers: each callback once in effect, in order per lane, lanes beside one
 * another. A kept callback waits in its lane; duplicates wait for nothing. `workInboxContract` is its test-suite.
 */
export interface WorkInbox<Tx> extends Inbox {
  /** Makes what is missing of its tables; may be called again. */
  open(): Promise<void>;
  /**
   * Makes one step on a lane that is due and that nobody else works on, in one transaction: the lane is locked, `step`
   * called, what its effect and its settlement write is committed. `false`: no lane is due.
   * @throws what `step` or the database throws; the transaction is undone then
   */
  work(now: number, step: WorkStep<Tx>): Promise<boolean>;
  /** The earliest time after `now` at which a lane with something waiting becomes due, in ms since 1970. */
  nextDue(now: number): Promise<number | undefined>;
  /**
   * Forgets what was received before a time and waits no more, so that the inbox does not grow forever; dead letters
   * stay. What comes again after that is new.
   */
  forget(before: number): Promise<void>;
  /** Dead letters behind a position (0: from the first on), in the order in which they came, at most so many. */
  deadLetters(after: number, limit: number): Promise<readonly KeptDeadLetter[]>;
  /**
   * Lets a dead letter wait in its lane again, as one that has not failed; a lane that listens is due. Resolves with
   * whether there was one with this key.
   */
  retry(dedupeKey: string): Promise<boolean>;
  /** The same with all at once, so that no lane goes on with one before those in front of it wait too. Resolves with how many. */
  retryAll(): Promise<number>;
}

export function isWorkInbox<Tx>(inbox: Inbox | WorkInbox<Tx>): inbox is WorkInbox<Tx> {
  return "work" in inbox;
}

/** The name of a callback's lane. As JSON, so that it holds nothing that a database's texts cannot. */
export function laneOf({ sdkAppId, groupId }: ReceivedCallback): string {
  return JSON.stringify(groupId === undefined ? [sdkAppId] : [sdkAppId, groupId]);
}
