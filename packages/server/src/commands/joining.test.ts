import { ErrorCode, groupTypes, type GroupType } from "@muster/protocol";
import { beforeEach, describe, expect, it } from "vitest";

import { NOW, openExecutor, type ExecutorUnderTest } from "../../../../test/harness/executor.ts";
import { capabilities } from "../group/capabilities.ts";
import { dayOf, defaultQuantities } from "../group/quantities.ts";
import type { Group, Role } from "../group/group.ts";
import { newMember } from "../group/new-member.ts";
import { addMembers } from "./add-members.ts";
import { banMembers } from "./ban-members.ts";
import { handleApplication } from "./handle-application.ts";
import { importMembers } from "./import-members.ts";
import { joinGroup } from "./join-group.ts";
import { leaveRoom } from "./leave-room.ts";
import { quitGroup } from "./quit-group.ts";
import { returnToRoom } from "./return-to-room.ts";
import { removeAccounts } from "./remove-accounts.ts";
import { removeMembers } from "./remove-members.ts";

const SECONDS = Math.floor(NOW / 1000);

let under: ExecutorUnderTest;
beforeEach(async () => {
  under = await openExecutor();
});

/** Puts a group of leckie's into the store, past all rules. */
async function given(
  type: GroupType,
  members: Readonly<Record<string, Role>> = { leckie: "Owner" },
  more: Partial<Group> = {},
): Promise<Group> {
  const group: Group = {
    groupId: type === "Community" ? "@TGS#_c" : `a-${type}`,
    type,
    name: "MyFirstGroup",
    introduction: "",
    notification: "",
    faceUrl: "",
    owner: members["leckie"] === "Owner" ? "leckie" : "",
    createTime: SECONDS - 100,
    lastInfoTime: SECONDS - 100,
    maxMembers: capabilities[type].maxMembers,
    applyJoinOption: "NeedPermission",
    inviteJoinOption: "FreeAccess",
    supportTopic: false,
    muteAll: false,
    customFields: {},
    ...more,
  };
  await under.arrange(async (tx) => {
    await tx.addGroup(group);
    if (!capabilities[type].keepsMembers) return;
    const rows = Object.entries(members).map(([userId, role]) => newMember("Public", userId, role, group.createTime));
    await tx.addMembers(group.groupId, rows);
  });
  return group;
}

const refusedWith = (code: number) => ({ ok: false, refusal: expect.objectContaining({ code }) });
const rolesIn = async (groupId: string) =>
  Object.fromEntries((await under.reads.members(groupId)).map(({ userId, role }) => [userId, role]));

const stateChange = (GroupId: string, EventType: string, EventCause: string): object => ({
  CallbackCommand: "Group.CallbackOnMemberStateChange",
  GroupId,
  EventType,
  EventCause,
  MemberList: [{ Member_Account: "peter" }],
  EventTime: NOW,
});

