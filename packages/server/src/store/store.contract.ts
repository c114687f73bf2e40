import fc from "fast-check";
import { describe, expect, it, onTestFinished } from "vitest";

import type { SeriesStore } from "../delivery-series.ts";
import type { Deliveries } from "../deliveries.ts";
import type { Application, Group, Member, Topic } from "../group/group.ts";
import type {
  AppRecords,
  Attempt,
  CommittedCallback,
  EndpointState,
  EndpointStates,
  LaneKind,
  GroupWrites,
  MemberQuery,
  NewCallback,
  NoticeLog,
  Outbox,
  PendingCallback,
  Settlement,
  Store,
} from "../ports.ts";
import { noticesContract } from "./notices.contract.ts";
import { deliveriesContract } from "./deliveries.contract.ts";
import { seriesContract } from "./series.contract.ts";

/** A store under test. */
export interface StoreUnderTest {
  readonly store: Store;
  readonly outbox: Outbox;
  readonly appRecords: AppRecords;
  readonly endpointStates: EndpointStates;
  readonly notices: NoticeLog;
  readonly deliveries: Deliveries;
  readonly series: SeriesStore;
  /** Whether works that are handed in together are done in that order. */
  readonly keepsOrder: boolean;
  check(): Promise<void>;
  close(): Promise<void>;
  /** Closes it and opens it again on the same data. */
  reopen(): Promise<StoreUnderTest>;
}

const APP = 1400000001;
const OTHER_APP = 1400000002;

const group: Group = {
  groupId: "@TGS#_chess",
  type: "Community",
  name: "Chess ♞",
  introduction: "an introduction",
  notification: "a notification",
  faceUrl: "https://example.com/a.png",
  owner: "leckie",
  createTime: 1_700_000_000,
  lastInfoTime: 1_700_000_001,
  maxMembers: 4_294_967_295,
  applyJoinOption: "DisableApply",
  inviteJoinOption: "NeedPermission",
  supportTopic: true,
  muteAll: true,
  customFields: { UserDefined1: "hello\u0000'\"; --", UserDefined2: "" },
};
const plain: Group = { ...group, groupId: "plain", type: "Work", owner: "", supportTopic: false, customFields: {} };

const member = (userId: string, role: Member["role"] = "Member", joinTime = 1_700_000_000): Member => ({
  userId,
  role,
  joinTime,
  nameCard: `the card of ${userId}`,
  msgFlag: "AcceptNotNotify",
  mutedUntil: 0,
  customFields: { Level: "3" },
});

const topic = (own: string): Topic => ({
  topicId: `${group.groupId}@TOPIC#_${own}`,
  groupId: group.groupId,
  name: `the topic ${own}`,
  introduction: "an introduction",
  notification: "a notification",
  faceUrl: "https://example.com/t.png",
  customString: '{"any": "thing"}',
  creator: "leckie",
  createTime: 1_700_000_002,
  muteAll: true,
});

const application = (userId: string, note = "please"): Application => ({
  groupId: group.groupId,
  userId,
  inviter: userId === "zoe" ? "peter" : "",
  note,
  time: 1_700_000_003,
});

const NOW = 1_700_000_000_000;

/** A callback of a lane; its id tells which. */
function callback(lane: string, acceptedAt = NOW, id = "id"): NewCallback {
  const body = `{"GroupId":${JSON.stringify(lane)},"Name":"Chess ♞"}`;
  const command = "Group.CallbackAfterGroupDestroyed";
  return { id, lane, command, body, clientIp: "192.0.2.7", platform: "iOS", acceptedAt };
}

function attempt(number: number, outcome: Attempt["outcome"]): Attempt {
  return { number, startedAt: NOW, durationMs: 12, outcome, status: 200, code: 0, answer: "{}", error: "none" };
}

