import { expect, it } from "vitest";

import { sampleCallback } from "../inbox/inbox.contract.ts";
import { newLane } from "../inbox/work-inbox.ts";
import { nextTurn } from "./next-turn.ts";

const NOW = 1_700_000_000_000;
const work = (waitingSince: number) => ({
  lane: newLane,
  callback: sampleCallback({ sequence: 3 }),
  failures: 0,
  waitingSince,
});

it.each([
  ["has just come", NOW, { what: "wait", until: NOW + 5_000 }],
  ["came a moment ago by another clock that is a little ahead", NOW + 100, { what: "wait", until: NOW + 5_100 }],
  ["came long enough ago", NOW - 5_000, { what: "gap", missing: [1, 2] }],
  ["came when the clock was a year ahead", NOW + 31_536_000_000, { what: "gap", missing: [1, 2] }],
])("waits for what is missing before a callback that %s", (_when, waitingSince, turn) => {
  expect(nextTurn(work(waitingSince), NOW, 5_000)).toEqual(turn);
});
