import type { ReceivedCallback } from "../inbox/inbox.ts";
import type { LaneState, LaneWork } from "../inbox/work-inbox.ts";

/** What is to be done about a lane's first callback. */
export type Turn =
  | { readonly what: "handle"; readonly late: boolean }
  /** Something before it is missing and may still come. */
  | { readonly what: "wait"; readonly until: number }
  /** Something before it is missing and was waited for long enough. */
  | { readonly what: "gap"; readonly missing: readonly [from: number, to: number] }
  | { readonly what: "pass"; readonly state: "stale" | "quarantined" };

const CREATED = "Group.CallbackAfterCreateGroup";
const DESTROYED = "Group.CallbackAfterGroupDestroyed";

/**
 * Whose turn it is. A numbered callback waits for those before it until something in its lane has waited for
 * `gapWait` ms; one that comes after its number was given up is late. One without a number cannot know what is
 * missing; it is stale if it is older than the group's latest disbanding, for then the group that it tells of is gone.
 */
export function nextTurn({ lane, callback, waitingSince }: LaneWork, now: number, gapWait: number): Turn {
  const { sequence } = callback;
  if (sequence !== undefined && sequence > lane.sequence + 1) {
    const until = waitingSince + gapWait;
    // What came in a future that far away came when the clock was ahead: it has waited for long enough.
    if (now < until && until <= now + 2 * gapWait) return { what: "wait", until };
    return { what: "gap", missing: [lane.sequence + 1, sequence - 1] };
  }
  if (callback.fault !== undefined) return { what: "pass", state: "quarantined" };
  if (isStale(lane, callback)) return { what: "pass", state: "stale" };
  return { what: "handle", late: sequence !== undefined && sequence <= lane.sequence };
}

function isStale({ disbandedAt }: LaneState, { sequence, eventTime, command }: ReceivedCallback): boolean {
  if (sequence !== undefined || eventTime === undefined || disbandedAt === undefined) return false;
  // A group that is made in the millisecond of its disbanding was made before it: there is no time in between.
  return command === CREATED ? eventTime <= disbandedAt : eventTime < disbandedAt;
}

/** The lane once a callback's turn is over. */
export function laneAfter(lane: LaneState, { command, sequence, eventTime, fault }: ReceivedCallback): LaneState {
  const disbanded = command === DESTROYED && fault === undefined ? eventTime : undefined;
  return {
    sequence: Math.max(lane.sequence, sequence ?? 0),
    disbandedAt: disbanded === undefined ? lane.disbandedAt : Math.max(disbanded, lane.disbandedAt ?? 0),
    dueAt: 0,
    listening: false,
  };
}
