import { describe, expect, it } from "vitest";

import type { Group } from "../group/group.ts";
import type { Store } from "../ports/store.ts";
import { addAll, APP, group, member, OTHER_APP, plain, topic } from "./sample-groups.contract.ts";

/** A store under test, as far as it has groups. */
export interface GroupsUnderTest {
  readonly store: Store;
  /** Closes it and opens it again on the same data. */
  reopen(): Promise<GroupsUnderTest>;
}

/** What every store does with groups, their topics and their attributes. */
export function groupsContract(name: string, opened: () => Promise<GroupsUnderTest>): void {
  describe(`${name}: groups`, () => {
    it("keeps a group with every field", async () => {
      const { store } = await opened();
      await store.write(APP, addAll);
      expect(await store.read(APP).group(group.groupId)).toEqual(group);
      expect(await store.read(APP).group(plain.groupId)).toEqual(plain);
      expect(await store.read(APP).group("another")).toBeUndefined();
    });

    it("tells which groups a user owns, members or not, in the order of their creation", async () => {
      const { store } = await opened();
      await store.write(APP, addAll);
      const empty = { ...plain, groupId: "another", owner: "leckie" };
      await store.write(APP, (tx) => tx.addGroup(empty));
      await store.write(OTHER_APP, (tx) => tx.addGroup({ ...empty, groupId: "elsewhere" }));
      const reads = store.read(APP);
      expect(await reads.ownedGroups("leckie")).toEqual([group, empty]);
      await store.write(APP, (tx) => tx.changeGroup({ ...group, owner: "bob" }));
      expect(await reads.ownedGroups("leckie")).toEqual([empty]);
      expect(await reads.ownedGroups("nobody")).toEqual([]);
    });

    it("changes a group in every field, and keeps its place", async () => {
      const { store } = await opened();
      await store.write(APP, addAll);
      const changed: Group = {
        ...plain,
        groupId: group.groupId,
        type: "Public",
        name: "other",
        owner: "bob",
        lastInfoTime: 9,
        maxMembers: 2,
        muteAll: false,
        customFields: { UserDefined2: "x" },
      };
      await store.write(APP, (tx) => tx.changeGroup(changed));
      await store.write(APP, (tx) => tx.changeGroup({ ...group, groupId: "never" }));
      const reads = store.read(APP);
      expect(await reads.group(group.groupId)).toEqual(changed);
      expect(await reads.group(plain.groupId)).toEqual(plain);
      expect((await reads.groupPage({ after: 0, limit: 9 })).groupIds).toEqual([group.groupId, plain.groupId]);
      expect(await reads.memberCount(group.groupId)).toBe(3);
    });

    it("pages through groups in the order of their creation, of all types or of one", async () => {
      const { store } = await opened();
      const types = ["Public", "Work", "Public", "Public", "Work"] as const;
      await store.write(OTHER_APP, (tx) => tx.addGroup(group));
      for (const [i, type] of types.entries()) {
        await store.write(APP, (tx) => tx.addGroup({ ...plain, groupId: `group ${5 - i}`, type }));
      }
      const reads = store.read(APP);
      const pages = async (limit: number, type?: string): Promise<string[][]> => {
        const found: string[][] = [];
        for (let after = 0; ;) {
          const { groupIds, next } = await reads.groupPage({ after, limit, ...(type === undefined ? {} : { type }) });
          if (groupIds.length === 0) return found;
          found.push(groupIds);
          expect(next).toBeGreaterThan(after);
          after = next;
        }
      };
      expect(await pages(2)).toEqual([["group 5", "group 4"], ["group 3", "group 2"], ["group 1"]]);
      expect(await pages(2, "Public")).toEqual([["group 5", "group 3"], ["group 2"]]);
      expect(await pages(9, "Community")).toEqual([]);
      expect(await reads.groupPage({ after: 1e9, limit: 9 })).toEqual({ groupIds: [], next: 1e9 });
      expect(await reads.groupCount()).toBe(5);
      expect(await reads.groupCount("Work")).toBe(2);
      expect(await reads.groupCount("Meeting")).toBe(0);
      await store.write(APP, (tx) => tx.removeGroup("group 3"));
      expect(await pages(9)).toEqual([["group 5", "group 4", "group 2", "group 1"]]);
      expect(await reads.groupCount("Public")).toBe(2);
    });

    it("counts the groups of each type, through changes, removals and what was undone", async () => {
      const { store } = await opened();
      await store.write(OTHER_APP, (tx) => tx.addGroup(plain));
      await store.write(APP, async (tx) => {
        for (const groupId of ["a", "b", "c"]) await tx.addGroup({ ...plain, groupId });
        expect(await tx.groupCount("Work"), "inside the work that adds them").toBe(3);
        await tx.changeGroup({ ...plain, groupId: "a", type: "Public" });
        await tx.removeGroup("b");
        await tx.removeGroup("never");
      });
      const failed = store.write(APP, async (tx) => {
        await tx.addGroup({ ...plain, groupId: "d" });
        throw new Error("no");
      });
      await expect(failed).rejects.toThrow("no");
      const reads = store.read(APP);
      expect([await reads.groupCount(), await reads.groupCount("Work"), await reads.groupCount("Public")]).toEqual([
        2, 1, 1,
      ]);
    });

    it("counts the growth of a day, and alarms once, for each app, also when it is opened again", async () => {
      const first = await opened();
      const none = { net: 0, alarmed: false };
      expect(await first.store.read(APP).growth(7)).toEqual(none);
      const grow = (app: number, day: number, by: number) => first.store.write(app, (tx) => tx.addGrowth(day, by));
      const alarm = (app: number, day: number) => first.store.write(app, (tx) => tx.raiseAlarm(day));
      await grow(APP, 6, 1);
      expect([await alarm(APP, 6), await alarm(APP, 6)]).toEqual([true, false]);
      for (const by of [-1, 1, -3]) await grow(APP, 7, by);
      await grow(OTHER_APP, 7, 2);
      expect(await alarm(OTHER_APP, 7)).toBe(true);
      const failed = first.store.write(APP, async (tx) => {
        await tx.addGrowth(7, 9);
        expect(await tx.growth(7), "inside the work that counts").toEqual({ net: 6, alarmed: false });
        expect(await tx.raiseAlarm(7)).toBe(true);
        expect(await tx.growth(7)).toEqual({ net: 6, alarmed: true });
        throw new Error("no");
      });
      await expect(failed).rejects.toThrow("no");
      const { store } = await first.reopen();
      expect(await store.read(APP).growth(7)).toEqual({ net: -3, alarmed: false });
      expect(await store.read(OTHER_APP).growth(7)).toEqual({ net: 2, alarmed: true });
      await store.write(APP, (tx) => tx.addGrowth(8, 1));
      expect(await store.read(APP).growth(8)).toEqual({ net: 1, alarmed: false });
    });

    it("tells the groups that a user is in, in order of joining, and those that are the user's own", async () => {
      const { store } = await opened();
      await store.write(APP, async (tx) => {
        await tx.addGroup(plain);
        await tx.addGroup(group);
        await tx.addGroup({ ...plain, groupId: "room", type: "AVChatRoom", owner: "leckie" });
        await tx.addMembers(group.groupId, [member("leckie", "Owner"), member("peter")]);
        await tx.addMembers(plain.groupId, [member("leckie", "Member", 8)]);
      });
      const reads = store.read(APP);
      expect(await reads.joinedGroups("leckie")).toEqual([
        { group, member: member("leckie", "Owner") },
        { group: plain, member: member("leckie", "Member", 8) },
      ]);
      expect((await reads.ownedGroups("leckie")).map(({ groupId }) => groupId)).toEqual([group.groupId, "room"]);
      expect(await reads.joinedGroups("nobody")).toEqual([]);
      expect(await reads.ownedGroups("peter")).toEqual([]);
      expect(await store.read(OTHER_APP).joinedGroups("leckie")).toEqual([]);
      expect(await store.read(OTHER_APP).ownedGroups("leckie")).toEqual([]);
    });

    it("keeps topics with every field, in the order of their creation", async () => {
      const { store } = await opened();
      await store.write(APP, addAll);
      const reads = store.read(APP);
      expect(await reads.topics(group.groupId)).toEqual([topic("b"), topic("a")]);
      expect(await reads.topicCount(group.groupId)).toBe(2);
      expect(await reads.topic(group.groupId, topic("a").topicId)).toEqual(topic("a"));
      expect(await reads.topic(plain.groupId, topic("a").topicId)).toBeUndefined();
      await store.write(APP, (tx) => tx.removeTopic(group.groupId, topic("b").topicId));
      expect(await reads.topics(group.groupId)).toEqual([topic("a")]);
      await store.write(APP, (tx) => tx.addTopic(topic("b")));
      expect(await reads.topics(group.groupId)).toEqual([topic("a"), topic("b")]);
    });

    it("changes a topic, and keeps its place", async () => {
      const { store } = await opened();
      await store.write(APP, addAll);
      const changed = { ...topic("b"), name: "other", customString: "", muteAll: false, createTime: 1, creator: "bob" };
      await store.write(APP, (tx) => tx.changeTopic(changed));
      await store.write(APP, (tx) => tx.changeTopic(topic("never")));
      expect(await store.read(APP).topics(group.groupId)).toEqual([changed, topic("a")]);
    });

    it("keeps a group's attributes, replaced as a whole", async () => {
      const { store } = await opened();
      await store.write(APP, addAll);
      const reads = store.read(APP);
      expect(await reads.attributes(group.groupId)).toEqual({});
      await store.write(APP, (tx) => tx.setAttributes(group.groupId, { a: "1", b: "" }));
      await store.write(APP, (tx) => tx.setAttributes(group.groupId, { "ä'\"": "\u0000", b: "2" }));
      expect(await reads.attributes(group.groupId)).toEqual({ "ä'\"": "\u0000", b: "2" });
      expect(await reads.attributes(plain.groupId)).toEqual({});
      await store.write(APP, (tx) => tx.setAttributes(group.groupId, {}));
      expect(await reads.attributes(group.groupId)).toEqual({});
    });

    it("removes a group with all that belongs to it, and nothing else", async () => {
      const { store } = await opened();
      await store.write(APP, addAll);
      await store.write(OTHER_APP, addAll);
      const ban = { userId: "zoe", until: 100 };
      for (const app of [APP, OTHER_APP]) {
        await store.write(app, async (tx) => {
          await tx.setBans(group.groupId, [ban]);
          await tx.setAttributes(group.groupId, { a: "1" });
        });
      }
      await store.write(APP, (tx) => tx.removeGroup(group.groupId));
      const reads = store.read(APP);
      expect(await reads.group(group.groupId)).toBeUndefined();
      expect(await reads.members(group.groupId)).toEqual([]);
      expect(await reads.topics(group.groupId)).toEqual([]);
      expect(await reads.bans(group.groupId, 0, 9, 0)).toEqual([]);
      expect(await reads.attributes(group.groupId)).toEqual({});
      expect(await reads.group(plain.groupId)).toEqual(plain);
      expect(await reads.memberCount(plain.groupId)).toBe(1);
      expect(await store.read(OTHER_APP).memberCount(group.groupId)).toBe(3);
      expect(await store.read(OTHER_APP).topicCount(group.groupId)).toBe(2);
      expect(await store.read(OTHER_APP).bans(group.groupId, 0, 9, 0)).toEqual([ban]);
      expect(await store.read(OTHER_APP).attributes(group.groupId)).toEqual({ a: "1" });
    });
  });
}