describe("joining", () => {
  const comes: Readonly<Record<GroupType, "joined" | "waits" | number>> = {
    Work: ErrorCode.NotPermitted,
    Public: "waits",
    Meeting: "joined",
    AVChatRoom: "joined",
    Community: "joined",
  };
  it.each(groupTypes)("a %s goes as its type says", async (type) => {
    const { groupId } = await given(type);
    const outcome = await under.executeAs("peter", joinGroup, { audience: [], groupId, note: "please" });
    const expected = comes[type];
    expect(outcome).toEqual(typeof expected === "number" ? refusedWith(expected) : { ok: true, result: expected });
    expect("peter" in (await rolesIn(groupId))).toBe(expected === "joined" && capabilities[type].keepsMembers);
    expect(await under.callbacks(groupId)).toEqual(
      expected === "joined"
        ? [
            {
              CallbackCommand: "Group.CallbackAfterNewMemberJoin",
              GroupId: groupId,
              Type: type === "Meeting" ? "ChatRoom" : type,
              JoinType: "Apply",
              Operator_Account: "peter",
              NewMemberList: [{ Member_Account: "peter" }],
              EventTime: NOW,
            },
            ...(type === "AVChatRoom" ? [stateChange(groupId, "Online", "Join")] : []),
          ]
        : [],
    );
  });

  it.each([
    ["FreeAccess", { ok: true, result: "joined" }],
    ["NeedPermission", { ok: true, result: "waits" }],
    ["DisableApply", refusedWith(ErrorCode.NotPermitted)],
  ] as const)("a public group goes as its ApplyJoinOption %s says", async (applyJoinOption, outcome) => {
    const { groupId } = await given("Public", undefined, { applyJoinOption });
    expect(await under.executeAs("peter", joinGroup, { audience: [], groupId, note: "" })).toEqual(outcome);
  });

  it("a group that is free to join does not look at its ApplyJoinOption", async () => {
    const { groupId } = await given("Meeting", undefined, { applyJoinOption: "DisableApply" });
    expect(await under.executeAs("peter", joinGroup, { audience: [], groupId, note: "" })).toEqual({
      ok: true,
      result: "joined",
    });
    expect(await under.reads.member(groupId, "peter")).toEqual(newMember("Meeting", "peter", "Member", SECONDS));
  });

  it("is refused to members, to a full group, and where there is no group", async () => {
    const { groupId } = await given("Meeting", { leckie: "Owner", peter: "Member" }, { maxMembers: 2 });
    expect(await under.executeAs("peter", joinGroup, { audience: [], groupId, note: "" })).toEqual(
      refusedWith(ErrorCode.AlreadyMember),
    );
    expect(await under.executeAs("bob", joinGroup, { audience: [], groupId, note: "" })).toEqual(
      refusedWith(ErrorCode.GroupFull),
    );
    expect(await under.executeAs("bob", joinGroup, { audience: [], groupId: "nowhere", note: "" })).toEqual(
      refusedWith(ErrorCode.GroupNotFound),
    );
    expect(under.told).toEqual([]);
  });

  it("is refused to whoever is in as many groups as a user may be, also by an application or to one", async () => {
    const app = { quantities: { ...defaultQuantities, groupsPerUser: 1 } };
    const join = (groupId: string) => under.executeAs("bob", joinGroup, { groupId, note: "", audience: [] }, app);
    const open = await given("Meeting");
    const asked = await given("Public");
    const live = await given("AVChatRoom");
    expect(await join(asked.groupId)).toEqual({ ok: true, result: "waits" });
    const own = await given("Work", { bob: "Member" });
    const before = await under.everything();
    expect(await join(open.groupId)).toEqual(refusedWith(ErrorCode.TooManyGroups));
    expect(await join(asked.groupId)).toEqual(refusedWith(ErrorCode.TooManyGroups));
    const accept = { groupId: asked.groupId, userId: "bob", accept: true, note: "" };
    expect(await under.execute(handleApplication, accept, {}, app)).toEqual(refusedWith(ErrorCode.TooManyGroups));
    expect(await under.everything()).toEqual(before);
    expect(await under.reads.application(asked.groupId, "bob"), "it still waits").toBeDefined();

    expect(await join(live.groupId), "nothing is kept of who is in it").toEqual({ ok: true, result: "joined" });
    await under.executeAs("bob", quitGroup, { groupId: own.groupId, audience: [], newest: new Set<string>() }, app);
    expect(await under.execute(handleApplication, accept, {}, app)).toMatchObject({ ok: true });
  });

  it("takes the last place, which is told as well", async () => {
    const { groupId } = await given("Meeting", undefined, { maxMembers: 2 });
    await under.executeAs("peter", joinGroup, { audience: [], groupId, note: "" });
    expect((await under.callbacks(groupId)).map((body) => body["CallbackCommand"])).toEqual([
      "Group.CallbackAfterNewMemberJoin",
      "Group.CallbackAfterGroupFull",
    ]);
  });
});

