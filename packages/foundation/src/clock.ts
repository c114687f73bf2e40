/** The time, and waking up at one. Programs get it handed in, so that tests can be in charge of it. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Calls `wake` once, `delay` ms from now; the returned function calls it off. */
  after(delay: number, wake: () => void): () => void;
}

/** Longest delay that a timer takes, in ms; longer ones would fire at once. */
const MAX_DELAY = 2 ** 31 - 1;

/** The machine's own clock. Its timers don't keep the process alive. */
export const systemClock: Clock = {
  now: () => Date.now(),
  after: (delay, wake) => {
    const timer = setTimeout(wake, Math.min(Math.max(delay, 0), MAX_DELAY));
    timer.unref();
    return () => {
      clearTimeout(timer);
    };
  },
};
