import { describe, expect, it } from "vitest";

import { replayLane, type Deliveries, type DeliveryFilter, type DeliveryState } from "../deliveries.ts";
import type { NewCallback, Outbox, Settlement } from "../ports/outbox.ts";
import type { Store } from "../ports/store.ts";

/** A store under test, as far as it has deliveries. */
export interface DeliveriesUnderTest {
  readonly store: Store;
  readonly outbox: Outbox;
  readonly deliveries: Deliveries;
  /** Closes it and opens it again on the same data. */
  reopen(): Promise<DeliveriesUnderTest>;
}

const APP = 1400000001;
const OTHER_APP = 1400000002;
const NOW = 1_700_000_000_000;
const MINUTE = 60_000;
const goesOn = (): boolean => true;

/** The id that the server would give at a time. */
const idAt = (time: number, end: string): string => {
  const hex = time.toString(16).padStart(12, "0");
  return `${hex.slice(0, 8)}-${hex.slice(8)}-7000-8000-${end.padStart(12, "0")}`;
};

function callback(lane: string, acceptedAt = NOW, more: Partial<NewCallback> = {}): NewCallback {
  const command = "Group.CallbackAfterGroupDestroyed";
  const body = JSON.stringify({ GroupId: lane, Name: "Chess ♞" });
  return {
    id: `${lane}-${acceptedAt}`,
    lane,
    command,
    body,
    clientIp: "192.0.2.7",
    platform: "iOS",
    acceptedAt,
    ...more,
  };
}