describe("a group that keeps no members", () => {
  const audience = ["peter"];
  const newest = new Set(audience);

  it("is joined by whoever is not in it and not banned; nothing is stored", async () => {
    const { groupId } = await given("AVChatRoom");
    const input = { groupId, note: "", audience };
    expect(await under.executeAs("bob", joinGroup, input)).toEqual({ ok: true, result: "joined" });
    expect(await under.executeAs("peter", joinGroup, input)).toEqual(refusedWith(ErrorCode.AlreadyMember));
    expect(await under.reads.members(groupId)).toEqual([]);
    await under.execute(banMembers, { groupId, userIds: ["bob"], banFor: 60, most: 50, audience, newest });
    expect(await under.executeAs("bob", joinGroup, input)).toEqual(refusedWith(ErrorCode.NotPermitted));
    await under.execute(banMembers, { groupId, userIds: ["bob"], banFor: 0, most: 50, audience, newest });
    expect(await under.executeAs("bob", joinGroup, input)).toEqual({ ok: true, result: "joined" });
  });

  it("is left by those who are in it, of themselves or by a ban", async () => {
    const { groupId } = await given("AVChatRoom");
    expect(await under.executeAs("bob", quitGroup, { groupId, audience, newest })).toEqual(
      refusedWith(ErrorCode.NotPermitted),
    );
    expect(await under.executeAs("peter", quitGroup, { groupId, audience, newest })).toEqual({
      ok: true,
      result: { groupId },
    });
    await under.execute(banMembers, { groupId, userIds: ["bob", "peter"], banFor: 60, most: 50, audience, newest });
    const exit = { CallbackCommand: "Group.CallbackAfterMemberExit", ExitMemberList: [{ Member_Account: "peter" }] };
    expect(await under.callbacks(groupId)).toMatchObject([
      { ...exit, ExitType: "Quit", Operator_Account: "peter" },
      stateChange(groupId, "Offline", "Quit"),
      { ...exit, ExitType: "Kicked", Operator_Account: "administrator" },
      stateChange(groupId, "Offline", "Quit"),
    ]);
    expect(await under.reads.group(groupId)).toBeDefined();
  });

  it("tells of the going of those only who came last", async () => {
    const { groupId } = await given("AVChatRoom");
    const unseen = { audience, newest: new Set<string>() };
    await under.executeAs("peter", quitGroup, { groupId, ...unseen });
    await under.execute(banMembers, { groupId, userIds: ["peter"], banFor: 60, most: 50, ...unseen });
    const commands = (await under.callbacks(groupId)).map((body) => body["CallbackCommand"]);
    expect(commands).toEqual(["Group.CallbackAfterMemberExit", "Group.CallbackAfterMemberExit"]);
  });

  it("is left for good by who is away too long, and returned to by who is not banned, which the app alone hears", async () => {
    const { groupId } = await given("AVChatRoom");
    await under.execute(leaveRoom, { groupId, userId: "peter", change: "HeartbeatInterrupt" });
    expect(await under.executeAs("peter", returnToRoom, { groupId })).toEqual({ ok: true, result: {} });
    expect(await under.callbacks(groupId)).toEqual([
      stateChange(groupId, "Offline", "HeartbeatInterrupt"),
      stateChange(groupId, "Online", "HeartbeatRecover"),
    ]);
    await under.execute(banMembers, { groupId, userIds: ["peter"], banFor: 60, most: 50, audience: [], newest });
    const refused = refusedWith(ErrorCode.NotPermitted);
    expect(await under.executeAs("peter", returnToRoom, { groupId })).toEqual(refused);
    expect(await under.executeAs("peter", returnToRoom, { groupId: (await given("Meeting")).groupId })).toEqual(
      refused,
    );
    expect(await under.executeAs("peter", returnToRoom, { groupId: "nowhere" })).toEqual(
      refusedWith(ErrorCode.GroupNotFound),
    );
  });
});

describe("an import", () => {
  const bring = (groupId: string, joinTime?: number) =>
    under.execute(importMembers, { groupId, members: [{ userId: "bob", role: "Member", joinTime }], most: 300 });

  it("that says no time is of now, and not before the group's creation, which may be by a clock that is ahead", async () => {
    const { groupId } = await given("Public", undefined, { createTime: SECONDS + 1 });
    expect(await bring(groupId, SECONDS)).toEqual(refusedWith(ErrorCode.InvalidParameter));
    expect(await bring(groupId)).toMatchObject({ ok: true, result: [{ userId: "bob", result: 1 }] });
    expect(await under.reads.member(groupId, "bob")).toMatchObject({ joinTime: SECONDS + 1 });
  });
});

