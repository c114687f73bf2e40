import type { Clock } from "@muster/foundation";

/** How often it is looked whether others have added something, in ms. */
const EVERY = 250;

/** Who is told when the journal has become longer, here or at another node. */
export interface JournalWatch {
  /** The journal ends at a position. */
  reached(last: number): void;
  /** Calls `listener` whenever there is more, until the returned function is called. */
  onMore(listener: () => void): () => void;
  stop(): void;
}

/** Looks now and then how long the journal is, as long as anybody wants to hear of it. */
export function createJournalWatch(lastPosition: () => Promise<number>, clock: Clock): JournalWatch {
  const listeners = new Set<() => void>();
  let known = 0;
  let callOff: (() => void) | undefined;

  function reached(last: number): void {
    if (last <= known) return;
    known = last;
    for (const listener of listeners) listener();
  }

  function lookLater(): void {
    callOff = clock.after(EVERY, () => void look());
  }

  async function look(): Promise<void> {
    // Where the database is away, there is nothing new; whoever reads it hears why.
    const last = await lastPosition().catch(() => known);
    if (callOff === undefined) return;
    reached(last);
    lookLater();
  }

  function rest(): void {
    callOff?.();
    callOff = undefined;
  }

  return {
    reached,
    onMore(listener) {
      listeners.add(listener);
      if (callOff === undefined) lookLater();
      return () => {
        listeners.delete(listener);
        if (listeners.size === 0) rest();
      };
    },
    stop: rest,
  };
}
