/** The time, and waking up at one. Programs get it handed in, so that tests can be in charge of it. */
export interface Clock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Calls `wake` once, `delay` ms from now; the returned function calls it off. */
  after(delay: number, wake: () => void): () => void;
}

/**
 * Longer delays are waited for in parts of this length, in ms. Timers stand still while the machine sleeps, or is a virtual one
 * that is paused, and know nothing of a clock that is set ahead: so it is looked at now and then.
 */
const PART = 60_000;

/**
 * The machine's own clock. Its timers don't keep the process alive. One that is set back makes nobody wait longer; one that
 * is ahead of the timers wakes those who wait for more than a minute within a minute of their time.
 */
export const systemClock: Clock = {
  now: () => Date.now(),
  after: (delay, wake) => {
    const at = Date.now() + delay;
    let timer: NodeJS.Timeout;
    const wait = (left: number): void => {
      timer = left > PART ? setTimeout(goOn, PART, left - PART) : setTimeout(wake, Math.max(left, 0));
      timer.unref();
    };
    const goOn = (left: number): void => wait(Math.min(left, at - Date.now()));
    wait(delay);
    return () => {
      clearTimeout(timer);
    };
  },
};
