import { createFigures } from "@muster/foundation";
import { expect, it } from "vitest";

import { demoApp } from "../../../../test/harness/demo-app.ts";
import { readFigures, type Scraped } from "../../../../test/harness/figures.ts";
import { openServerStore } from "../../../../test/harness/open-server-store.ts";
import type { EndpointState } from "../ports/endpoint-states.ts";
import type { NewCallback, PendingCallback } from "../ports/outbox.ts";
import type { OpenStore } from "../store/opened-store.ts";
import { stateFigures } from "./state-figures.ts";

const callback: NewCallback = {
  id: "id",
  lane: "chess",
  command: "Group.CallbackAfterCreateGroup",
  body: "{}",
  clientIp: "",
  platform: "RESTAPI",
  acceptedAt: 1_000,
};
const apps = [7, 8, 9].map((sdkAppId) => ({ ...demoApp, sdkAppId }));

/** The figures of a real store at a time, with what is said about everything beside it. */
async function figuresOf({ outbox, oldestPending }: OpenStore, now: number, states: EndpointState[] = []) {
  const figures = createFigures();
  stateFigures(figures, {
    apps: { get: (id) => apps.find(({ sdkAppId }) => sdkAppId === id), all: () => apps },
    ledger: outbox.ledger,
    oldestPending,
    endpointState: (id) => states.find(({ sdkAppId }) => sdkAppId === id),
    inMemory: () => ({ lanes: { fresh: 3, retrying: 2, replay: 1 }, unwritten: 4 }),
    connectedDevices: () => 5,
    connectedUsers: (sdkAppId) => (sdkAppId === 7 ? 2 : 0),
    now: () => now,
  });
  return readFigures(await figures.text());
}

async function headOf({ outbox }: OpenStore, lane: string): Promise<PendingCallback> {
  const [head] = await outbox.pending(7, lane, 0, 1);
  if (!head) throw new Error("it is pending");
  return head;
}

const attempt = { number: 1, startedAt: 1, durationMs: 1 } as const;
const ages = ({ startingWith }: Scraped): number[] => Object.values(startingWith("muster_oldest_pending_age_seconds"));

it("the books of each app are shown, and balance", async () => {
  const opened = await openServerStore();
  const { store, outbox } = opened;
  for (const lane of ["a", "a", "b", "c"]) await store.write(7, (tx) => tx.enqueue({ ...callback, lane }));
  await store.write(8, (tx) => tx.enqueue(callback));
  await outbox.cancelPending(8, 2);
  const delivered = { callback: await headOf(opened, "a"), attempt: { ...attempt, outcome: "delivered" } } as const;
  const dead = { callback: await headOf(opened, "b"), attempt: { ...attempt, outcome: "reset" } } as const;
  await outbox.settle(
    [
      { ...delivered, state: "delivered" },
      { ...dead, state: "dead" },
    ],
    2,
  );
  const { startingWith } = await figuresOf(opened, 2);
  expect(startingWith('muster_callbacks{sdk_app_id="7"')).toEqual({
    'muster_callbacks{sdk_app_id="7",state="accepted"}': 4,
    'muster_callbacks{sdk_app_id="7",state="delivered"}': 1,
    'muster_callbacks{sdk_app_id="7",state="pending"}': 2,
    'muster_callbacks{sdk_app_id="7",state="dead"}': 1,
    'muster_callbacks{sdk_app_id="7",state="cancelled"}': 0,
  });
  expect(startingWith('muster_callbacks{sdk_app_id="8"')).toMatchObject({
    'muster_callbacks{sdk_app_id="8",state="accepted"}': 1,
    'muster_callbacks{sdk_app_id="8",state="pending"}': 0,
    'muster_callbacks{sdk_app_id="8",state="cancelled"}': 1,
  });
});

it("the age of the oldest callback is that of one that fails again and again, though younger ones are due before it", async () => {
  const opened = await openServerStore();
  const { store, outbox } = opened;
  expect(ages(await figuresOf(opened, 9_000))).toEqual([0, 0, 0]);
  await store.write(7, (tx) => tx.enqueue({ ...callback, lane: "old" }));
  expect(ages(await figuresOf(opened, 9_000))).toEqual([8, 0, 0]);

  for (const lane of ["young", "fresh"]) {
    await store.write(7, (tx) => tx.enqueue({ ...callback, lane, acceptedAt: 5_000 }));
  }
  const failed = { ...attempt, outcome: "refused" } as const;
  for (const [lane, retryAt] of [["old", 90_000_000] as const, ["young", 10_000] as const]) {
    await outbox.settle(
      [{ callback: await headOf(opened, lane), attempt: failed, state: { pending: true, retryAt } }],
      6_000,
    );
  }
  expect(ages(await figuresOf(opened, 9_000))).toEqual([8, 0, 0]);

  // It is given up at last: the next oldest are those of 5 s.
  await outbox.settle([{ callback: await headOf(opened, "old"), attempt: failed, state: "dead" }], 7_000);
  expect(ages(await figuresOf(opened, 9_000))).toEqual([4, 0, 0]);
  await outbox.cancelPending(7, 8_000);
  expect(ages(await figuresOf(opened, 9_000))).toEqual([0, 0, 0]);
});

it("the age of the oldest callback does not count what is delivered once more", async () => {
  const opened = await openServerStore();
  await opened.store.write(7, (tx) =>
    tx.enqueue({ ...callback, lane: "replay 1", replayOf: { position: 1, sequence: 1 } }),
  );
  expect(ages(await figuresOf(opened, 9_000))).toEqual([0, 0, 0]);
});

it("each endpoint is in one state", async () => {
  const failing = { failingSince: 1, openings: 1, outcome: "reset" } as const;
  const { startingWith } = await figuresOf(await openServerStore(), 2, [
    { ...failing, sdkAppId: 7, until: 9 },
    { ...failing, sdkAppId: 8, until: undefined },
  ]);
  const states = startingWith("muster_endpoint_state");
  expect(Object.entries(states).filter(([, value]) => value === 1)).toEqual([
    ['muster_endpoint_state{sdk_app_id="7",state="open"}', 1],
    ['muster_endpoint_state{sdk_app_id="8",state="disabled"}', 1],
    ['muster_endpoint_state{sdk_app_id="9",state="closed"}', 1],
  ]);
  expect(Object.keys(states)).toHaveLength(9);
});

it("what is in memory and who is connected is shown", async () => {
  const { value } = await figuresOf(await openServerStore(), 2);
  expect(["fresh", "retrying", "replay"].map((kind) => value(`muster_lanes{kind="${kind}"}`))).toEqual([3, 2, 1]);
  expect(value("muster_results_unwritten")).toBe(4);
  expect(value("muster_connected_devices")).toBe(5);
  expect([7, 8].map((id) => value(`muster_connected_users{sdk_app_id="${id}"}`))).toEqual([2, 0]);
});
