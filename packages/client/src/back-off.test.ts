import { expect, it } from "vitest";

import { createBackOff } from "./back-off.ts";

it("the delay doubles from half a second to 30 s, and is drawn from its upper half", () => {
  const longest = createBackOff(() => 1);
  expect(Array.from({ length: 8 }, longest.next)).toEqual([500, 1_000, 2_000, 4_000, 8_000, 16_000, 30_000, 30_000]);
  const shortest = createBackOff(() => 0);
  expect(Array.from({ length: 3 }, shortest.next)).toEqual([250, 500, 1_000]);
});

it("the delay is the shortest again after a reset", () => {
  const { next, reset } = createBackOff(() => 1);
  next();
  next();
  reset();
  expect(next()).toBe(500);
});
