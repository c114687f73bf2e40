/** First delay after a failed attempt, in ms; each further one is twice as long. */
const FIRST_DELAY = 1_000;
/** Longest delay, in ms. */
const LONGEST_DELAY = 3_600_000;
/** A callback is given up when its next attempt would come later than this after it was accepted, in ms. */
const GIVE_UP_AFTER = 3 * 24 * 3_600_000;
/** Delays are drawn from ±20 %, so that what failed together does not return together. */
const JITTER = 0.2;

/** When a callback is tried again: quickly at first, hourly in the end, for three days. */
export interface RetryPolicy {
  /**
   * When to make the next attempt, in ms since 1970; `undefined` to give up.
   * @param attempt the number of the attempt that has just failed, from 1
   */
  nextAttempt(attempt: number, acceptedAt: number, now: number): number | undefined;
}

/** @param random a number from 0 up to 1, for the jitter */
export function createRetryPolicy(random: () => number): RetryPolicy {
  return {
    nextAttempt(attempt, acceptedAt, now) {
      const delay = Math.min(FIRST_DELAY * 2 ** (attempt - 1), LONGEST_DELAY);
      const at = Math.round(now + delay * (1 - JITTER + 2 * JITTER * random()));
      return at - acceptedAt > GIVE_UP_AFTER ? undefined : at;
    },
  };
}
