import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";

import { systemClock } from "./clock.ts";

const DAY = 24 * 3_600_000;

describe("the machine's clock", () => {
  beforeEach(() => vi.useFakeTimers({ now: 1_700_000_000_000 }));
  afterEach(() => vi.useRealTimers());

  it("tells the time in milliseconds", () => {
    expect(systemClock.now()).toBe(1_700_000_000_000);
  });

  it.each([0, 1, 1_000, 60_000, 60_001, 3 * DAY, 2 ** 31])("wakes after %d ms, once, and not before", (delay) => {
    const woken: number[] = [];
    systemClock.after(delay, () => woken.push(systemClock.now()));
    vi.advanceTimersByTime(Math.max(delay - 1, 0));
    expect(woken).toEqual(delay === 0 ? [1_700_000_000_000] : []);
    vi.advanceTimersByTime(2 * DAY);
    expect(woken).toEqual([1_700_000_000_000 + delay]);
  });

  it("wakes at once where the time has passed", () => {
    let woken = 0;
    systemClock.after(-5, () => (woken += 1));
    vi.advanceTimersByTime(0);
    expect(woken).toBe(1);
  });

  it("wakes within a minute of its time where the machine has slept, or the clock was set ahead", () => {
    let woken = 0;
    systemClock.after(10 * 3_600_000, () => (woken += 1));
    vi.advanceTimersByTime(3_600_000);
    vi.setSystemTime(Date.now() + 9 * 3_600_000);
    vi.advanceTimersByTime(60_001);
    expect(woken).toBe(1);
  });

  it("wakes no later because the clock was set back", () => {
    let woken = 0;
    systemClock.after(3_600_000, () => (woken += 1));
    vi.advanceTimersByTime(1_800_000);
    vi.setSystemTime(Date.now() - DAY);
    vi.advanceTimersByTime(1_800_000 - 1);
    expect(woken).toBe(0);
    vi.advanceTimersByTime(1);
    expect(woken).toBe(1);
  });

  it.each([1_000, 3 * DAY])("can be called off, also on the way to %d ms", (delay) => {
    let woken = 0;
    const callOff = systemClock.after(delay, () => (woken += 1));
    vi.advanceTimersByTime(delay - 1);
    callOff();
    callOff();
    vi.advanceTimersByTime(2 * DAY);
    expect(woken).toBe(0);
  });
});
