import { createLog } from "@muster/foundation";
import { expect, it } from "vitest";

import { pendingCallback } from "../../../../test/harness/pending-callback.ts";
import { createSimulatedClock } from "../../../../test/harness/simulated-clock.ts";
import type { Settlement } from "../ports/outbox.ts";
import { createSettler } from "./settler.ts";

const delivered: Settlement = {
  callback: pendingCallback,
  attempt: { number: 1, startedAt: 0, durationMs: 1, outcome: "delivered" },
  state: "delivered",
};

/** How many results are written at a time where a node that has such a part of the lanes gets one every so often, in ms. */
async function batches(part: number, every: number): Promise<number[]> {
  const clock = createSimulatedClock();
  const written: number[] = [];
  const settler = createSettler({
    outbox: {
      settle: async (batch) => {
        written.push(batch.length);
      },
    },
    clock,
    log: createLog("test", "silent"),
    part: () => part,
    pause: 1_000,
    onSettled: () => undefined,
    onIdle: () => undefined,
  });
  for (let i = 0; i < 1_000 / every; i += 1) {
    settler.add(delivered);
    await clock.run(every);
  }
  await settler.flush();
  expect(settler.unwritten).toBe(0);
  return written;
}

it("writes as many results together on nodes that share the lanes as on one that has them all", async () => {
  expect((await batches(1, 1))[0]).toBe(100);
  expect((await batches(1 / 2, 2))[0]).toBe(100);
  expect((await batches(1 / 8, 8))[0]).toBe(100);
});

it("waits for company for no more than 800 ms, however few the lanes", async () => {
  expect((await batches(1 / 64, 8))[0]).toBe(100);
  // The lanes are another node's by now, and there are results left.
  expect((await batches(0, 8))[0]).toBe(100);
});
