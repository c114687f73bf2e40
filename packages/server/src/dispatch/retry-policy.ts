import type { RetryMode } from "../app-settings.ts";
import type { Attempt, PendingCallback } from "../ports/outbox.ts";

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** The delays that Standard Webhooks recommends, in ms: quickly at first, for a little over three days in all. */
const STANDARD: readonly number[] = [
  5 * SECOND,
  5 * MINUTE,
  30 * MINUTE,
  2 * HOUR,
  5 * HOUR,
  10 * HOUR,
  14 * HOUR,
  20 * HOUR,
  24 * HOUR,
];
/** Delays are drawn from ±20 %, so that what failed together does not return together. */
const JITTER = 0.2;
/** What an endpoint asks for with `Retry-After` is heeded up to this, in ms. */
const LONGEST_ASKED = 24 * HOUR;

/** When a callback is tried again. */
export interface RetryPolicy {
  /**
   * When to make the next attempt, in ms since 1970; `undefined` to give up.
   * @param failed the attempt that has just failed
   */
  nextAttempt(callback: PendingCallback, failed: Attempt, now: number): number | undefined;
}

/**
 * Retries as each app has it.
 * @param modeOf of an app, by its id
 * @param random a number from 0 up to 1, for the jitter
 */
export function createRetryPolicy(modeOf: (sdkAppId: number) => RetryMode, random: () => number): RetryPolicy {
  return {
    nextAttempt(callback, failed, now) {
      const delays = delaysFor(modeOf(callback.sdkAppId), failed);
      const delay = delays[Math.min(failed.number, delays.length) - 1] ?? 0;
      const inAll = delays.reduce((sum, each) => sum + each, 0);
      // Attempts that somebody asked for come on top of the schedule: the callback has its time all the same.
      const lasted = now - (callback.firstAttemptAt ?? failed.startedAt);
      // Where the clock was set back since then, nobody knows how long it was: then the attempts alone count.
      const hadItsTime = lasted < 0 || lasted >= inAll * (1 - JITTER);
      if (failed.number > delays.length && hadItsTime) return undefined;
      const at = now + delay * (1 - JITTER + 2 * JITTER * random());
      return Math.round(Math.max(at, now + Math.min(failed.retryAfterMs ?? 0, LONGEST_ASKED)));
    },
  };
}

function delaysFor(mode: RetryMode, { outcome }: Attempt): readonly number[] {
  if (mode === "standard") return STANDARD;
  if (mode === "none") return [];
  // Tencent's own retrying, where it is switched on: after a timeout, and after nothing else.
  if (mode === "tencent") return outcome.endsWith("-timeout") ? STANDARD : [];
  return mode.map((seconds) => seconds * SECOND);
}
