import { expect, it } from "vitest";

import { createSinkGate, usualWaits } from "./sink-gate.ts";

it("leaves a sink alone no longer where the clock, which was ahead, is set back", () => {
  let now = 1_800_000_000_000;
  const gate = createSinkGate(
    usualWaits,
    () => now,
    () => 0.5,
  );
  gate.failed(["a", "b"]);
  expect(gate.until()).toBe(now + 1_000);
  now -= 10_000;
  expect(gate.until()).toBe(now + 11_000);
  now -= 31_536_000_000;
  expect(gate.until()).toBe(now);
  gate.failed(["a"]);
  expect(gate.until()).toBe(now + 2_000);
});
