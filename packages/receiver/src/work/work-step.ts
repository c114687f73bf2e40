import type { ReceivedCallback } from "../inbox/inbox.ts";
import type { LaneWork, RunEffect, Settlement, WorkStep } from "../inbox/work-inbox.ts";
import { laneAfter, nextTurn } from "./next-turn.ts";
import { tell, type Observers } from "./observers.ts";
import { delayAfter, type Retries } from "./retries.ts";

/** What a step needs. */
export interface WorkStepPorts<Tx> {
  /** Runs the handler of a callback. */
  readonly handle: (callback: ReceivedCallback, late: boolean, attempt: number, tx: Tx) => Promise<void>;
  /** Whether a handler failed because the receiver stops: then it has not failed. */
  readonly isOver: () => boolean;
  readonly observers: Observers;
  readonly retries: Retries;
  /** Longest wait for what is missing, in ms. */
  readonly gapWait: number;
  readonly now: () => number;
  /** A number from 0 up to 1. */
  readonly random: () => number;
}

/** So much is kept of what a dead letter's handler failed with, in characters. */
const LONGEST_ERROR = 1_000;

/** What is done with a lane's first callback, one at a time. */
export function createWorkStep<Tx>(ports: WorkStepPorts<Tx>): WorkStep<Tx> {
  const { handle, isOver, observers, retries, gapWait, now, random } = ports;

  async function attempt(work: LaneWork, late: boolean, runEffect: RunEffect<Tx>): Promise<Settlement> {
    const { lane, callback, failures } = work;
    const number = failures + 1;
    try {
      await runEffect((tx) => handle(callback, late, number, tx));
      return { lane: laneAfter(lane, callback), state: "done", failures };
    } catch (error) {
      if (isOver()) throw error;
      const delay = delayAfter(number, retries, random());
      if (delay === undefined) {
        tell(observers, () => observers.onDead?.({ callback, error, attempts: number }));
        return { lane: laneAfter(lane, callback), state: "dead", failures: number, error: textOf(error) };
      }
      tell(observers, () => observers.onError?.(error));
      return { lane: { ...lane, dueAt: now() + delay, listening: false }, state: "waiting", failures: number };
    }
  }

  return (work, runEffect) => {
    const { lane, callback, failures } = work;
    const turn = nextTurn(work, now(), gapWait);
    switch (turn.what) {
      case "handle":
        return attempt(work, turn.late, runEffect);
      case "wait":
        return Promise.resolve({ lane: { ...lane, dueAt: turn.until, listening: true }, state: "waiting", failures });
      case "gap": {
        const { missing } = turn;
        const { sdkAppId, groupId } = callback;
        tell(observers, () => observers.onGap?.({ sdkAppId, groupId, missing }));
        const sequence = missing[1];
        return Promise.resolve({ lane: { ...lane, sequence, dueAt: 0, listening: false }, state: "waiting", failures });
      }
      case "pass": {
        const { state } = turn;
        tell(observers, () => (state === "stale" ? observers.onStale : observers.onQuarantine)?.(callback));
        return Promise.resolve({ lane: laneAfter(lane, callback), state, failures });
      }
    }
  };
}

/** Somebody's own error may refuse to be a text. */
function textOf(error: unknown): string {
  try {
    return String(error).slice(0, LONGEST_ERROR);
  } catch {
    return "an error that is no text";
  }
}
