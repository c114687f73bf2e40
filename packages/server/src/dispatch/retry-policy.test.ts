import fc from "fast-check";
import { describe, expect, it } from "vitest";

import type { RetryMode } from "../app-settings.ts";
import type { Attempt, AttemptOutcome, PendingCallback } from "../ports/outbox.ts";
import { createRetryPolicy } from "./retry-policy.ts";

const MINUTE = 60_000;
const HOUR = 60 * MINUTE;
const NOW = 1_700_000_000_000;

const callback: PendingCallback = {
  id: "an-id",
  sdkAppId: 1,
  lane: "a",
  position: 1,
  sequence: 1,
  attempts: 0,
  command: "Group.CallbackAfterCreateGroup",
  body: "{}",
  clientIp: "",
  platform: "RESTAPI",
  acceptedAt: NOW,
};
const failed = (number: number, startedAt: number, more: Partial<Attempt> = {}): Attempt => ({
  number,
  startedAt,
  durationMs: 0,
  outcome: "refused",
  ...more,
});
const policyOf = (mode: RetryMode, random: () => number = () => 0.5) => createRetryPolicy(() => mode, random);

/** The delays of a callback that fails every time. */
function delaysOf(mode: RetryMode, random?: () => number, outcome: AttemptOutcome = "refused"): number[] {
  const policy = policyOf(mode, random);
  const delays: number[] = [];
  let now = NOW;
  for (let number = 1; ; number += 1) {
    const at = policy.nextAttempt({ ...callback, firstAttemptAt: NOW }, failed(number, now, { outcome }), now);
    if (at === undefined) return delays;
    delays.push(at - now);
    now = at;
  }
}

describe("a callback that fails", () => {
  it("is tried again by the schedule of Standard Webhooks: for a little over three days, then given up", () => {
    expect(delaysOf("standard")).toEqual([
      5_000,
      5 * MINUTE,
      30 * MINUTE,
      2 * HOUR,
      5 * HOUR,
      10 * HOUR,
      14 * HOUR,
      20 * HOUR,
      24 * HOUR,
    ]);
  });

  it("is tried again after delays of the app's own", () => {
    expect(delaysOf([1, 2, 10])).toEqual([1_000, 2_000, 10_000]);
  });

  it("is never tried again where the app wants that", () => {
    expect(delaysOf("none")).toEqual([]);
    expect(delaysOf("none", undefined, "headers-timeout")).toEqual([]);
  });

  it("is tried again as Tencent's option says: after a timeout, and after nothing else", () => {
    for (const outcome of ["connect-timeout", "headers-timeout", "body-timeout"] as const) {
      expect(delaysOf("tencent", undefined, outcome)).toHaveLength(9);
    }
    for (const outcome of ["refused", "status", "not-json", "tls"] as const) {
      expect(delaysOf("tencent", undefined, outcome)).toEqual([]);
    }
  });

  it("comes back within a fifth of its delay, as often as the schedule is long", () => {
    expect(delaysOf("standard", () => 0)[0]).toBe(4_000);
    expect(delaysOf("standard", () => 0.999_999)[0]).toBe(6_000);
    fc.assert(
      fc.property(
        fc.array(fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }), { minLength: 9 }),
        (draws) => {
          let drawn = 0;
          const delays = delaysOf("standard", () => draws[drawn++ % draws.length] ?? 0);
          expect(delays).toHaveLength(9);
          expect(delays.every(Number.isInteger)).toBe(true);
        },
      ),
    );
  });

  it("has its time also where somebody had it tried more often", () => {
    const policy = policyOf("standard");
    const early = { ...callback, firstAttemptAt: NOW };
    expect(policy.nextAttempt(early, failed(50, NOW + HOUR), NOW + HOUR)).toBe(NOW + 25 * HOUR);
    expect(policy.nextAttempt(early, failed(50, NOW + 80 * HOUR), NOW + 80 * HOUR)).toBeUndefined();
  });

  it("is given up after as many attempts as there are delays where the clock was set back since the first", () => {
    const before = NOW - 24 * HOUR;
    const early = { ...callback, firstAttemptAt: NOW };
    expect(policyOf("none").nextAttempt(callback, failed(1, NOW), before)).toBeUndefined();
    expect(policyOf("tencent").nextAttempt(callback, failed(1, NOW), NOW - 1)).toBeUndefined();
    expect(policyOf([1, 2]).nextAttempt(early, failed(2, before), before)).toBe(before + 2_000);
    expect(policyOf([1, 2]).nextAttempt(early, failed(3, before), before)).toBeUndefined();
  });

  it("is not given up because it had to wait for others", () => {
    const later = NOW + 1_000 * HOUR;
    expect(policyOf("standard").nextAttempt(callback, failed(1, later), later)).toBe(later + 5_000);
  });
});

describe("Retry-After", () => {
  const after = (retryAfterMs: number) =>
    (policyOf("standard").nextAttempt(callback, failed(1, NOW, { outcome: "status", retryAfterMs }), NOW) ?? 0) - NOW;

  it("is heeded where it is later than the schedule", () => {
    expect(after(60_000)).toBe(60_000);
    expect(after(1_000)).toBe(5_000);
  });

  it("is heeded for a day at most", () => {
    expect(after(1e12)).toBe(24 * HOUR);
  });
});
