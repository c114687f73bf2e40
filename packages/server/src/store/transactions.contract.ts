import { describe, expect, it } from "vitest";

import type { Store } from "../ports/store.ts";
import { addAll, APP, group, member, OTHER_APP, plain, topic } from "./sample-groups.contract.ts";

/** A store under test, as far as it has transactions. */
export interface TransactionsUnderTest {
  readonly store: Store;
  check(): Promise<void>;
  close(): Promise<void>;
  /** Closes it and opens it again on the same data. */
  reopen(): Promise<TransactionsUnderTest>;
}

/** What every store does with work: all of it or nothing, for its app alone, and for good. */
export function transactionsContract(name: string, opened: () => Promise<TransactionsUnderTest>): void {
  describe(`${name}: transactions`, () => {
    it("keeps apps apart", async () => {
      const { store } = await opened();
      await store.write(APP, async (tx) => {
        await tx.putAccount({ userId: "leckie", nick: "", faceUrl: "" });
        await addAll(tx);
      });
      const others = store.read(OTHER_APP);
      expect(await others.missingAccounts(["leckie"])).toEqual(["leckie"]);
      expect(await others.group(group.groupId)).toBeUndefined();
      expect(await others.members(group.groupId)).toEqual([]);
      expect(await others.topic(group.groupId, topic("a").topicId)).toBeUndefined();
    });

    it("shows work its own changes, and others what is committed", async () => {
      const { store } = await opened();
      await store.write(APP, async (tx) => {
        await addAll(tx);
        expect(await tx.group(group.groupId)).toEqual(group);
        expect(await tx.memberCount(group.groupId)).toBe(3);
        expect(await tx.topics(group.groupId)).toHaveLength(2);
        expect(await store.read(APP).group(group.groupId)).toBeUndefined();
      });
      expect(await store.read(APP).group(group.groupId)).toEqual(group);
    });

    it("undoes work that throws, all of it", async () => {
      const { store } = await opened();
      const failed = store.write(APP, async (tx) => {
        await tx.putAccount({ userId: "leckie", nick: "", faceUrl: "" });
        await addAll(tx);
        throw new Error("no");
      });
      await expect(failed).rejects.toThrow("no");
      const reads = store.read(APP);
      expect(await reads.missingAccounts(["leckie"])).toEqual(["leckie"]);
      expect(await reads.group(group.groupId)).toBeUndefined();
      expect(await reads.memberCount(group.groupId)).toBe(0);
      expect(await reads.topicCount(group.groupId)).toBe(0);
    });

    it("refuses what is there already", async () => {
      const { store } = await opened();
      await store.write(APP, addAll);
      await expect(store.write(APP, (tx) => tx.addGroup(group))).rejects.toBeInstanceOf(Error);
      await expect(store.write(APP, (tx) => tx.addMembers(group.groupId, [member("bob")]))).rejects.toBeInstanceOf(
        Error,
      );
      await expect(store.write(APP, (tx) => tx.addTopic(topic("a")))).rejects.toBeInstanceOf(Error);
      expect(await store.read(APP).memberCount(group.groupId)).toBe(3);
    });

    it("has everything again after it was closed", async () => {
      const first = await opened();
      await first.store.write(APP, async (tx) => {
        await tx.putAccount({ userId: "leckie", nick: "", faceUrl: "" });
        await addAll(tx);
      });
      const { store } = await first.reopen();
      const reads = store.read(APP);
      expect(await reads.group(group.groupId)).toEqual(group);
      expect((await reads.members(group.groupId)).map(({ userId }) => userId)).toEqual(["leckie", "bob", "peter"]);
      expect(await reads.topics(group.groupId)).toEqual([topic("b"), topic("a")]);
      expect(await reads.missingAccounts(["leckie"])).toEqual([]);
    });

    it("can be checked while it is open, takes nothing once it is closed", async () => {
      const { store, check, close } = await opened();
      await check();
      const last = store.write(APP, (tx) => tx.addGroup(group));
      await close();
      await last;
      await expect(store.write(APP, (tx) => tx.addGroup(plain))).rejects.toBeInstanceOf(Error);
      await expect(check()).rejects.toBeInstanceOf(Error);
    });
  });
}
