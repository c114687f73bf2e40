import type { NoticeFrame } from "@muster/protocol";
import fc from "fast-check";
import { describe, expect, it } from "vitest";

import type { Group } from "../group/group.ts";
import { newMember } from "../group/new-member.ts";
import type { Missed, MissedLimit, NewNotice, Notice, NoticeLog, RoomStay } from "../ports/notice-log.ts";
import type { GroupWrites, Store } from "../ports/store.ts";

/** A store under test, as far as it keeps what app users are told. */
export interface NoticesUnderTest {
  readonly store: Store;
  readonly notices: NoticeLog;
  /** Whether works that are handed in together are done in that order. */
  readonly keepsOrder: boolean;
  close(): Promise<void>;
  /** Closes it and opens it again on the same data. */
  reopen(): Promise<NoticesUnderTest>;
}

const APP = 1400000001;
const OTHER_APP = 1400000002;
const NOW = 1_700_000_000_000;
const plenty: MissedLimit = { notices: 100, bytes: 1e9 };

const text = (content: string, groupId = "chess"): NoticeFrame => ({
  event: "systemNotification",
  body: { groupId, name: "n", text: content },
});
const toMembers = (content: string, groupId = "chess"): NewNotice => ({
  groupId,
  audience: "members",
  users: [],
  frame: text(content, groupId),
  at: NOW,
});
const group = (groupId: string): Group => ({
  groupId,
  type: "Public",
  name: "n",
  introduction: "",
  notification: "",
  faceUrl: "",
  owner: "",
  createTime: 1,
  lastInfoTime: 1,
  maxMembers: 100,
  applyJoinOption: "FreeAccess",
  inviteJoinOption: "FreeAccess",
  supportTopic: false,
  muteAll: false,
  customFields: {},
});

