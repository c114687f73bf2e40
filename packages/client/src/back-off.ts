/** How long to wait before the next try, in ms: longer after each that failed, and not the same for all. */
export interface BackOff {
  /** The delay before the next try; counts it. */
  next(): number;
  /** It has worked: begins again with the shortest delay. */
  reset(): void;
}

/** The delay before the first try, and the longest, in ms. */
const FIRST = 500;
const LONGEST = 30_000;

/**
 * Doubles the delay with each try, up to 30 s, and draws from its upper half: when a server stops, all of its clients
 * lose it at the same instant, and must not come back at the same instant.
 * @param random numbers from 0 up to 1
 */
export function createBackOff(random: () => number): BackOff {
  let delay = FIRST;
  return {
    next() {
      const drawn = delay * (0.5 + random() / 2);
      delay = Math.min(2 * delay, LONGEST);
      return drawn;
    },
    reset() {
      delay = FIRST;
    },
  };
}
