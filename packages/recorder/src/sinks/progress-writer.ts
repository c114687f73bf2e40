import type { Clock, Logger } from "@muster/foundation";

import type { HeldLanes } from "./held-lanes.ts";
import type { DeadLetter, SinkChange, SinkStore } from "./sink-store.ts";

/** Writes are this far apart, in ms: what comes in between is written together. After a crash it is delivered again. */
const PAUSE = 50;
/** And so far where the last one failed. */
const TROUBLE_PAUSE = 1_000;

/** What a writer is made of. */
export interface ProgressWriterParts {
  readonly name: string;
  readonly store: SinkStore;
  readonly held: HeldLanes;
  /** How far the sink is at this moment. */
  readonly position: () => number;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Writes down how far a sink is: each time the whole truth of one moment, in one transaction. */
export interface ProgressWriter {
  /** Something may have changed. */
  changed(): void;
  died(letter: DeadLetter): void;
  /** A dead letter was delivered after all. */
  revived(position: number): void;
  /** Writes what is not written yet. */
  flush(): Promise<void>;
}

export function createProgressWriter(parts: ProgressWriterParts): ProgressWriter {
  const { name, store, held, position, clock, log } = parts;
  let written = position();
  let died: DeadLetter[] = [];
  let revived: number[] = [];
  let isDirty = false;
  let cancel: (() => void) | undefined;
  let writing: Promise<void> | undefined;

  function take(): SinkChange | undefined {
    const change = { ...held.takeChange(), position: position(), dead: died, revived };
    const { held: lanes, released } = change;
    if (change.position === written && lanes.length + released.length + died.length + revived.length === 0) {
      return undefined;
    }
    died = [];
    revived = [];
    return change;
  }

  async function write(): Promise<void> {
    isDirty = false;
    const change = take();
    if (!change) return;
    try {
      await store.save(name, change);
      written = change.position;
    } catch (error) {
      log.error({ err: error, sink: name }, "a sink's position could not be written; trying again");
      held.putBack(change);
      died = [...change.dead, ...died];
      revived = [...change.revived, ...revived];
      isDirty = true;
      schedule(TROUBLE_PAUSE);
    }
  }

  function schedule(pause: number): void {
    cancel ??= clock.after(pause, () => {
      cancel = undefined;
      writing = (writing ?? Promise.resolve()).then(write);
    });
  }

  function changed(): void {
    isDirty = true;
    schedule(PAUSE);
  }

  return {
    changed,
    died(letter) {
      died.push(letter);
      changed();
    },
    revived(letter) {
      revived.push(letter);
      changed();
    },
    async flush() {
      // First of all, so that none is begun behind the one that is waited for.
      cancel?.();
      await writing;
      if (isDirty) await write();
      cancel?.();
    },
  };
}