/** What every store does with deliveries: shows them, repeats them, forgets them. */
export function deliveriesContract(name: string, opened: () => Promise<DeliveriesUnderTest>): void {
  async function enqueue({ store }: DeliveriesUnderTest, ...callbacks: NewCallback[]): Promise<void> {
    await store.write(APP, async (tx) => {
      for (const one of callbacks) await tx.enqueue(one);
    });
  }

  /** Ends what comes next in a lane in so many ways. */
  async function settle(
    { outbox }: DeliveriesUnderTest,
    lane: string,
    ...ends: (DeliveryState | number)[]
  ): Promise<void> {
    const pending = await outbox.pending(APP, lane, 0, ends.length);
    const settlements = pending.map((one, i): Settlement => {
      const end = ends[i];
      const attempt = { number: one.attempts + 1, startedAt: one.acceptedAt + 5, durationMs: 7 };
      if (end === "delivered") {
        return {
          callback: one,
          attempt: { ...attempt, outcome: "delivered", status: 200, code: 0, answer: "{}" },
          state: end,
        };
      }
      const state = typeof end === "number" ? ({ pending: true, retryAt: end } as const) : "dead";
      return { callback: one, attempt: { ...attempt, outcome: "refused", error: "nobody listens" }, state };
    });
    await outbox.settle(settlements, NOW);
  }

  const shown = async ({ deliveries }: DeliveriesUnderTest, filter: DeliveryFilter, limit = 100): Promise<string[]> => {
    const texts: string[] = [];
    let before: number | undefined;
    do {
      const page = await deliveries.list({ ...filter, before, limit });
      expect(page.deliveries.length).toBeLessThanOrEqual(limit);
      texts.push(
        ...page.deliveries.map(
          ({ group, sequence, state, replayOf }) => `${group}${sequence} ${state}${replayOf ? " again" : ""}`,
        ),
      );
      before = page.next;
    } while (before !== undefined);
    return texts;
  };

  /** Replays to the end, whatever number of calls that takes. */
  async function replay(
    { deliveries }: DeliveriesUnderTest,
    filter: DeliveryFilter,
  ): Promise<{ queued: number; waiting: number }> {
    const upTo = await deliveries.newest();
    const total = { queued: 0, waiting: 0 };
    for (let after: number | undefined = 0; after !== undefined;) {
      const done = await deliveries.replay({ ...filter, sdkAppId: APP, after, upTo, now: NOW + MINUTE, goesOn });
      total.queued += done.queued;
      total.waiting += done.waiting;
      after = done.next;
    }
    return total;
  }

  /** One delivered, one dead, two pending, in one group; one delivered in another, one in another app. */
  async function filled(): Promise<DeliveriesUnderTest> {
    const under = await opened();
    await enqueue(
      under,
      callback("a", NOW),
      callback("a", NOW + MINUTE, { command: "Group.CallbackAfterCreateGroup" }),
      callback("b", NOW + 2 * MINUTE, { id: idAt(NOW + 2 * MINUTE, "b") }),
    );
    await under.store.write(OTHER_APP, (tx) => tx.enqueue(callback("a", NOW + 3 * MINUTE)));
    await enqueue(under, callback("a", NOW + 4 * MINUTE), callback("a", NOW + 5 * MINUTE));
    await settle(under, "a", "delivered", "dead", NOW + 9 * MINUTE);
    await settle(under, "b", "delivered");
    return under;
  }

  describe(`${name}: deliveries`, () => {
    it("are listed with what became of them, the newest first", async () => {
      const under = await filled();
      const all = ["a4 pending", "a3 pending", "a1 pending", "b1 delivered", "a2 dead", "a1 delivered"];
      expect(await shown(under, {})).toEqual(all);
      expect(await shown(under, {}, 1)).toEqual(all);
      const { deliveries } = await under.deliveries.list({ limit: 2 });
      expect(deliveries).toEqual([
        {
          position: 6,
          sdkAppId: APP,
          group: "a",
          sequence: 4,
          id: `a-${NOW + 5 * MINUTE}`,
          command: "Group.CallbackAfterGroupDestroyed",
          acceptedAt: NOW + 5 * MINUTE,
          state: "pending",
          attempts: 0,
        },
        expect.objectContaining({ position: 5, attempts: 1, lastOutcome: "refused" }),
      ]);
    });

    it.each<[string, DeliveryFilter, string[]]>([
      ["an app", { sdkAppId: OTHER_APP }, ["a1 pending"]],
      ["a group", { sdkAppId: APP, group: "b" }, ["b1 delivered"]],
      ["a group of that app", { sdkAppId: OTHER_APP, group: "b" }, []],
      ["a command", { command: "Group.CallbackAfterCreateGroup" }, ["a2 dead"]],
      ["dead letters", { sdkAppId: APP, state: "dead" }, ["a2 dead"]],
      ["dead letters of all apps", { state: "dead" }, ["a2 dead"]],
      ["what is pending", { sdkAppId: APP, state: "pending" }, ["a4 pending", "a3 pending"]],
      ["what was delivered", { sdkAppId: APP, state: "delivered" }, ["b1 delivered", "a1 delivered"]],
      ["what was cancelled", { sdkAppId: APP, state: "cancelled" }, []],
      ["a time", { from: NOW + MINUTE, to: NOW + 3 * MINUTE }, ["b1 delivered", "a2 dead"]],
      ["a time to the millisecond", { from: NOW + MINUTE + 1, to: NOW + 2 * MINUTE }, []],
      ["an id of the server's", { id: idAt(NOW + 2 * MINUTE, "b") }, ["b1 delivered"]],
      ["any other id", { id: `a-${NOW}` }, ["a1 delivered"]],
      ["an id that is not there", { id: idAt(NOW + 2 * MINUTE, "c") }, []],
      ["several things", { sdkAppId: APP, group: "a", state: "dead", from: NOW + MINUTE }, ["a2 dead"]],
    ])("are found by %s", async (_by, filter, expected) => {
      const under = await filled();
      expect(await shown(under, filter)).toEqual(expected);
      expect(await shown(under, filter, 1)).toEqual(expected);
    });

    it("are shown one by one, with every attempt", async () => {
      const under = await filled();
      const dead = await under.deliveries.find(2);
      expect(dead).toEqual({
        delivery: expect.objectContaining({
          position: 2,
          state: "dead",
          attempts: 1,
          lastOutcome: "refused",
        }) as unknown,
        body: callback("a").body,
        clientIp: "192.0.2.7",
        platform: "iOS",
        attempts: [
          { number: 1, startedAt: NOW + MINUTE + 5, durationMs: 7, outcome: "refused", error: "nobody listens" },
        ],
        retryAt: undefined,
        givenUpAt: NOW,
        replays: [],
      });
      expect(await under.deliveries.find(5)).toMatchObject({ retryAt: NOW + 9 * MINUTE });
      expect(await under.deliveries.find(6)).toMatchObject({ retryAt: undefined, attempts: [] });
      expect(await under.deliveries.find(7)).toBeUndefined();
      expect(await under.deliveries.newest()).toBe(6);
    });

    it("tell what is pending, and since when", async () => {
      const under = await filled();
      expect(await under.deliveries.backlog(APP)).toEqual({ pending: 2, oldestAt: NOW + 4 * MINUTE });
      expect(await under.deliveries.backlog(OTHER_APP)).toEqual({ pending: 1, oldestAt: NOW + 3 * MINUTE });
      expect(await under.deliveries.backlog(7)).toEqual({ pending: 0, oldestAt: undefined });
    });

    it("are all there where many pages have nothing that fits", async () => {
      const under = await opened();
      await enqueue(under, callback("first", NOW, { command: "Group.CallbackAfterCreateGroup" }));
      for (let i = 0; i < 3; i += 1) {
        await enqueue(under, ...Array.from({ length: 1_000 }, (_, n) => callback("a", NOW + n)));
      }
      expect(await shown(under, { command: "Group.CallbackAfterCreateGroup" })).toEqual(["first1 pending"]);
      expect(await shown(under, { sdkAppId: APP, group: "a" })).toHaveLength(3_000);
      expect(await shown(under, { sdkAppId: APP, state: "pending" })).toHaveLength(3_001);
    });
  });

  describe(`${name}: replays`, () => {
    const lane = replayLane("a");

    it("are callbacks with the same id, body and number, in a lane of their own and in their order", async () => {
      const under = await filled();
      expect(await replay(under, { group: "a" })).toEqual({ queued: 2, waiting: 2 });
      const queued = await under.outbox.pending(APP, lane, 0, 10);
      expect(queued).toMatchObject([
        { sequence: 1, id: `a-${NOW}`, replayOf: { position: 1, sequence: 1 }, acceptedAt: NOW + MINUTE },
        { sequence: 2, body: callback("a").body, platform: "iOS", replayOf: { position: 2, sequence: 2 } },
      ]);
      const [due] = await under.outbox.dueLanes(APP, "replay", NOW + MINUTE, 10);
      expect(due).toMatchObject({ lane, last: 2 });
      expect(await shown(under, { sdkAppId: APP, group: "a" })).toEqual([
        "a2 pending again",
        "a1 pending again",
        "a4 pending",
        "a3 pending",
        "a2 dead",
        "a1 delivered",
      ]);
      expect(await under.deliveries.find(2)).toMatchObject({
        replays: [{ position: 8, state: "pending", sequence: 2, replayOf: { position: 2, sequence: 2 } }],
      });
    });

    it.each<[string, DeliveryFilter, string[]]>([
      ["all dead letters", { state: "dead" }, ["a2"]],
      ["a time", { from: NOW + MINUTE, to: NOW + 4 * MINUTE }, ["a2", "b1"]],
      ["a command", { command: "Group.CallbackAfterGroupDestroyed" }, ["a1", "b1"]],
      ["what was delivered in a group", { group: "a", state: "delivered" }, ["a1"]],
    ])("are made of %s, of one app", async (_of, filter, expected) => {
      const under = await filled();
      expect(await replay(under, filter)).toMatchObject({ queued: expected.length });
      const replays = (await under.deliveries.list({ limit: 100 })).deliveries.filter(({ replayOf }) => replayOf);
      expect(replays.map(({ group, sequence }) => group + sequence).toReversed()).toEqual(expected);
    });

    it("are not doubled while one waits, and can be asked for again once it is settled", async () => {
      const under = await filled();
      expect(await replay(under, { state: "dead" })).toEqual({ queued: 1, waiting: 0 });
      expect(await replay(under, { group: "a" })).toEqual({ queued: 1, waiting: 3 });
      expect(await replay(under, { group: "a" })).toEqual({ queued: 0, waiting: 4 });
      await settle(under, lane, "dead", "delivered");
      // The replay that died has made nothing good, and is no original.
      expect(await replay(under, { state: "dead" })).toEqual({ queued: 1, waiting: 0 });
      await settle(under, lane, "delivered");
      expect(await replay(under, { state: "dead" })).toEqual({ queued: 0, waiting: 0 });
      expect(await shown(under, { sdkAppId: APP, group: "a", state: "dead" })).toEqual(["a2 dead again"]);
      expect((await under.outbox.ledger()).find(({ sdkAppId }) => sdkAppId === APP)).toEqual({
        sdkAppId: APP,
        accepted: 5,
        delivered: 3,
        pending: 2,
        dead: 0,
        cancelled: 0,
      });
    });

    it("go on from where a part ended, each once", async () => {
      const under = await opened();
      for (let i = 0; i < 6; i += 1) {
        await enqueue(under, ...Array.from({ length: 1_000 }, () => callback("a")));
        await settle(under, "a", ...Array.from({ length: 1_000 }, () => "dead" as const));
      }
      const query = { sdkAppId: APP, state: "dead", upTo: 6_000, now: NOW, goesOn } as const;
      const first = await under.deliveries.replay({ ...query, after: 0 });
      expect(first).toEqual({ queued: 5_000, waiting: 0, next: 5_000 });
      // Whoever does not know how far it came begins again.
      const again = await (await under.reopen()).deliveries.replay({ ...query, after: 0 });
      expect(again).toEqual({ queued: 1_000, waiting: 5_000, next: undefined });
    });

    it("stop where there is nowhere to send to", async () => {
      const under = await filled();
      const query = { sdkAppId: APP, group: "a", after: 0, upTo: 6, now: NOW };
      expect(await under.deliveries.replay({ ...query, goesOn: () => false })).toEqual({
        queued: 0,
        waiting: 0,
        next: undefined,
      });
      expect(await under.outbox.pending(APP, lane, 0, 10)).toEqual([]);
    });

    it("are not taken up to what came after they began", async () => {
      const under = await filled();
      const query = { sdkAppId: APP, group: "a", now: NOW, goesOn };
      expect(await under.deliveries.replay({ ...query, after: 1, upTo: 1 })).toMatchObject({ queued: 0 });
      expect(await under.deliveries.replay({ ...query, after: 0, upTo: 1 })).toMatchObject({ queued: 1 });
    });
  });

  describe(`${name}: old deliveries`, () => {
    const removeOld = ({ deliveries }: DeliveriesUnderTest, before: number, deadBefore: number): Promise<unknown> =>
      deliveries.removeOld({ before, deadBefore, after: 0 });
    const late = NOW + 60 * MINUTE;
    const lane = replayLane("a");

    it("are removed with their attempts, but never what is pending; the books stay", async () => {
      const under = await filled();
      const ledger = await under.outbox.ledger();
      expect(await removeOld(under, late, NOW - 1)).toEqual({ removed: 2, next: undefined });
      expect(await shown(under, {})).toEqual(["a4 pending", "a3 pending", "a1 pending", "a2 dead"]);
      expect(await under.deliveries.find(1)).toBeUndefined();
      expect(await removeOld(under, late, late)).toEqual({ removed: 1, next: undefined });
      expect(await shown(under, {})).toEqual(["a4 pending", "a3 pending", "a1 pending"]);
      expect(await under.outbox.ledger()).toEqual(ledger);
      // What comes next goes on counting.
      await enqueue(under, callback("b", late));
      expect((await under.outbox.pending(APP, "b", 0, 1))[0]?.sequence).toBe(2);
    });

    it("are those that were accepted and tried before a time", async () => {
      const under = await filled();
      expect(await removeOld(under, NOW + 5, NOW + 5)).toMatchObject({ removed: 0 });
      expect(await removeOld(under, NOW + 6, NOW + 6)).toMatchObject({ removed: 1 });
      expect(await under.deliveries.find(1)).toBeUndefined();
    });

    it("stay while a replay waits, and lanes of replays go when they are empty", async () => {
      const under = await filled();
      await replay(under, { state: "dead" });
      expect(await removeOld(under, late, late)).toEqual({ removed: 2, next: undefined });
      expect(await under.deliveries.find(2)).toBeDefined();
      await settle(under, lane, "delivered");
      expect(await under.outbox.ledger()).toMatchObject([{ dead: 0, delivered: 3 }, {}]);
      expect(await removeOld(under, late, late)).toEqual({ removed: 2, next: undefined });
      // A lane that is new counts from 1.
      await enqueue(under, callback("a", late));
      await settle(under, "a", "delivered", "delivered", "delivered");
      await replay(under, { group: "a", from: late });
      expect((await under.outbox.pending(APP, lane, 0, 10)).map(({ sequence }) => sequence)).toEqual([1]);
    });

    it("are removed in pieces", async () => {
      const under = await opened();
      await enqueue(under, ...Array.from({ length: 1_200 }, () => callback("a")));
      await settle(under, "a", ...Array.from({ length: 1_200 }, () => "delivered" as const));
      const query = { before: late, deadBefore: late };
      let left = 1_200;
      for (let after: number | undefined = 0; after !== undefined;) {
        const piece: { removed: number; next: number | undefined } = await under.deliveries.removeOld({
          ...query,
          after,
        });
        expect(piece.removed).toBeLessThanOrEqual(500);
        left -= piece.removed;
        after = piece.next;
      }
      expect(left).toBe(0);
      expect(await shown(under, {})).toEqual([]);
    });
  });
}
