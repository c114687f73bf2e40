import { join } from "node:path";

import { createLog } from "@muster/foundation";
import { sampleCallback } from "@muster/receiver/inbox-contract";
import { describe, expect, it, onTestFinished } from "vitest";

import { temporaryFolder } from "../../../../test/harness/folder.ts";
import { createManualClock } from "../../../../test/harness/manual-clock.ts";
import type { RecordedCallback } from "../journal/event-reader.ts";
import { openSqliteStore } from "../store/sqlite/sqlite-store.ts";
import { createFollower, type FollowerParts } from "./follower.ts";

const RECEIVED = 1_700_000_000_000;

function setUp() {
  const store = openSqliteStore(join(temporaryFolder(), "recorder.db"));
  onTestFinished(store.close);
  const clock = createManualClock(RECEIVED);
  let kept = 0;
  return {
    ...store,
    clock,
    async keep(count: number) {
      const all = Array.from({ length: count }, () => {
        kept += 1;
        return store.journal.keep(sampleCallback({ dedupeKey: `id:1:${kept}`, receivedAt: RECEIVED }));
      });
      await Promise.all(all);
    },
    follow(take: FollowerParts["take"], over: Partial<FollowerParts> = {}) {
      const log = createLog("recorder", "silent");
      const follower = createFollower({ name: "test", journal: store.journal, clock, log, after: 0, take, ...over });
      onTestFinished(() => follower.stop());
      return follower;
    },
  };
}

/** Takes events and remembers their positions, batch by batch. */
function taking() {
  const batches: number[][] = [];
  const take = async (events: readonly RecordedCallback[]) => {
    batches.push(events.map(({ position }) => position));
  };
  return { batches, take };
}

describe("a follower of the journal", () => {
  it("takes what is there and what comes, in order and in batches", async () => {
    const { keep, follow } = setUp();
    await keep(5);
    const { batches, take } = taking();
    const follower = follow(take, { batch: 3 });
    await follower.reached(5);
    await keep(1);
    await follower.reached(6);
    expect(batches).toEqual([[1, 2, 3], [4, 5], [6]]);
    expect(follower.position()).toBe(6);
  });

  it("begins behind a position", async () => {
    const { keep, follow } = setUp();
    await keep(5);
    const { batches, take } = taking();
    await follow(take, { after: 3 }).reached(5);
    expect(batches).toEqual([[4, 5]]);
  });

  it("takes what comes while it is busy", async () => {
    const { keep, follow } = setUp();
    await keep(1);
    const { batches, take } = taking();
    let first = true;
    const follower = follow(async (events) => {
      if (first) await keep(2);
      first = false;
      await take(events);
    });
    await follower.reached(3);
    expect(batches).toEqual([[1], [2, 3]]);
  });

  it("lets events gather for a pause, if it is to", async () => {
    const { keep, follow, clock } = setUp();
    await keep(1);
    const { batches, take } = taking();
    const follower = follow(take, { pause: 100 });
    await follower.reached(1);
    await expect.poll(() => clock.waiting()).toBe(1);
    await keep(2);
    await keep(2);
    expect(follower.position()).toBe(1);
    clock.advance(100);
    await follower.reached(5);
    expect(batches).toEqual([[1], [2, 3, 4, 5]]);
  });

  it("hands over again what was not taken, ever less often, and leaves nothing out", async () => {
    const { keep, follow, clock } = setUp();
    await keep(2);
    const { batches, take } = taking();
    let failures = 0;
    const follower = follow(async (events) => {
      await take(events);
      if (failures < 2) {
        failures += 1;
        throw new Error("not now");
      }
    });
    await expect.poll(() => clock.waiting()).toBe(1);
    clock.advance(100);
    await expect.poll(() => batches.length).toBe(2);
    await expect.poll(() => clock.waiting()).toBe(1);
    clock.advance(199);
    expect(batches).toHaveLength(2);
    clock.advance(1);
    await follower.reached(2);
    expect(batches).toEqual([
      [1, 2],
      [1, 2],
      [1, 2],
    ]);
  });

  it("says how far it is behind", async () => {
    const { keep, follow, clock } = setUp();
    await keep(3);
    let go = (): void => {};
    const follower = follow(() => new Promise((resolve) => (go = resolve)));
    clock.advance(1_500);
    expect(await follower.lag()).toEqual({ events: 3, ms: 1_500 });
    go();
    await follower.reached(3);
    expect(await follower.lag()).toEqual({ events: 0, ms: 0 });
  });

  it("waits for what is being taken when it is stopped, and takes nothing afterwards", async () => {
    const { keep, follow } = setUp();
    await keep(1);
    const { batches, take } = taking();
    let go = (): void => {};
    let begun = false;
    const follower = follow(async (events) => {
      begun = true;
      await new Promise<void>((resolve) => (go = resolve));
      await take(events);
    });
    const waiting = follower.reached(9);
    await expect.poll(() => begun).toBe(true);
    const stopped = follower.stop();
    go();
    await stopped;
    await waiting;
    expect(batches).toEqual([[1]]);
    await keep(1);
    expect(follower.position()).toBe(1);
  });
});
