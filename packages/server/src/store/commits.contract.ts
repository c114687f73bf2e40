import { describe, expect, it } from "vitest";

import type { CommittedCallback, Outbox, PendingCallback } from "../ports/outbox.ts";
import type { Store } from "../ports/store.ts";
import { callback, dead, delivered, enqueue, head, NOW, retry } from "./sample-callbacks.contract.ts";
import { APP, plain } from "./sample-groups.contract.ts";

/** A store under test, as far as it tells of commits. */
export interface CommitsUnderTest {
  readonly store: Store;
  readonly outbox: Outbox;
}

/** What every store tells of its commits. */
export function commitsContract(name: string, opened: () => Promise<CommitsUnderTest>): void {
  describe(`${name}: telling of commits`, () => {
    function listen(outbox: Outbox): CommittedCallback[][] {
      const heard: CommittedCallback[][] = [];
      outbox.onCommitted((added) => heard.push([...added]));
      return heard;
    }
    const told = (heard: CommittedCallback[][]) =>
      heard.flat().map(({ callback: { lane, sequence }, isHead }) => `${lane}${sequence}${isHead ? " head" : ""}`);

    it("hands over what was added, in order, as the outbox has it", async () => {
      const { store, outbox } = await opened();
      const heard = listen(outbox);
      await enqueue(store, callback("a", NOW, "first"), callback("b", NOW + 1, "second"));
      expect(heard.flat().map((committed) => committed.callback)).toEqual([
        ...(await outbox.pending(APP, "a", 0, 10)),
        ...(await outbox.pending(APP, "b", 0, 10)),
      ]);
      expect(heard.flat()[1]?.callback).toMatchObject({
        ...callback("b", NOW + 1, "second"),
        sdkAppId: APP,
        sequence: 1,
        attempts: 0,
      });
    });

    it("has told everybody before the writer knows", async () => {
      const { store, outbox } = await opened();
      const [one, two] = [listen(outbox), listen(outbox)];
      await enqueue(store, callback("a"));
      expect(told(one)).toEqual(["a1 head"]);
      expect(told(two)).toEqual(["a1 head"]);
    });

    it("tells what can be read by then", async () => {
      const { store, outbox } = await opened();
      const read: Promise<PendingCallback[]>[] = [];
      outbox.onCommitted(() => read.push(outbox.pending(APP, "a", 0, 10)));
      await enqueue(store, callback("a"));
      expect((await Promise.all(read)).flat()).toHaveLength(1);
    });

    it("says nothing of what was undone, nor where nothing was added", async () => {
      const { store, outbox } = await opened();
      const heard = listen(outbox);
      await store.write(APP, (tx) => tx.addGroup(plain));
      await Promise.allSettled([
        enqueue(store, callback("a")),
        store.write(APP, async (tx) => {
          await tx.enqueue(callback("a"));
          throw new Error("no");
        }),
        enqueue(store, callback("a")),
      ]);
      expect(told(heard).toSorted()).toEqual(["a1 head", "a2"]);
      expect(heard.every((added) => added.length > 0)).toBe(true);
    });

    it("calls head what has nothing unsettled before it", async () => {
      const under = await opened();
      const { store, outbox } = under;
      const heard = listen(outbox);
      await enqueue(store, callback("a"), callback("a"));
      await outbox.settle([delivered(await head(under, "a"))], NOW);
      await enqueue(store, callback("a"));
      await outbox.settle([retry(await head(under, "a"), NOW + 5)], NOW);
      await enqueue(store, callback("a"));
      await outbox.settle([delivered(await head(under, "a"))], NOW);
      await outbox.settle([dead(await head(under, "a"))], NOW);
      await outbox.settle([delivered(await head(under, "a"))], NOW);
      await enqueue(store, callback("a"));
      expect(told(heard)).toEqual(["a1 head", "a2", "a3", "a4", "a5 head"]);
    });
  });
}
