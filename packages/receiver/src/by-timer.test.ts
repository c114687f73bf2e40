import { afterEach, beforeEach, expect, it, vi } from "vitest";

import { byTimer } from "./by-timer.ts";

const DAY = 86_400_000;

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

it.each([0, 1, 2 ** 31 - 1, 2 ** 31, 30 * DAY, 100 * DAY])("wakes after %d ms, and not before", (delay) => {
  const wake = vi.fn<() => void>();
  byTimer(delay, wake);
  vi.advanceTimersByTime(Math.max(delay - 1, 0));
  expect(wake).toHaveBeenCalledTimes(delay === 0 ? 1 : 0);
  vi.advanceTimersByTime(1);
  expect(wake).toHaveBeenCalledTimes(1);
});

it("never wakes where it was called off, or there is no end to wait for", () => {
  const wake = vi.fn<() => void>();
  const callOff = byTimer(30 * DAY, wake);
  vi.advanceTimersByTime(29 * DAY);
  callOff();
  byTimer(Infinity, wake);
  vi.advanceTimersByTime(200 * DAY);
  expect(wake).not.toHaveBeenCalled();
});
