import { describe, expect, it } from "vitest";

import type { Member } from "../group/group.ts";
import type { MemberQuery, Store } from "../ports/store.ts";
import { addAll, APP, application, group, member, OTHER_APP, plain } from "./sample-groups.contract.ts";

/** A store under test, as far as it has members. */
export interface MembersUnderTest {
  readonly store: Store;
}

/** What every store does with those who are in groups, want to be, or may not. */
export function membersContract(name: string, opened: () => Promise<MembersUnderTest>): void {
  describe(`${name}: members`, () => {
    it("lists members with the owner first, then in the order in which they joined", async () => {
      const { store } = await opened();
      await store.write(APP, addAll);
      await store.write(APP, (tx) => tx.addMembers(group.groupId, [member("alice"), member("zoe")]));
      const reads = store.read(APP);
      expect(await reads.members(group.groupId)).toEqual([
        member("leckie", "Owner"),
        member("bob"),
        member("peter", "Admin", 7),
        member("alice"),
        member("zoe"),
      ]);
      expect(await reads.memberIds(group.groupId)).toEqual(["leckie", "bob", "peter", "alice", "zoe"]);
      expect(await reads.memberIds("another")).toEqual([]);
      expect(await reads.memberCount(group.groupId)).toBe(5);
      expect(await reads.member(group.groupId, "peter")).toEqual(member("peter", "Admin", 7));
      expect(await reads.member(group.groupId, "Peter")).toBeUndefined();
      expect(await reads.members(plain.groupId)).toEqual([member("peter")]);
      expect(await reads.members("another")).toEqual([]);
      expect(await reads.memberCount("another")).toBe(0);
    });

    it("tells the members among some users", async () => {
      const { store } = await opened();
      await store.write(APP, addAll);
      const reads = store.read(APP);
      expect((await reads.membersAmong(group.groupId, ["zoe", "peter", "leckie"])).toSorted()).toEqual([
        "leckie",
        "peter",
      ]);
      expect(await reads.membersAmong(group.groupId, [])).toEqual([]);
      expect(await reads.membersAmong(plain.groupId, ["bob"])).toEqual([]);
    });

    it("changes members in every field, and removes those named", async () => {
      const { store } = await opened();
      await store.write(APP, addAll);
      const changed: Member = {
        userId: "bob",
        role: "Admin",
        joinTime: 5,
        nameCard: "",
        msgFlag: "Discard",
        mutedUntil: 4_294_967_295,
        customFields: {},
      };
      await store.write(APP, (tx) => tx.changeMember(group.groupId, changed));
      const reads = store.read(APP);
      expect(await reads.member(group.groupId, "bob")).toEqual(changed);
      expect((await reads.members(group.groupId)).map(({ userId }) => userId)).toEqual(["leckie", "bob", "peter"]);
      await store.write(APP, (tx) => tx.removeMembers(group.groupId, ["bob", "nobody", "peter"]));
      expect(await reads.members(group.groupId)).toEqual([member("leckie", "Owner")]);
      expect(await reads.memberCount(plain.groupId)).toBe(1);
      await store.write(APP, (tx) => tx.addMembers(group.groupId, [member("zoe"), member("bob")]));
      const order = (await reads.members(group.groupId)).map(({ userId }) => userId);
      expect(order, "who comes back comes last").toEqual(["leckie", "zoe", "bob"]);
    });

    it("tells which users are in so many groups, in the order asked", async () => {
      const { store } = await opened();
      await store.write(OTHER_APP, async (tx) => {
        await tx.addMembers("elsewhere", [member("bob")]);
      });
      await store.write(APP, addAll);
      const reads = store.read(APP);
      expect(await reads.usersInGroups(["nobody", "peter", "bob"], 1)).toEqual(["peter", "bob"]);
      expect(await reads.usersInGroups(["bob", "peter"], 2)).toEqual(["peter"]);
      expect(await reads.usersInGroups(["bob", "peter"], 3)).toEqual([]);
      expect(await reads.usersInGroups(["nobody"], 0)).toEqual(["nobody"]);
      expect(await reads.usersInGroups([], 0)).toEqual([]);
      await store.write(APP, (tx) => tx.removeGroup(plain.groupId));
      expect(await reads.usersInGroups(["peter"], 2)).toEqual([]);
    });

    it("pages through members in order of joining, of all roles or of some", async () => {
      const { store } = await opened();
      await store.write(APP, addAll);
      await store.write(APP, (tx) => tx.addMembers(group.groupId, [member("alice"), member("zoe")]));
      const reads = store.read(APP);
      const all = { after: 0, offset: 0, limit: 9 };
      const namesOf = async (query: Partial<MemberQuery>, after?: number) => {
        const page = await reads.memberPage(group.groupId, { ...all, ...query, after: after ?? query.after ?? 0 });
        return page.members.map(({ userId }) => userId);
      };
      expect(await namesOf({})).toEqual(["bob", "leckie", "peter", "alice", "zoe"]);
      expect(await namesOf({ limit: 2, offset: 1 })).toEqual(["leckie", "peter"]);
      expect(await namesOf({ roles: ["Owner", "Admin"] })).toEqual(["leckie", "peter"]);
      expect(await namesOf({ roles: [] })).toEqual([]);
      const { members, next } = await reads.memberPage(group.groupId, { ...all, limit: 2 });
      expect(members[0]).toEqual(member("bob"));
      expect(await namesOf({}, next)).toEqual(["peter", "alice", "zoe"]);
      expect(await reads.memberPage(group.groupId, { ...all, after: 1e9 })).toEqual({ members: [], next: 1e9 });
      expect((await reads.memberPage(plain.groupId, all)).members).toEqual([member("peter")]);
    });

    it("tells who is muted at a time", async () => {
      const { store } = await opened();
      await store.write(APP, addAll);
      await store.write(APP, async (tx) => {
        await tx.changeMember(group.groupId, { ...member("bob"), mutedUntil: 100 });
        await tx.changeMember(group.groupId, { ...member("peter"), mutedUntil: 200 });
      });
      const mutedAt = async (now: number) =>
        (await store.read(APP).mutedMembers(group.groupId, now)).map(({ userId }) => userId);
      expect(await mutedAt(99)).toEqual(["bob", "peter"]);
      expect(await mutedAt(100)).toEqual(["peter"]);
      expect(await mutedAt(200)).toEqual([]);
    });

    it("keeps mutes in topics as long as member and topic are there", async () => {
      const { store } = await opened();
      const [rules, news] = [`${group.groupId}@TOPIC#_rules`, `${group.groupId}@TOPIC#_news`];
      await store.write(APP, async (tx) => {
        await addAll(tx);
        const muted = ["peter", "bob", "leckie"].map((userId) => ({ userId, until: 100 }));
        await tx.setMutes(group.groupId, rules, muted);
        await tx.setMutes(group.groupId, rules, [
          { userId: "peter", until: 300 },
          { userId: "leckie", until: 0 },
        ]);
        await tx.setMutes(group.groupId, news, [{ userId: "bob", until: 100 }]);
        await tx.setMutes(plain.groupId, "", [{ userId: "zoe", until: 100 }]);
      });
      const reads = store.read(APP);
      const [bob, peter] = [
        { userId: "bob", until: 100 },
        { userId: "peter", until: 300 },
      ];
      expect(await reads.mutes(group.groupId, rules, 99)).toEqual([bob, peter]);
      expect(await reads.mutes(group.groupId, rules, 100)).toEqual([peter]);
      expect(await reads.mutes(group.groupId, "", 0)).toEqual([]);
      expect(await reads.mutes(plain.groupId, "", 99)).toEqual([{ userId: "zoe", until: 100 }]);
      expect(await store.read(OTHER_APP).mutes(group.groupId, rules, 0)).toEqual([]);
      expect(Object.fromEntries(await reads.mutesOf(group.groupId, "bob"))).toEqual({ [rules]: 100, [news]: 100 });

      await store.write(APP, (tx) => tx.removeMembers(group.groupId, ["bob"]));
      expect(await reads.mutes(group.groupId, rules, 0)).toEqual([peter]);
      expect(await reads.mutes(group.groupId, news, 0)).toEqual([]);
      await store.write(APP, (tx) => tx.removeTopic(group.groupId, rules));
      expect(await reads.mutesOf(group.groupId, "peter")).toEqual(new Map());
      await store.write(APP, (tx) => tx.removeGroup(plain.groupId));
      expect(await reads.mutes(plain.groupId, "", 0)).toEqual([]);
    });

    it("keeps bans until they run out or are lifted, in the order of the users' ids", async () => {
      const { store } = await opened();
      await store.write(APP, async (tx) => {
        await addAll(tx);
        const bans = ["zoe", "alice", "carol"].map((userId) => ({ userId, until: 100 }));
        await tx.setBans(group.groupId, bans);
        await tx.setBans(group.groupId, [
          { userId: "carol", until: 300 },
          { userId: "zoe", until: 0 },
        ]);
        await tx.setBans(plain.groupId, [{ userId: "dave", until: 100 }]);
      });
      const reads = store.read(APP);
      const [alice, carol] = [
        { userId: "alice", until: 100 },
        { userId: "carol", until: 300 },
      ];
      expect(await reads.bans(group.groupId, 99, 9, 0)).toEqual([alice, carol]);
      expect(await reads.bans(group.groupId, 100, 9, 0)).toEqual([carol]);
      expect(await reads.bans(group.groupId, 99, 1, 0)).toEqual([alice]);
      expect(await reads.bans(group.groupId, 99, 1, 1)).toEqual([carol]);
    });

    it("knows who is banned at a time", async () => {
      const { store } = await opened();
      await store.write(APP, async (tx) => {
        await addAll(tx);
        await tx.setBans(group.groupId, [{ userId: "zoe", until: 100 }]);
      });
      const reads = store.read(APP);
      expect(await reads.isBanned(group.groupId, "zoe", 99)).toBe(true);
      expect(await reads.isBanned(group.groupId, "zoe", 100)).toBe(false);
      expect(await reads.isBanned(group.groupId, "bob", 99)).toBe(false);
      expect(await reads.isBanned(plain.groupId, "zoe", 99)).toBe(false);
    });

    it("keeps applications with every field in the order in which they were made, the last of each user", async () => {
      const { store } = await opened();
      await store.write(APP, async (tx) => {
        await addAll(tx);
        for (const userId of ["zoe", "alice", "carol"]) await tx.putApplication(application(userId));
        await tx.putApplication(application("zoe", "pretty please"));
        await tx.putApplication({ ...application("zoe"), groupId: plain.groupId });
      });
      const reads = store.read(APP);
      const last = application("zoe", "pretty please");
      expect(await reads.applications(group.groupId)).toEqual([application("alice"), application("carol"), last]);
      expect(await reads.application(group.groupId, "zoe")).toEqual(last);
      expect(await reads.application(group.groupId, "bob")).toBeUndefined();
      await store.write(APP, (tx) => tx.removeApplication(group.groupId, "zoe"));
      expect(await reads.application(group.groupId, "zoe")).toBeUndefined();
      expect(await reads.applications(group.groupId)).toEqual([application("alice"), application("carol")]);
      expect(await reads.applications(plain.groupId)).toHaveLength(1);
      expect(await store.read(OTHER_APP).applications(group.groupId)).toEqual([]);
    });

    it("removes the applications with the group, and those of a user with the account", async () => {
      const { store } = await opened();
      await store.write(APP, async (tx) => {
        await addAll(tx);
        await tx.putAccount({ userId: "alice", nick: "", faceUrl: "" });
        for (const userId of ["zoe", "alice"]) {
          await tx.putApplication(application(userId));
          await tx.putApplication({ ...application(userId), groupId: plain.groupId });
        }
        await tx.removeAccount("alice");
        await tx.removeGroup(plain.groupId);
      });
      expect(await store.read(APP).applications(group.groupId)).toEqual([application("zoe")]);
      expect(await store.read(APP).applications(plain.groupId)).toEqual([]);
    });
  });
}
