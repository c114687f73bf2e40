import type { Clock, Logger } from "@muster/foundation";

import type { Outbox, Settlement } from "../ports/outbox.ts";

/** Writes the results of attempts, many at a time: a write to disk costs the same for one as for hundreds. */
export interface Settler {
  add(settlement: Settlement): void;
  /** Nothing is left to be written. */
  readonly idle: boolean;
  /** Results that are not on disk yet. */
  readonly unwritten: number;
  /** Writes what waits without waiting for company: somebody can't go on until then. */
  hurry(): void;
  /** Resolves once what was added before is on disk. */
  flush(): Promise<void>;
}

export interface SettlerPorts {
  readonly outbox: Pick<Outbox, "settle">;
  readonly clock: Clock;
  readonly log: Logger;
  /** Which part of all lanes is delivered here, up to 1. */
  readonly part: () => number;
  /** How soon to try again, in ms, after the store failed. */
  readonly pause: number;
  /** Called for each result once it is on disk. */
  readonly onSettled: (settlement: Settlement) => void;
  readonly onIdle: () => void;
}

/**
 * How long a result may wait for others, in ms, and how many are enough. Lanes go on meanwhile. Nodes that share the lanes
 * have few results each, and what a write costs beside its results would be a great part of what delivering costs: who has
 * a part of the lanes waits longer, until as many are together as one node would have, but never longer than the second.
 */
const GATHER = 100;
const LONGEST_GATHER = 800;
const ENOUGH = 1_024;

/** Results are IDLE, GATHERING (a timer runs), or being WRITTEN, while others gather for the next write. */
export function createSettler(ports: SettlerPorts): Settler {
  const { outbox, clock, log, part, pause, onSettled, onIdle } = ports;
  let waiting: Settlement[] = [];
  let writing = false;
  let unwritten = 0;
  let callOff: (() => void) | undefined;
  let hurried = false;
  /** Who waits for what gathers, and for what is being written. */
  let flushing: (() => void)[] = [];
  let toldNext: (() => void)[] = [];

  function gather(): void {
    if (writing || waiting.length === 0) return;
    if (hurried || waiting.length >= ENOUGH) void write();
    else callOff ??= clock.after(Math.min(GATHER / part(), LONGEST_GATHER), () => void write());
  }

  async function write(): Promise<void> {
    callOff?.();
    callOff = undefined;
    if (writing) return;
    writing = true;
    hurried = false;
    const batch = waiting;
    waiting = [];
    toldNext = flushing;
    flushing = [];
    try {
      await outbox.settle(batch, clock.now());
    } catch (error) {
      // Unwritten results stay: forgetting them would deliver again what was delivered.
      log.error({ err: error }, "results of deliveries could not be written; trying again");
      waiting = [...batch, ...waiting];
      flushing = [...toldNext, ...flushing];
      await new Promise<void>((resolve) => clock.after(pause, resolve));
      writing = false;
      void write();
      return;
    }
    writing = false;
    unwritten -= batch.length;
    for (const settlement of batch) onSettled(settlement);
    for (const tell of toldNext.splice(0)) tell();
    gather();
    onIdle();
  }

  function hurry(): void {
    hurried = waiting.length > 0;
    gather();
  }

  return {
    add(settlement) {
      waiting.push(settlement);
      unwritten += 1;
      gather();
    },
    get idle() {
      return !writing && waiting.length === 0;
    },
    get unwritten() {
      return unwritten;
    },
    hurry,
    flush: () =>
      new Promise((resolve) => {
        if (waiting.length > 0) flushing.push(resolve);
        else if (writing) toldNext.push(resolve);
        else resolve();
        hurry();
      }),
  };
}
