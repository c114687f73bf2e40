import { expect, it } from "vitest";

import { createHeldLanes } from "./held-lanes.ts";
import { sampleEvent } from "./sink.contract.ts";

const NOW = 1_700_000_000_000;
const YEAR = 31_536_000_000;
const anyLane = (): boolean => true;

it("tries again at its time what failed, and at once what a clock that was ahead has put off for years", () => {
  let now = NOW + YEAR;
  const held = createHeldLanes(
    [],
    [1_000, 60_000],
    () => now,
    () => 0.5,
  );
  held.failed({ event: sampleEvent(1), error: "no", refused: true, sinkFails: false, taken: 0 });
  expect([held.due(anyLane), held.nextAt(anyLane)]).toEqual([undefined, now + 1_000]);
  now = NOW;
  expect(held.due(anyLane)).toMatchObject({ after: 0, failures: 1 });
  expect(held.nextAt(anyLane)).toBeLessThanOrEqual(now);
  held.failed({ event: sampleEvent(1), error: "no", refused: true, sinkFails: false, taken: 0 });
  expect([held.due(anyLane), held.nextAt(anyLane)]).toEqual([undefined, NOW + 60_000]);
  // As it was written down, too.
  const [lane] = held.all();
  const later = createHeldLanes(
    lane ? [lane] : [],
    [1_000, 60_000],
    () => NOW - YEAR,
    () => 0.5,
  );
  expect(later.due(anyLane)).toMatchObject({ failures: 2 });
});
