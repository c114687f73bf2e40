import fc from "fast-check";
import { describe, expect, it } from "vitest";

import { createRetryPolicy } from "./retry-policy.ts";

const HOUR = 3_600_000;
const NOW = 1_700_000_000_000;

/** The delays of a callback that fails every time, and when it is given up. */
function delaysOf(random: () => number): { delays: number[]; after: number } {
  const policy = createRetryPolicy(random);
  const delays: number[] = [];
  let now = NOW;
  for (let attempt = 1; ; attempt += 1) {
    const at = policy.nextAttempt(attempt, NOW, now);
    if (at === undefined) return { delays, after: now - NOW };
    delays.push(at - now);
    now = at;
  }
}

describe("a callback that fails", () => {
  it("is tried again after 1, 2, 4 … s, hourly in the end", () => {
    const { delays } = delaysOf(() => 0.5);
    expect(delays.slice(0, 13).map((delay) => delay / 1_000)).toEqual([
      1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1_024, 2_048, 3_600,
    ]);
    expect(delays.slice(12).every((delay) => delay === HOUR)).toBe(true);
  });

  it("is given up after three days, not before", () => {
    const { after } = delaysOf(() => 0.5);
    expect(after).toBeGreaterThan(71 * HOUR);
    expect(after).toBeLessThanOrEqual(72 * HOUR);
    const policy = createRetryPolicy(() => 0.5);
    expect(policy.nextAttempt(1, NOW, NOW + 72 * HOUR - 1_000)).toBe(NOW + 72 * HOUR);
    expect(policy.nextAttempt(1, NOW, NOW + 72 * HOUR - 999)).toBeUndefined();
  });

  it("comes back within a fifth of its delay, and never at once", () => {
    expect(delaysOf(() => 0).delays[0]).toBe(800);
    expect(delaysOf(() => 0.999_999).delays[0]).toBe(1_200);
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 2_000 }),
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        (attempt, random) => {
          const at = createRetryPolicy(() => random).nextAttempt(attempt, NOW, NOW) ?? Infinity;
          const delay = Math.min(1_000 * 2 ** (attempt - 1), HOUR);
          expect(at - NOW).toBeGreaterThanOrEqual(0.8 * delay - 1);
          expect(at - NOW).toBeLessThanOrEqual(1.2 * delay + 1);
          expect(Number.isInteger(at)).toBe(true);
        },
      ),
    );
  });

  it("is not tried a thousand times: about 80 attempts in three days", () => {
    expect(delaysOf(Math.random).delays.length).toBeGreaterThan(60);
    expect(delaysOf(Math.random).delays.length).toBeLessThan(110);
  });
});