describe("an application", () => {
  it("waits until somebody decides; a second one takes the place of the first", async () => {
    const { groupId } = await given("Public");
    await under.executeAs("peter", joinGroup, { audience: [], groupId, note: "please" });
    await under.executeAs("peter", joinGroup, { audience: [], groupId, note: "pretty please" });
    const application = { groupId, userId: "peter", inviter: "", note: "pretty please", time: SECONDS };
    expect(await under.reads.applications(groupId)).toEqual([application]);
    expect(under.told.at(-1)).toMatchObject({ kind: "applications-made", applications: [application] });
  });

  it.each(["leckie", "bob"])("is accepted by the owner or an admin: %s", async (decider) => {
    const { groupId } = await given("Public", { leckie: "Owner", bob: "Admin" }, { maxMembers: 3 });
    await under.executeAs("peter", joinGroup, { audience: [], groupId, note: "" });
    const input = { groupId, userId: "peter", accept: true, note: "welcome" };
    expect(await under.executeAs(decider, handleApplication, input)).toEqual({ ok: true, result: { groupId } });
    expect(await rolesIn(groupId)).toEqual({ leckie: "Owner", bob: "Admin", peter: "Member" });
    expect(await under.reads.applications(groupId)).toEqual([]);
    expect(await under.callbacks(groupId)).toMatchObject([
      {
        CallbackCommand: "Group.CallbackAfterNewMemberJoin",
        JoinType: "Apply",
        Operator_Account: decider,
        NewMemberList: [{ Member_Account: "peter" }],
      },
      { CallbackCommand: "Group.CallbackAfterGroupFull" },
    ]);
    expect(under.told.slice(1)).toMatchObject([
      { kind: "application-handled", accepted: true, note: "welcome", application: { userId: "peter" } },
      { kind: "members-joined", hadWaited: true },
      { kind: "group-full" },
    ]);
    expect(await under.executeAs(decider, handleApplication, input)).toEqual(refusedWith(ErrorCode.ApplicationHandled));
  });

  it("that is refused leaves nothing, and can be made again", async () => {
    const { groupId } = await given("Public");
    await under.executeAs("peter", joinGroup, { audience: [], groupId, note: "" });
    const input = { groupId, userId: "peter", accept: false, note: "no" };
    expect(await under.executeAs("leckie", handleApplication, input)).toEqual({ ok: true, result: { groupId } });
    expect(await rolesIn(groupId)).toEqual({ leckie: "Owner" });
    expect(await under.callbacks(groupId)).toEqual([]);
    expect(under.told.at(-1)).toMatchObject({ kind: "application-handled", accepted: false, note: "no" });
    expect(await under.executeAs("peter", joinGroup, { audience: [], groupId, note: "" })).toEqual({
      ok: true,
      result: "waits",
    });
  });

  it("is nobody else's to decide, and stays where the group is full", async () => {
    const { groupId } = await given("Public", { leckie: "Owner", bob: "Member" }, { maxMembers: 3 });
    await under.executeAs("peter", joinGroup, { audience: [], groupId, note: "" });
    const input = { groupId, userId: "peter", accept: true, note: "" };
    for (const userId of ["peter", "bob"]) {
      expect(await under.executeAs(userId, handleApplication, input)).toEqual(refusedWith(ErrorCode.NotPermitted));
    }
    await under.execute(addMembers, { groupId, userIds: ["administrator"], silent: true, most: 300 });
    expect(await under.executeAs("leckie", handleApplication, input)).toEqual(refusedWith(ErrorCode.GroupFull));
    expect(await under.reads.applications(groupId)).toHaveLength(1);
  });

  it("goes with the user, and with the group, and once its user is in by another way", async () => {
    const { groupId } = await given("Public");
    await under.executeAs("peter", joinGroup, { audience: [], groupId, note: "" });
    await under.execute(addMembers, { groupId, userIds: ["peter"], silent: true, most: 300 });
    expect(await under.reads.applications(groupId)).toEqual([]);
    await under.executeAs("bob", joinGroup, { audience: [], groupId, note: "" });
    const bob = { userId: "bob", role: "Member", joinTime: undefined } as const;
    await under.execute(importMembers, { groupId, members: [bob], most: 300 });
    expect(await under.reads.applications(groupId), "brought in from elsewhere").toEqual([]);
    await under.execute(removeMembers, { groupId, userIds: ["bob"], silent: true, most: 100 });
    await under.executeAs("bob", joinGroup, { audience: [], groupId, note: "" });
    await under.execute(removeAccounts, { userIds: ["bob"], most: 100 });
    expect(await under.reads.applications(groupId)).toEqual([]);
  });
});

