import { join } from "node:path";

import { createLog } from "@muster/foundation";
import { expect, it, onTestFinished } from "vitest";

import { temporaryFolder } from "../../../../test/harness/folder.ts";
import { createSimulatedClock } from "../../../../test/harness/simulated-clock.ts";
import type { Deliveries } from "../deliveries.ts";
import type { OpenStore } from "../store/opened-store.ts";
import { openSqliteStore } from "../store/sqlite/open-store.ts";
import { createRetention } from "./retention.ts";

const APP = 1400000001;
const HOUR = 3_600_000;
const DAY = 24 * HOUR;
/** More than one piece of a removal. */
const GROUPS = 1_200;

/** A store where each group has a callback that was delivered, and every hundredth one that was given up after it. */
async function storeWithPast(now: number): Promise<OpenStore> {
  const opened = openSqliteStore(join(temporaryFolder(), "server.db"));
  onTestFinished(() => opened.close());
  const lanes = Array.from({ length: GROUPS }, (_, i) => `group-${i}`);
  const command = "Group.CallbackAfterGroupDestroyed";
  const rest = { command, body: "{}", clientIp: "192.0.2.7", platform: "iOS", acceptedAt: now } as const;
  await opened.store.write(APP, async (tx) => {
    for (const [i, lane] of lanes.entries()) {
      await tx.enqueue({ id: `${i}-1`, lane, ...rest });
      if (i % 100 === 0) await tx.enqueue({ id: `${i}-2`, lane, ...rest });
    }
  });
  const pending = await Promise.all(lanes.map((lane) => opened.outbox.pending(APP, lane, 0, 2)));
  await opened.outbox.settle(
    pending.flat().map((callback) => {
      const attempt = { number: 1, startedAt: now, durationMs: 1 };
      return callback.sequence === 1
        ? { callback, attempt: { ...attempt, outcome: "delivered" }, state: "delivered" }
        : { callback, attempt: { ...attempt, outcome: "refused" }, state: "dead" };
    }),
    now,
  );
  return opened;
}

it("removes what is settled after its days, piece by piece, dead letters later, and goes on after a failure", async () => {
  const clock = createSimulatedClock();
  const { deliveries } = await storeWithPast(clock.now());
  let failing = false;
  let ran = 0;
  const removing: Pick<Deliveries, "removeOld"> = {
    async removeOld(query) {
      ran += 1;
      if (failing) throw new Error("the disk is full");
      return deliveries.removeOld(query);
    },
  };
  const days = { callbackDays: 30, deadLetterDays: 90 };
  const retention = createRetention({ deliveries: removing, days, clock, log: createLog("server", "silent") });
  const left = async (): Promise<number> => {
    let count = 0;
    let before: number | undefined;
    do {
      const page = await deliveries.list({ limit: 500, before });
      count += page.deliveries.length;
      before = page.next;
    } while (before !== undefined);
    return count;
  };
  /** Lets so much time pass, an hour at a time, so that what was begun ends before more of it passes. */
  const pass = async (ms: number): Promise<void> => {
    for (let hours = 0; hours < ms / HOUR; hours += 1) await clock.run(HOUR);
  };
  const whole = GROUPS + GROUPS / 100;
  retention.start();

  await pass(29 * DAY);
  expect(await left()).toBe(whole);
  failing = true;
  await pass(2 * DAY);
  expect(await left()).toBe(whole);
  failing = false;
  const before = ran;
  await pass(3 * HOUR);
  expect(await left()).toBe(GROUPS / 100);
  expect(ran - before).toBeGreaterThan(2);
  await pass(60 * DAY);
  expect(await left()).toBe(0);

  await retention.stop();
  const stopped = ran;
  await pass(DAY);
  expect(ran).toBe(stopped);
});
