import { describe, expect, it } from "vitest";

import type { CommittedCallback, Outbox } from "../ports/outbox.ts";
import type { Store } from "../ports/store.ts";
import { callback, dead, delivered, dueOf, enqueue, head, NOW, retry } from "./sample-callbacks.contract.ts";
import { APP, OTHER_APP } from "./sample-groups.contract.ts";

/** A store under test, as far as it has an outbox. */
export interface OutboxUnderTest {
  readonly store: Store;
  readonly outbox: Outbox;
  /** Closes it and opens it again on the same data. */
  reopen(): Promise<OutboxUnderTest>;
}

/** What every store does with callbacks that are to be delivered. */
export function outboxContract(name: string, opened: () => Promise<OutboxUnderTest>): void {
  describe(`${name}: the outbox`, () => {
    it("gives a lane's callbacks in order, after a number, no more than asked", async () => {
      const { store, outbox } = await opened();
      await enqueue(store, ...Array.from({ length: 5 }, () => callback("a")), callback("b"));
      const numbers = async (after: number, limit: number) =>
        (await outbox.pending(APP, "a", after, limit)).map(({ sequence }) => sequence);
      expect(await numbers(0, 10)).toEqual([1, 2, 3, 4, 5]);
      expect(await numbers(0, 2)).toEqual([1, 2]);
      expect(await numbers(3, 10)).toEqual([4, 5]);
      expect(await numbers(5, 10)).toEqual([]);
      expect(await outbox.pending(APP, "another", 0, 10)).toEqual([]);
    });

    it("names the lanes that are due, the longest due first", async () => {
      const { store, outbox } = await opened();
      await enqueue(
        store,
        callback("b", NOW + 20),
        callback("a", NOW + 10),
        callback("c", NOW + 30),
        callback("b", NOW),
      );
      await store.write(OTHER_APP, (tx) => tx.enqueue(callback("d")));
      expect(await dueOf(outbox, NOW + 30)).toEqual([
        { lane: "a", settled: 0, last: 1 },
        { lane: "b", settled: 0, last: 2 },
        { lane: "c", settled: 0, last: 1 },
      ]);
      expect((await dueOf(outbox, NOW + 30, 2)).map(({ lane }) => lane)).toEqual(["a", "b"]);
      // What was never tried does not wait, also where the clock was set back.
      expect((await dueOf(outbox, NOW)).map(({ lane }) => lane)).toEqual(["a", "b", "c"]);
      expect(await outbox.nextDue(APP, NOW)).toBeUndefined();
      expect(new Set(await outbox.appsWithPending())).toEqual(new Set([APP, OTHER_APP]));
    });

    it("moves a lane on when its head is delivered", async () => {
      const under = await opened();
      const { store, outbox } = under;
      await enqueue(store, callback("a"), callback("a"));
      await outbox.settle([delivered(await head(under, "a"))], NOW + 40);
      expect(await dueOf(outbox, NOW + 40)).toEqual([{ lane: "a", settled: 1, last: 2 }]);
      expect((await head(under, "a")).sequence).toBe(2);
      await outbox.settle([delivered(await head(under, "a"))], NOW + 41);
      expect(await dueOf(outbox, NOW + 1e9)).toEqual([]);
      expect(await outbox.nextDue(APP, 0)).toBeUndefined();
      expect(await outbox.appsWithPending()).toEqual([]);
    });

    it("keeps a head that failed for its time, whatever comes behind it", async () => {
      const under = await opened();
      const { store, outbox } = under;
      await enqueue(store, callback("a"));
      await outbox.settle([retry(await head(under, "a"), NOW + 1_000)], NOW);
      expect((await head(under, "a")).attempts).toBe(1);
      await enqueue(store, callback("a", NOW + 5));
      expect(await dueOf(outbox, NOW + 999)).toEqual([]);
      expect(await outbox.nextDue(APP, NOW)).toBe(NOW + 1_000);
      expect(await dueOf(outbox, NOW + 1_000)).toEqual([{ lane: "a", settled: 0, last: 2 }]);
      await outbox.settle([retry(await head(under, "a"), NOW + 3_000)], NOW + 1_000);
      expect((await head(under, "a")).attempts).toBe(2);
      expect(await outbox.nextDue(APP, NOW + 1_000)).toBe(NOW + 3_000);
    });

    it("makes due what was put off, and that only", async () => {
      const under = await opened();
      const { store, outbox } = under;
      await enqueue(store, callback("a"), callback("b"), callback("c"));
      await store.write(OTHER_APP, (tx) => tx.enqueue(callback("a")));
      const elsewhere = await head(under, "a", OTHER_APP);
      await outbox.settle(
        [
          retry(await head(under, "a"), NOW + 1_000),
          retry(await head(under, "b"), NOW + 5),
          retry(elsewhere, NOW + 1_000),
        ],
        NOW,
      );
      await outbox.hasten(APP, NOW + 10);
      expect((await dueOf(outbox, NOW + 10, 10, ["retrying"])).map(({ lane }) => lane)).toEqual(["b", "a"]);
      expect(await outbox.nextDue(APP, NOW + 10)).toBeUndefined();
      expect(await outbox.nextDue(OTHER_APP, NOW + 10)).toBe(NOW + 1_000);
    });

    it("knows when a head was tried first", async () => {
      const under = await opened();
      await enqueue(under.store, callback("a"));
      expect(await head(under, "a")).not.toHaveProperty("firstAttemptAt");
      for (const times of [1, 2]) {
        await under.outbox.settle([retry(await head(under, "a"), NOW + times)], NOW);
        expect(await head(under, "a")).toMatchObject({ attempts: times, firstAttemptAt: NOW });
      }
    });

    it("counts no replay, but the dead letter that it makes good", async () => {
      const under = await opened();
      const { store, outbox } = under;
      await enqueue(store, callback("a"), callback("a"));
      const [first, second] = await outbox.pending(APP, "a", 0, 2);
      if (!first || !second) throw new Error("two are pending");
      await outbox.settle([dead(first), delivered(second)], NOW);
      await enqueue(
        store,
        { ...callback("again a"), replayOf: { position: first.position, sequence: first.sequence } },
        { ...callback("again a"), replayOf: { position: second.position, sequence: second.sequence } },
      );
      expect(await dueOf(outbox, NOW, 10, ["fresh", "retrying"])).toEqual([]);
      const books = { sdkAppId: APP, accepted: 2, pending: 0, cancelled: 0 };
      expect(await outbox.ledger()).toEqual([{ ...books, delivered: 1, dead: 1 }]);
      const again = await outbox.pending(APP, "again a", 0, 2);
      expect(again.map(({ replayOf }) => replayOf)).toMatchObject([
        { position: first.position, sequence: 1 },
        { position: second.position, sequence: 2 },
      ]);
      await outbox.settle(again.map(delivered), NOW);
      expect(await outbox.ledger()).toEqual([{ ...books, delivered: 2, dead: 0 }]);
    });

    it("goes on behind a dead letter", async () => {
      const under = await opened();
      const { store, outbox } = under;
      await enqueue(store, callback("a"), callback("a"));
      await outbox.settle([dead(await head(under, "a"))], NOW);
      expect(await dueOf(outbox, NOW)).toEqual([{ lane: "a", settled: 1, last: 2 }]);
      expect((await head(under, "a")).sequence).toBe(2);
    });

    it("settles many at once, several of a lane in their order", async () => {
      const under = await opened();
      const { store, outbox } = under;
      await enqueue(store, callback("a"), callback("b"), callback("a"), callback("a"), callback("c"));
      const [a1, a2, a3] = await outbox.pending(APP, "a", 0, 10);
      if (!a1 || !a2 || !a3) throw new Error("three are pending");
      await outbox.settle(
        [
          delivered(a1),
          delivered(await head(under, "b")),
          dead(a2),
          retry(a3, NOW + 9),
          delivered(await head(under, "c")),
        ],
        NOW,
      );
      expect(await dueOf(outbox, NOW + 9)).toEqual([{ lane: "a", settled: 2, last: 3 }]);
      expect(await outbox.ledger()).toEqual([
        { sdkAppId: APP, accepted: 5, delivered: 3, pending: 1, dead: 1, cancelled: 0 },
      ]);
    });

    it("takes a result twice as once", async () => {
      const under = await opened();
      const { store, outbox } = under;
      await enqueue(store, callback("a"), callback("a"), callback("a"));
      const [first, second] = await outbox.pending(APP, "a", 0, 10);
      if (!first || !second) throw new Error("two are pending");
      await outbox.settle([delivered(first)], NOW);
      await outbox.settle([delivered(second)], NOW);
      await outbox.settle([delivered(first)], NOW);
      await outbox.settle([retry(first, NOW + 5)], NOW);
      expect(await dueOf(outbox, NOW)).toEqual([{ lane: "a", settled: 2, last: 3 }]);
      expect(await outbox.ledger()).toMatchObject([{ delivered: 2, pending: 1 }]);
    });

    it("cancels what an app has pending, and that only", async () => {
      const under = await opened();
      const { store, outbox } = under;
      await enqueue(store, callback("a"), callback("a"), callback("b"), callback("c"));
      await store.write(OTHER_APP, (tx) => tx.enqueue(callback("a")));
      await outbox.settle([delivered(await head(under, "a")), retry(await head(under, "b"), NOW + 5)], NOW);
      expect(await outbox.cancelPending(APP, NOW)).toBe(3);
      expect(await outbox.pending(APP, "a", 0, 10)).toEqual([]);
      expect(await dueOf(outbox, NOW + 1e9)).toEqual([]);
      expect(await outbox.appsWithPending()).toEqual([OTHER_APP]);
      expect((await outbox.ledger()).toSorted((x, y) => x.sdkAppId - y.sdkAppId)).toEqual([
        { sdkAppId: APP, accepted: 4, delivered: 1, pending: 0, dead: 0, cancelled: 3 },
        { sdkAppId: OTHER_APP, accepted: 1, delivered: 0, pending: 1, dead: 0, cancelled: 0 },
      ]);
      expect(await outbox.cancelPending(APP, NOW)).toBe(0);
    });

    it("goes on after cancelling: the next callback is the head, under the next number", async () => {
      const { store, outbox } = await opened();
      await enqueue(store, callback("a"), callback("a"));
      await outbox.cancelPending(APP, NOW);
      const heard: CommittedCallback[] = [];
      outbox.onCommitted((added) => heard.push(...added));
      await enqueue(store, callback("a"));
      expect(heard).toMatchObject([{ isHead: true, callback: { sequence: 3 } }]);
      expect(await dueOf(outbox, NOW)).toEqual([{ lane: "a", settled: 2, last: 3 }]);
    });

    it("is not moved by the result of a callback that was cancelled meanwhile", async () => {
      const under = await opened();
      const { store, outbox } = under;
      await enqueue(store, callback("a"), callback("a"), callback("b"));
      const [onItsWay, alsoOnItsWay] = [await head(under, "a"), await head(under, "b")];
      await outbox.cancelPending(APP, NOW);
      await outbox.settle([delivered(onItsWay), retry(alsoOnItsWay, NOW + 5)], NOW);
      expect(await dueOf(outbox, NOW + 1e9)).toEqual([]);
      expect(await outbox.nextDue(APP, 0)).toBeUndefined();
      expect(await outbox.ledger()).toMatchObject([{ pending: 0, cancelled: 3 }]);
    });

    it("has everything again after it was closed", async () => {
      const first = await opened();
      await enqueue(first.store, callback("a", NOW, "one"), callback("a", NOW, "two"), callback("b", NOW, "three"));
      await first.outbox.settle([delivered(await head(first, "a")), retry(await head(first, "b"), NOW + 5)], NOW + 1);
      expect((await head(first, "b")).attempts).toBe(1);
      const before = [
        ...(await first.outbox.pending(APP, "a", 0, 10)),
        ...(await first.outbox.pending(APP, "b", 0, 10)),
      ];
      const ledger = await first.outbox.ledger();
      const second = await first.reopen();
      const { outbox } = second;
      expect([...(await outbox.pending(APP, "a", 0, 10)), ...(await outbox.pending(APP, "b", 0, 10))]).toEqual(before);
      expect(await outbox.ledger()).toEqual(ledger);
      expect(await outbox.appsWithPending()).toEqual([APP]);
      expect(await dueOf(outbox, NOW + 5)).toEqual([
        { lane: "a", settled: 1, last: 2 },
        { lane: "b", settled: 0, last: 1 },
      ]);
      await outbox.settle([delivered(await head(second, "a")), delivered(await head(second, "b"))], NOW + 6);
      expect(await outbox.ledger()).toMatchObject([{ accepted: 3, delivered: 3, pending: 0 }]);
    });
  });
}