/** What every store does with what app users are told. */
export function noticesContract(name: string, opened: () => Promise<NoticesUnderTest>, share: number): void {
  /** A store in which an app is listened to and has a group with members. */
  async function heard(...members: readonly string[]): Promise<NoticesUnderTest> {
    const under = await opened();
    await under.notices.listen(APP, NOW);
    await under.store.write(APP, (tx) => founded(tx, "chess", members));
    return under;
  }

  async function founded(tx: GroupWrites, groupId: string, members: readonly string[]): Promise<void> {
    await tx.addGroup(group(groupId));
    await tx.addMembers(groupId, members.map(member));
  }

  const member = (userId: string) => newMember("Public", userId, "Member", 1);

  const texts = (missed: Missed): string[] =>
    missed.complete
      ? missed.frames.map(({ body }) => ("text" in body ? body.text : "?"))
      : [`not complete at ${missed.position}`];

  async function missedBy(
    notices: NoticeLog,
    userId: string,
    after = 0,
    rooms: readonly RoomStay[] = [],
    limit: Partial<MissedLimit> = {},
  ): Promise<string[]> {
    return texts(await notices.missed(APP, userId, after, rooms, { ...plenty, ...limit }));
  }

  describe(`${name}: what app users are told`, () => {
    it("is kept for apps alone that somebody listens to, in order, with its position, across a restart", async () => {
      const under = await heard("peter");
      await under.store.write(OTHER_APP, async (tx) => {
        expect(tx.hasListeners).toBe(false);
      });
      await under.store.write(APP, async (tx) => {
        expect(tx.hasListeners).toBe(true);
        await tx.addNotice(toMembers("one"));
        await tx.addNotice(toMembers("two"));
      });
      const again = await under.reopen();
      expect(await again.notices.missed(APP, "peter", 0, [], plenty)).toEqual({
        complete: true,
        frames: [
          { ...text("one"), position: 1 },
          { ...text("two"), position: 2 },
        ],
      });
      expect(await missedBy(again.notices, "peter", 1)).toEqual(["two"]);
      expect(await missedBy(again.notices, "peter", 2)).toEqual([]);
      expect(await again.notices.position(APP)).toBe(2);
      await again.store.write(APP, async (tx) => {
        expect(tx.hasListeners).toBe(true);
      });
    });

    it("is heard of once it is on disk, and only what stands", async () => {
      const { store, notices, keepsOrder } = await heard("peter");
      const added: Notice[] = [];
      notices.onCommitted((some) => added.push(...some));
      const works = [
        store.write(APP, (tx) => tx.addNotice(toMembers("one"))),
        store.write(APP, async (tx) => {
          await tx.addNotice(toMembers("undone"));
          throw new Error("no");
        }),
        store.write(APP, (tx) => tx.addNotice(toMembers("two"))),
      ];
      const ends = await Promise.allSettled(works);
      expect(ends.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"]);
      const place = { sdkAppId: APP };
      const order = await missedBy(notices, "peter");
      expect(keepsOrder ? order : order.toSorted()).toEqual(["one", "two"]);
      const [first = "", second = ""] = order;
      expect(added.toSorted((a, b) => a.position - b.position)).toEqual([
        { ...toMembers(first), ...place, position: 1, change: 1 },
        { ...toMembers(second), ...place, position: 2, change: 2 },
      ]);
    });

    it("is for a member what has happened since joining, that included", async () => {
      const { store, notices } = await heard("leckie");
      await store.write(APP, (tx) => tx.addNotice(toMembers("before")));
      await store.write(APP, async (tx) => {
        await tx.addMembers("chess", [member("peter")]);
        await tx.addNotice(toMembers("joins"));
      });
      expect(await missedBy(notices, "peter")).toEqual(["joins"]);
      expect(await missedBy(notices, "leckie")).toEqual(["before", "joins"]);
      expect(await missedBy(notices, "bob")).toEqual([]);
    });

    it("is for who has left all of the change that ended it, and nothing later", async () => {
      const { store, notices } = await heard("leckie", "peter");
      await store.write(APP, (tx) => tx.addNotice(toMembers("before")));
      await store.write(APP, async (tx) => {
        await founded(tx, "go", ["peter"]);
        await tx.removeMembers("chess", ["peter"]);
        await tx.removeMembers("go", ["peter"]);
        await tx.addNotice(toMembers("leaves chess"));
        await tx.addNotice(toMembers("leaves go", "go"));
      });
      await store.write(APP, (tx) => tx.addNotice(toMembers("after")));
      await store.write(APP, (tx) => tx.addNotice(toMembers("after", "go")));
      expect(await missedBy(notices, "peter")).toEqual(["before", "leaves chess", "leaves go"]);
      expect(await missedBy(notices, "leckie")).toEqual(["before", "leaves chess", "after"]);
    });

    it("is for who was removed silently nothing later either", async () => {
      const { store, notices } = await heard("peter");
      await store.write(APP, (tx) => tx.removeMembers("chess", ["peter"]));
      await store.write(APP, (tx) => tx.addNotice(toMembers("after")));
      expect(await missedBy(notices, "peter")).toEqual([]);
      await store.write(APP, (tx) => tx.addMembers("chess", [member("peter")]));
      await store.write(APP, (tx) => tx.addNotice(toMembers("back")));
      expect(await missedBy(notices, "peter")).toEqual(["back"]);
    });

    it("is for all members the end of their group, also where its id is used again", async () => {
      const { store, notices } = await heard("leckie", "peter");
      await store.write(APP, async (tx) => {
        await tx.removeGroup("chess");
        await tx.addNotice(toMembers("ends"));
      });
      await store.write(APP, async (tx) => {
        await founded(tx, "chess", ["peter"]);
        await tx.addNotice(toMembers("anew"));
      });
      expect(await missedBy(notices, "leckie")).toEqual(["ends"]);
      expect(await missedBy(notices, "peter")).toEqual(["ends", "anew"]);
    });

    it("can be for some users alone, or for who is in a room, each once", async () => {
      const { store, notices } = await heard("leckie", "peter");
      await store.write(APP, async (tx) => {
        await tx.addNotice({ ...toMembers("for bob and peter"), audience: "users", users: ["bob", "peter"] });
        await tx.addNotice({ ...toMembers("in the room", "live"), audience: "room" });
        await tx.addNotice({ ...toMembers("the room ends", "live"), audience: "room", users: ["bob"] });
      });
      expect(await missedBy(notices, "peter")).toEqual(["for bob and peter"]);
      expect(await missedBy(notices, "leckie")).toEqual([]);
      expect(await missedBy(notices, "bob", 0, [["live", 0]])).toEqual([
        "for bob and peter",
        "in the room",
        "the room ends",
      ]);
      expect(await missedBy(notices, "leckie", 0, [["live", 2]])).toEqual(["the room ends"]);
      expect(await missedBy(notices, "leckie", 0, [["chess", 0]])).toEqual([]);
      expect(await notices.hasLeft(APP, "bob", "live", 2)).toBe(true);
      expect(await notices.hasLeft(APP, "bob", "live", 3)).toBe(false);
      expect(await notices.hasLeft(APP, "bob", "chess", 0)).toBe(false);
      expect(await notices.hasLeft(APP, "leckie", "live", 0)).toBe(false);
    });

    it("concerned those who were members right then, whenever that is asked", async () => {
      const { store, notices } = await heard("leckie", "peter");
      const added: Notice[] = [];
      notices.onCommitted((some) => added.push(...some));
      await store.write(APP, (tx) => tx.addNotice(toMembers("one")));
      await store.write(APP, async (tx) => {
        await tx.removeMembers("chess", ["peter"]);
        await tx.addMembers("chess", [member("bob")]);
        await tx.addNotice(toMembers("two"));
      });
      await store.write(APP, (tx) => tx.addNotice(toMembers("three")));
      const everybody = ["bob", "leckie", "peter"];
      for (const asked of [everybody, ["peter"], ["bob"], [...everybody, "a", "b", "c"]]) {
        const found = await Promise.all(
          added.map(async (notice) => {
            const recipients = await notices.recipients(notice, asked);
            return asked.filter((userId) => recipients.includes(userId));
          }),
        );
        const were = [["leckie", "peter"], everybody, ["bob", "leckie"]];
        expect(found).toEqual(were.map((those) => asked.filter((userId) => those.includes(userId))));
      }
    });

    it("is not told where it is more than is asked for, or not all there", async () => {
      const { store, notices } = await heard("peter");
      for (const content of ["one", "two", "three"]) await store.write(APP, (tx) => tx.addNotice(toMembers(content)));
      expect(await missedBy(notices, "peter", 0, [], { notices: 3 })).toEqual(["one", "two", "three"]);
      expect(await missedBy(notices, "peter", 0, [], { notices: 2 })).toEqual(["not complete at 3"]);
      expect(await missedBy(notices, "peter", 4)).toEqual(["not complete at 3"]);
      const other = await notices.position(OTHER_APP);
      expect(texts(await notices.missed(OTHER_APP, "peter", other, [], plenty))).toEqual([`not complete at ${other}`]);
      await notices.listen(OTHER_APP, NOW);
      expect(texts(await notices.missed(OTHER_APP, "peter", other - 1, [], plenty))).toEqual([
        `not complete at ${other}`,
      ]);
      expect(texts(await notices.missed(OTHER_APP, "peter", other, [], plenty))).toEqual([]);
    });

    it("is not told where it is longer than is asked for, but for one alone", async () => {
      const { store, notices } = await heard("peter");
      const long = (letter: string): string => letter.repeat(1_000);
      await store.write(APP, (tx) => tx.addNotice(toMembers(long("ä"))));
      expect(await missedBy(notices, "peter", 0, [], { bytes: 10 })).toEqual([long("ä")]);
      await store.write(APP, (tx) => tx.addNotice(toMembers(long("b"))));
      // What is told in two bytes counts as two.
      expect(await missedBy(notices, "peter", 0, [], { bytes: 3_000 })).toEqual(["not complete at 2"]);
      expect(await missedBy(notices, "peter", 0, [], { bytes: 3_300 })).toEqual([long("ä"), long("b")]);
      expect(await missedBy(notices, "peter", 1, [], { bytes: 3_000 })).toEqual([long("b")]);
    });

    it("is forgotten also behind what a clock was ahead for", async () => {
      const { store, notices } = await heard("peter");
      const at = (time: number): Promise<void> =>
        store.write(APP, (tx) => tx.addNotice({ ...toMembers(`at ${time}`), at: time }));
      const LATER = NOW + 3_600_000;
      for (const time of [NOW, NOW + 1e12, NOW + 1, LATER, LATER + 1]) await at(time);
      await notices.listen(APP, LATER);
      while (await notices.forget(LATER));
      expect(await missedBy(notices, "peter", 3)).toEqual([`at ${LATER}`, `at ${LATER + 1}`]);
      expect(await missedBy(notices, "peter", 2)).toEqual(["not complete at 5"]);
    });

    it("is forgotten from the front when it is old, and with it apps that nobody has listened to since", async () => {
      const { store, notices, reopen } = await heard("leckie", "peter");
      for (let i = 1; i <= 1_200; i += 1) {
        const notice = { ...toMembers(`n${i}`), at: i <= 1_100 ? NOW : NOW + 10, users: ["bob"] };
        await store.write(APP, (tx) => tx.addNotice(notice));
        if (i === 600) await store.write(APP, (tx) => tx.removeMembers("chess", ["leckie"]));
      }
      await notices.listen(APP, NOW + 3_600_000);
      expect(await notices.forget(NOW)).toBe(false);
      const rounds = [];
      while (await notices.forget(NOW + 5)) rounds.push(await missedBy(notices, "peter", 0));
      expect(rounds).toEqual([["not complete at 1201"], ["not complete at 1201"]]);
      for (const userId of ["peter", "bob"]) {
        expect(await missedBy(notices, userId, 1_100)).toEqual(["not complete at 1201"]);
        expect(await missedBy(notices, userId, 1_101)).toHaveLength(100);
      }
      expect(await missedBy(notices, "leckie", 1_101)).toEqual([]);

      await notices.forget(NOW + 3_600_001);
      expect(await missedBy(notices, "peter", 1_201)).toEqual(["not complete at 1201"]);
      const again = await reopen();
      await again.store.write(APP, async (tx) => {
        expect(tx.hasListeners).toBe(false);
      });
    });

    it("is the same, read later, as it was told to those who were there", async () => {
      const users = ["leckie", "peter", "bob"];
      const groups = ["chess", "go"];
      const step = fc.record({
        groupId: fc.constantFrom(...groups),
        userId: fc.constantFrom(...users),
        does: fc.constantFrom("join", "leave", "tell", "end", "join silently", "leave silently"),
        together: fc.boolean(),
      });
      await fc.assert(
        fc.asyncProperty(fc.array(step, { maxLength: 40 }), async (steps) => {
          const under = await opened();
          const { store, notices, keepsOrder } = under;
          await notices.listen(APP, NOW);
          await store.write(APP, async (tx) => {
            for (const groupId of groups) await tx.addGroup(group(groupId));
          });
          const told = new Map(users.map((userId) => [userId, [] as string[]]));
          const members = new Map(groups.map((groupId) => [groupId, new Set<string>()]));
          const works: Promise<void>[] = [];
          for (const [i, { groupId, userId, does, together }] of steps.entries()) {
            const those = members.get(groupId) ?? new Set();
            const [verb, silently] = does.split(" ");
            if (verb === "join" ? those.has(userId) : verb === "leave" && !those.has(userId)) continue;
            const concerned = new Set(verb === "join" ? [...those, userId] : those);
            if (verb === "join") those.add(userId);
            if (verb === "leave") those.delete(userId);
            if (verb === "end") those.clear();
            if (!silently) for (const one of concerned) told.get(one)?.push(String(i));
            works.push(
              store.write(APP, async (tx) => {
                if (verb === "join") await tx.addMembers(groupId, [member(userId)]);
                if (verb === "leave") await tx.removeMembers(groupId, [userId]);
                if (verb === "end") await tx.removeGroup(groupId);
                if (verb === "end") await tx.addGroup(group(groupId));
                if (!silently) await tx.addNotice(toMembers(String(i), groupId));
              }),
            );
            if (!together || !keepsOrder) await Promise.all(works);
          }
          await Promise.all(works);
          for (const userId of users) expect(await missedBy(notices, userId)).toEqual(told.get(userId));
          await under.close();
        }),
        { numRuns: 60 * share },
      );
    });
  });
}
