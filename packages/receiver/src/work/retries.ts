/** When a handler that has failed is tried again. */
export interface Retries {
  /** So many attempts in all, then the callback is a dead letter. */
  readonly attempts: number;
  /** The wait after the first failure, in ms; it doubles with each. */
  readonly firstDelay: number;
  /** The longest wait, in ms. */
  readonly longestDelay: number;
}

/** About an hour in all. */
export const usualRetries: Retries = { attempts: 12, firstDelay: 1_000, longestDelay: 10 * 60_000 };

/** Waits are drawn from ±20 %, so that what failed together does not return together. */
const JITTER = 0.2;

/**
 * How long to wait after so many failures, in ms; `undefined`: no more.
 * @param random a number from 0 up to 1
 */
export function delayAfter(failures: number, retries: Retries, random: number): number | undefined {
  if (failures >= retries.attempts) return undefined;
  const delay = Math.min(retries.firstDelay * 2 ** (failures - 1), retries.longestDelay);
  return Math.round(delay * (1 - JITTER + 2 * JITTER * random));
}