describe("an invitation", () => {
  const invite = (userId: string, groupId: string, userIds: readonly string[]) =>
    under.executeAs(userId, addMembers, { groupId, userIds, silent: false, most: 300 });
  const ofPeter = { leckie: "Owner", peter: "Member" } as const;

  it("by a member brings users in at once", async () => {
    const { groupId } = await given("Work", ofPeter);
    expect(await invite("peter", groupId, ["bob", "peter", "nobody"])).toEqual({
      ok: true,
      result: [
        { userId: "bob", result: 1 },
        { userId: "peter", result: 2 },
        { userId: "nobody", result: 0 },
      ],
    });
    expect(await under.callbacks(groupId)).toMatchObject([
      { JoinType: "Invited", Operator_Account: "peter", NewMemberList: [{ Member_Account: "bob" }] },
    ]);
  });

  it("waits for the owner or an admin where the group wants that, unless it is theirs", async () => {
    const { groupId } = await given("Work", ofPeter, { inviteJoinOption: "NeedPermission" });
    expect(await invite("peter", groupId, ["bob", "leckie", "nobody"])).toEqual({
      ok: true,
      result: [
        { userId: "bob", result: 3 },
        { userId: "leckie", result: 2 },
        { userId: "nobody", result: 0 },
      ],
    });
    expect(await rolesIn(groupId)).toEqual(ofPeter);
    expect(await under.callbacks(groupId)).toEqual([]);
    expect(await under.reads.applications(groupId)).toMatchObject([{ userId: "bob", inviter: "peter" }]);

    await under.executeAs("leckie", handleApplication, { groupId, userId: "bob", accept: true, note: "" });
    expect(await under.callbacks(groupId)).toMatchObject([
      { JoinType: "Invited", Operator_Account: "leckie", NewMemberList: [{ Member_Account: "bob" }] },
    ]);
    expect(await invite("leckie", groupId, ["administrator"])).toMatchObject({ ok: true, result: [{ result: 1 }] });
  });

  it("is refused where the group takes none, but not to the app's administrators", async () => {
    const { groupId } = await given("Work", ofPeter, { inviteJoinOption: "DisableInvite" });
    for (const userId of ["peter", "leckie"]) {
      expect(await invite(userId, groupId, ["bob"])).toEqual(refusedWith(ErrorCode.NotPermitted));
    }
    const input = { groupId, userIds: ["bob"], silent: false, most: 300 };
    expect(await under.execute(addMembers, input)).toMatchObject({ ok: true, result: [{ result: 1 }] });
  });
});

describe("quitting", () => {
  it.each(groupTypes.filter((type) => capabilities[type].keepsMembers))("a %s is up to each member", async (type) => {
    const { groupId } = await given(type, { leckie: "Owner", peter: "Member" });
    expect(await under.executeAs("peter", quitGroup, { audience: [], newest: new Set<string>(), groupId })).toEqual({
      ok: true,
      result: { groupId },
    });
    expect(await rolesIn(groupId)).toEqual({ leckie: "Owner" });
    expect(await under.callbacks(groupId)).toMatchObject([
      {
        CallbackCommand: "Group.CallbackAfterMemberExit",
        ExitType: "Quit",
        Operator_Account: "peter",
        ExitMemberList: [{ Member_Account: "peter" }],
        EventTime: NOW,
      },
    ]);
    expect(await under.executeAs("peter", quitGroup, { audience: [], newest: new Set<string>(), groupId })).toEqual(
      refusedWith(ErrorCode.NotPermitted),
    );
  });

  it("a Work is open to its owner as well, and it has none then", async () => {
    const { groupId } = await given("Work", { leckie: "Owner", peter: "Member" });
    expect(await under.executeAs("leckie", quitGroup, { audience: [], newest: new Set<string>(), groupId })).toEqual({
      ok: true,
      result: { groupId },
    });
    expect(await under.reads.group(groupId)).toMatchObject({ owner: "" });
    expect(await rolesIn(groupId)).toEqual({ peter: "Member" });
  });

  it.each(groupTypes.filter((type) => type !== "Work"))("a %s is not open to its owner", async (type) => {
    const { groupId } = await given(type, { leckie: "Owner", peter: "Member" });
    expect(await under.executeAs("leckie", quitGroup, { audience: [], newest: new Set<string>(), groupId })).toEqual(
      refusedWith(ErrorCode.OwnerMayNotQuit),
    );
    expect(await under.reads.group(groupId)).toMatchObject({ owner: "leckie" });
    expect(await under.callbacks(groupId)).toEqual([]);
  });

  it("as the last member ends the group", async () => {
    const { groupId } = await given("Work");
    await under.executeAs("leckie", quitGroup, { audience: [], newest: new Set<string>(), groupId });
    expect(await under.reads.group(groupId)).toBeUndefined();
    expect(await under.callbacks(groupId)).toEqual([
      {
        CallbackCommand: "Group.CallbackAfterMemberExit",
        GroupId: groupId,
        Type: "Private",
        ExitType: "Quit",
        Operator_Account: "leckie",
        ExitMemberList: [{ Member_Account: "leckie" }],
        EventTime: NOW,
      },
      {
        CallbackCommand: "Group.CallbackAfterGroupDestroyed",
        GroupId: groupId,
        Type: "Private",
        Owner_Account: "",
        Name: "MyFirstGroup",
        MemberList: [],
        EventTime: NOW,
      },
    ]);
    expect(await under.reads.growth(dayOf(NOW)), "there is room for another").toEqual({ net: -1, alarmed: false });
  });
});
