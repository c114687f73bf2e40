import { createLog } from "@muster/foundation";
import { expect, it } from "vitest";

import { createManualClock } from "../../../../test/harness/manual-clock.ts";
import { createHeldLanes } from "./held-lanes.ts";
import { createProgressWriter } from "./progress-writer.ts";
import type { SinkChange, SinkStore } from "./sink-store.ts";

/** A store whose writes take until they are let go. */
function slowStore() {
  const writes: { readonly change: SinkChange; readonly end: PromiseWithResolvers<void> }[] = [];
  const save: SinkStore["save"] = (_name, change) => {
    const end = Promise.withResolvers<void>();
    writes.push({ change, end });
    return end.promise;
  };
  const unused = () => Promise.reject(new Error("It only writes."));
  const store: SinkStore = {
    save,
    open: unused,
    setPaused: unused,
    deadLetters: unused,
    countDeadLetters: unused,
    all: unused,
    taken: unused,
    forget: unused,
  };
  return { store, writes };
}

it("has everything written when it says so, though a write was slow", async () => {
  const clock = createManualClock(0);
  const { store, writes } = slowStore();
  let position = 0;
  const writer = createProgressWriter({
    name: "test",
    store,
    held: createHeldLanes([], [], clock.now, () => 0),
    position: () => position,
    clock,
    log: createLog("recorder", "silent"),
  });
  position = 1;
  writer.changed();
  clock.advance(50);
  await expect.poll(() => writes.length).toBe(1);
  position = 2;
  writer.changed();
  let isFlushed = false;
  const flushed = writer.flush().then(() => (isFlushed = true));
  // The time for the next write comes while the slow one is waited for.
  clock.advance(50);
  writes[0]?.end.resolve();
  await expect.poll(() => writes.map(({ change }) => change.position)).toEqual([1, 2]);
  await new Promise(setImmediate);
  expect(isFlushed).toBe(false);
  writes[1]?.end.resolve();
  await flushed;
  expect(clock.waiting()).toBe(0);
});
