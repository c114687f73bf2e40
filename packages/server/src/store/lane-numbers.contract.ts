import { describe, expect, it } from "vitest";

import type { Outbox } from "../ports/outbox.ts";
import type { Store } from "../ports/store.ts";
import { callback, enqueue, NOW } from "./sample-callbacks.contract.ts";
import { APP, group, OTHER_APP } from "./sample-groups.contract.ts";

/** A store under test, as far as it numbers callbacks. */
export interface LaneNumbersUnderTest {
  readonly store: Store;
  readonly outbox: Outbox;
  /** Whether works that are handed in together are done in that order. */
  readonly keepsOrder: boolean;
  /** Closes it and opens it again on the same data. */
  reopen(): Promise<LaneNumbersUnderTest>;
}

/** What every store does with the numbers of callbacks. */
export function laneNumbersContract(name: string, opened: () => Promise<LaneNumbersUnderTest>): void {
  describe(`${name}: numbers`, () => {
    it("counts 1, 2, 3 in each lane of each app", async () => {
      const { store, outbox } = await opened();
      await enqueue(store, callback("a"), callback("b"), callback("a"));
      await enqueue(store, callback("a"), callback(""));
      await store.write(OTHER_APP, (tx) => tx.enqueue(callback("a")));
      const numbers = async (app: number, lane: string) =>
        (await outbox.pending(app, lane, 0, 10)).map(({ sequence }) => sequence);
      expect(await numbers(APP, "a")).toEqual([1, 2, 3]);
      expect(await numbers(APP, "b")).toEqual([1]);
      expect(await numbers(APP, ""), "the app's own lane").toEqual([1]);
      expect(await numbers(OTHER_APP, "a")).toEqual([1]);
    });

    it("wastes none on work that is undone", async () => {
      const { store, outbox, keepsOrder } = await opened();
      const results = await Promise.allSettled([
        enqueue(store, callback("a", NOW, "first")),
        store.write(APP, async (tx) => {
          await tx.enqueue(callback("a", NOW, "undone"));
          await tx.enqueue(callback("a", NOW, "undone as well"));
          throw new Error("no");
        }),
        enqueue(store, callback("a", NOW, "second")),
      ]);
      expect(results.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
      const pending = await outbox.pending(APP, "a", 0, 10);
      expect(pending.map(({ sequence }) => sequence)).toEqual([1, 2]);
      const ids = pending.map(({ id }) => id);
      expect(keepsOrder ? ids : ids.toSorted()).toEqual(["first", "second"]);
    });

    it("goes on where a group's id is used again", async () => {
      const first = await opened();
      const lifetime = async (store: Store): Promise<void> => {
        await store.write(APP, async (tx) => {
          await tx.addGroup(group);
          await tx.enqueue(callback(group.groupId));
        });
        await store.write(APP, async (tx) => {
          await tx.removeGroup(group.groupId);
          await tx.enqueue(callback(group.groupId));
        });
      };
      await lifetime(first.store);
      const { store, outbox } = await first.reopen();
      await lifetime(store);
      const pending = await outbox.pending(APP, group.groupId, 0, 10);
      expect(pending.map(({ sequence }) => sequence)).toEqual([1, 2, 3, 4]);
    });
  });
}
