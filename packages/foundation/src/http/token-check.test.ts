import { expect, it } from "vitest";

import { createManualClock } from "../../../../test/harness/manual-clock.ts";
import { createLog } from "../log.ts";
import { createTokenCheck } from "./token-check.ts";

it.each([60_000, -60_000])(
  "does not listen to who guesses for a minute, also where the clock is set: by %d ms",
  (set) => {
    const clock = createManualClock(1_700_000_000_000);
    const tokens = createTokenCheck("right", clock.now, createLog("test", "silent"));
    for (let i = 0; i < 20; i += 1) expect(tokens.isRight("wrong", "192.0.2.7")).toBe(false);
    expect(tokens.lockedFor("192.0.2.7")).toBe(60);
    expect(tokens.lockedFor("192.0.2.8")).toBe(0);
    clock.advance(set);
    expect(tokens.lockedFor("192.0.2.7")).toBe(0);
    expect(tokens.isRight("right", "192.0.2.7")).toBe(true);
  },
);