const delivered = (pending: PendingCallback): Settlement => ({
  callback: pending,
  attempt: attempt(pending.attempts + 1, "delivered"),
  state: "delivered",
});
/** The lanes that are due, of every kind, each with the number of its last settled callback. */
async function dueOf(
  outbox: Outbox,
  now: number,
  limit = 10,
  kinds: readonly LaneKind[] = ["fresh", "retrying", "replay"],
): Promise<{ lane: string; settled: number; last: number }[]> {
  const due = await Promise.all(kinds.map((kind) => outbox.dueLanes(APP, kind, now, limit)));
  return due.flat().map(({ lane, last, head }) => ({ lane, settled: head.sequence - 1, last }));
}
const dead = (pending: PendingCallback): Settlement => ({ ...delivered(pending), state: "dead" });
const retry = (pending: PendingCallback, retryAt: number): Settlement => ({
  callback: pending,
  attempt: { number: pending.attempts + 1, startedAt: NOW, durationMs: 12, outcome: "refused" },
  state: { pending: true, retryAt },
});

/**
 * What every store does, whatever it stores in. `open` opens a new and empty one.
 * @param share of the runs of properties: fewer where it takes long to open one
 */
export function storeContract(name: string, open: () => Promise<StoreUnderTest>, share = 1): void {
  /** A store that is closed when the test is over. */
  async function opened(): Promise<StoreUnderTest> {
    return closedInTheEnd(await open());
  }

  function closedInTheEnd(under: StoreUnderTest): StoreUnderTest {
    let isOpen = true;
    const close = async (): Promise<void> => {
      if (isOpen) await under.close();
      isOpen = false;
    };
    onTestFinished(close);
    return {
      ...under,
      close,
      async reopen() {
        isOpen = false;
        return closedInTheEnd(await under.reopen());
      },
    };
  }

  noticesContract(name, opened, share);

  const enqueue = (store: Store, ...callbacks: NewCallback[]): Promise<void> =>
    store.write(APP, async (tx) => {
      for (const one of callbacks) await tx.enqueue(one);
    });

  const failToEnqueue = async (store: Store, one: NewCallback): Promise<void> => {
    const failed = store.write(APP, async (tx) => {
      await tx.enqueue(one);
      throw new Error("no");
    });
    await expect(failed).rejects.toThrow("no");
  };

  async function head({ outbox }: StoreUnderTest, lane: string, app = APP): Promise<PendingCallback> {
    const due = await Promise.all(
      (["fresh", "retrying", "replay"] as const).map((kind) => outbox.dueLanes(app, kind, NOW + 1e12, 1_000)),
    );
    const first = due.flat().find((one) => one.lane === lane)?.head;
    if (!first) throw new Error(`nothing is pending in ${lane}`);
    return first;
  }

  deliveriesContract(name, opened);
  seriesContract(name, opened);

  describe(`${name}: groups`, () => {
    const addAll = async (tx: GroupWrites): Promise<void> => {
      await tx.addGroup(group);
      await tx.addMembers(group.groupId, [member("bob"), member("leckie", "Owner"), member("peter", "Admin", 7)]);
      for (const own of ["b", "a"]) await tx.addTopic(topic(own));
      await tx.addGroup(plain);
      await tx.addMembers(plain.groupId, [member("peter")]);
    };

    it("knows the users who were imported, and tells the others in the order asked", async () => {
      const { store } = await opened();
      await store.write(APP, async (tx) => {
        await tx.putAccount({ userId: "leckie", nick: "L", faceUrl: "" });
        await tx.putAccount({ userId: "leckie", nick: "Leckie", faceUrl: "https://example.com/l.png" });
        expect(await tx.missingAccounts(["bob", "leckie"]), "inside the work").toEqual(["bob"]);
      });
      expect(await store.read(APP).missingAccounts(["peter", "leckie", "bob", "Leckie"])).toEqual([
        "peter",
        "bob",
        "Leckie",
      ]);
      expect(await store.read(APP).missingAccounts([])).toEqual([]);
    });

    it("takes every text for a user's id as it is", async () => {
      const { store } = await opened();
      const odd = ["", "a\u0000b", "ÿ", "李", "😀", "'; --", "%", "\\", '"', "a ", " a"];
      await store.write(APP, async (tx) => {
        for (const userId of odd) await tx.putAccount({ userId, nick: "", faceUrl: "" });
      });
      expect(await store.read(APP).missingAccounts([...odd, "a", "a\u0000", "A"])).toEqual(["a", "a\u0000", "A"]);
    });

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

    it("removes an account once, and knows since when UserSigs of a user count", async () => {
      const { store } = await opened();
      await store.write(APP, (tx) => tx.putAccount({ userId: "leckie", nick: "", faceUrl: "" }));
      const reads = store.read(APP);
      expect(await reads.kickedAt("leckie")).toBe(0);
      await store.write(APP, (tx) => tx.setKickedAt("leckie", 1_700_000_000));
      await store.write(APP, (tx) => tx.putAccount({ userId: "leckie", nick: "L", faceUrl: "" }));
      expect(await reads.kickedAt("leckie"), "a new profile changes nothing").toBe(1_700_000_000);
      expect(await store.read(OTHER_APP).kickedAt("leckie")).toBe(0);
      expect(await store.write(OTHER_APP, (tx) => tx.removeAccount("leckie"))).toBe(false);
      expect(await store.write(APP, (tx) => tx.removeAccount("leckie"))).toBe(true);
      expect(await store.write(APP, (tx) => tx.removeAccount("leckie"))).toBe(false);
      expect(await reads.missingAccounts(["leckie"])).toEqual(["leckie"]);
      expect(await reads.kickedAt("leckie")).toBe(0);
    });

    it("knows of a kick from its commit on, whenever it was asked before, and of none that was undone", async () => {
      const { store } = await opened();
      await store.write(APP, (tx) => tx.putAccount({ userId: "leckie", nick: "", faceUrl: "" }));
      const reads = store.read(APP);
      for (let time = 1; time <= 20; time += 1) {
        const asked: Promise<number>[] = [];
        const kicked = store.write(APP, async (tx) => {
          await tx.setKickedAt("leckie", time);
          asked.push(reads.kickedAt("leckie"));
          expect(await tx.kickedAt("leckie")).toBe(time);
        });
        asked.push(reads.kickedAt("leckie"));
        await kicked;
        expect(await reads.kickedAt("leckie")).toBe(time);
        for (const meanwhile of await Promise.all(asked)) expect([time - 1, time]).toContain(meanwhile);
        const undone = store.write(APP, async (tx) => {
          await tx.setKickedAt("leckie", 1_000);
          throw new Error("no");
        });
        await expect(undone).rejects.toThrow("no");
      }
      expect(await reads.kickedAt("leckie")).toBe(20);
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

  it(`${name} keeps one record of an app's changes, the last, until it is removed`, async () => {
    const under = await opened();
    const { appRecords } = under;
    expect(await appRecords.all()).toEqual([]);
    await appRecords.put({ sdkAppId: OTHER_APP, base: "none", sealed: "other" }, undefined);
    expect(await appRecords.put({ sdkAppId: APP, base: "file", sealed: "first" }, undefined)).toBe(true);
    expect(await appRecords.put({ sdkAppId: APP, base: "none", sealed: "second" }, "first")).toBe(true);
    // Of two who change what they have both seen, the second has seen something else than there is.
    expect(await appRecords.put({ sdkAppId: APP, base: "file", sealed: "third" }, "first")).toBe(false);
    expect(await appRecords.put({ sdkAppId: APP, base: "file", sealed: "third" }, undefined)).toBe(false);
    expect(await appRecords.remove(APP, "first")).toBe(false);
    const kept = [
      { sdkAppId: APP, base: "none", sealed: "second" },
      { sdkAppId: OTHER_APP, base: "none", sealed: "other" },
    ];
    expect(await appRecords.all()).toEqual(kept);
    const again = closedInTheEnd(await under.reopen());
    expect(await again.appRecords.all()).toEqual(kept);
    expect(await again.appRecords.remove(APP, "second")).toBe(true);
    expect(await again.appRecords.remove(7, "second")).toBe(false);
    expect(await again.appRecords.all()).toEqual(kept.slice(1));
  });

  it(`${name}: endpoints that fail are kept until they work again`, async () => {
    const first = await opened();
    const state: EndpointState = { sdkAppId: APP, failingSince: NOW, openings: 2, outcome: "refused", until: NOW + 5 };
    const disabled: EndpointState = { ...state, sdkAppId: OTHER_APP, until: undefined };
    await first.endpointStates.put(state);
    await first.endpointStates.put({ ...state, openings: 3 });
    await first.endpointStates.put(disabled);
    const second = closedInTheEnd(await first.reopen());
    const kept = (await second.endpointStates.all()).toSorted((a, b) => a.sdkAppId - b.sdkAppId);
    expect(kept).toEqual([{ ...state, openings: 3 }, disabled]);
    await second.endpointStates.remove(APP);
    expect(await second.endpointStates.all()).toEqual([disabled]);
  });

  it(`${name}: whatever happens, the books balance, lanes are gapless and only heads are due`, async () => {
    const lanes = ["a", "b", ""];
    const lane = fc.constantFrom(...lanes);
    const step = fc.oneof(
      {
        weight: 4,
        arbitrary: fc.record({ does: fc.constant("enqueue" as const), lane, count: fc.integer({ min: 1, max: 3 }) }),
      },
      { weight: 1, arbitrary: fc.record({ does: fc.constant("fail" as const), lane }) },
      {
        weight: 5,
        arbitrary: fc.record({
          does: fc.constant("settle" as const),
          lane,
          state: fc.constantFrom("delivered" as const, "dead" as const, "retry" as const),
        }),
      },
      { weight: 1, arbitrary: fc.record({ does: fc.constant("cancel" as const) }) },
      { weight: 1, arbitrary: fc.record({ does: fc.constant("reopen" as const) }) },
    );
    await fc.assert(
      fc.asyncProperty(fc.array(step, { maxLength: 25 }), async (steps) => {
        let under = await opened();
        const model = new Map(lanes.map((each) => [each, { last: 0, pending: [] as number[], due: 0 }]));
        const books = { accepted: 0, delivered: 0, pending: 0, dead: 0, cancelled: 0 };
        const of = (each: string) => model.get(each) ?? { last: 0, pending: [], due: 0 };
        let now = NOW;
        for (const one of steps) {
          now += 10;
          if (one.does === "enqueue") {
            const known = of(one.lane);
            if (known.pending.length === 0) known.due = now;
            await enqueue(under.store, ...Array.from({ length: one.count }, () => callback(one.lane, now)));
            for (let i = 0; i < one.count; i += 1) known.pending.push((known.last += 1));
            books.accepted += one.count;
            books.pending += one.count;
          } else if (one.does === "fail") {
            await failToEnqueue(under.store, callback(one.lane, now));
          } else if (one.does === "settle") {
            const known = of(one.lane);
            if (known.pending.length === 0) continue;
            const first = await head(under, one.lane);
            if (one.state === "retry") {
              known.due = now + 1_000;
              await under.outbox.settle([retry(first, known.due)], now);
              continue;
            }
            await under.outbox.settle([one.state === "dead" ? dead(first) : delivered(first)], now);
            known.pending.shift();
            known.due = now;
            books.pending -= 1;
            books[one.state] += 1;
          } else if (one.does === "cancel") {
            books.cancelled += await under.outbox.cancelPending(APP, now);
            books.pending = 0;
            for (const known of model.values()) known.pending = [];
          } else {
            under = await under.reopen();
          }
        }
        const { outbox } = under;
        expect(await outbox.ledger()).toEqual(books.accepted === 0 ? [] : [{ sdkAppId: APP, ...books }]);
        expect(books.delivered + books.pending + books.dead + books.cancelled).toBe(books.accepted);
        const due: unknown[] = [];
        for (const [each, known] of model) {
          const pending = await outbox.pending(APP, each, 0, 1_000);
          expect(pending.map(({ sequence }) => sequence)).toEqual(known.pending);
          if (known.pending.length > 0)
            due.push({ at: known.due, lane: each, settled: (known.pending[0] ?? 0) - 1, last: known.last });
        }
        const lately: unknown[] = [];
        for (const kind of ["fresh", "retrying"] as const) {
          const ofKind = (await dueOf(outbox, now + 1e6, 10, [kind])).map((one) => ({ at: of(one.lane).due, ...one }));
          expect(ofKind.map(({ at }) => at)).toEqual(ofKind.map(({ at }) => at).toSorted((x, y) => x - y));
          lately.push(...ofKind);
        }
        expect(lately).toHaveLength(due.length);
        expect(lately).toEqual(expect.arrayContaining(due));
        await under.close();
      }),
      { numRuns: 40 * share },
    );
  });
}
