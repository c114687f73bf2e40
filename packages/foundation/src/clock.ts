/** The time, and waking up at one. Programs get it handed in, so that tests can be in charge of it. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Calls `wake` once, `delay` ms from now; the returned function calls it off. */
  after(delay: number, wake: () => void): () => void;
}

/** Longest delay that a timer takes, in ms; longer ones would fire at once, so they are waited for in parts. */
const MAX_DELAY = 2 ** 31 - 1;

/** The machine's own clock. Its timers don't keep the process alive. */
export const systemClock: Clock = {
  now: () => Date.now(),
  after: (delay, wake) => {
    let timer: NodeJS.Timeout;
    const wait = (left: number): void => {
      timer = left > MAX_DELAY ? setTimeout(wait, MAX_DELAY, left - MAX_DELAY) : setTimeout(wake, Math.max(left, 0));
      timer.unref();
    };
    wait(delay);
    return () => {
      clearTimeout(timer);
    };
  },
};
