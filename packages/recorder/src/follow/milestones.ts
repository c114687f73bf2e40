/** Those who wait until something has come to a position. */
export interface Milestones {
  /** Resolves when a position is reached, or nothing more will be. */
  reached(until: number): Promise<void>;
  /** Something has come to a position. */
  arrive(position: number): void;
  /** Nothing more will be reached: lets go of all who wait. */
  end(): void;
}

/** @param start the position where it is at first */
export function createMilestones(start: number): Milestones {
  let position = start;
  const waiting = new Set<{ readonly until: number; readonly resolve: () => void }>();

  function arrive(at: number): void {
    position = at;
    for (const one of waiting) {
      if (one.until > position) continue;
      waiting.delete(one);
      one.resolve();
    }
  }

  return {
    reached: (until) =>
      position >= until ? Promise.resolve() : new Promise((resolve) => void waiting.add({ until, resolve })),
    arrive,
    end: () => arrive(Number.POSITIVE_INFINITY),
  };
}
