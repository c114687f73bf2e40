import { ErrorCode } from "@muster/protocol";
import { describe, expect, it } from "vitest";

import { NOW, openExecutor, type ExecutorUnderTest } from "../../../../test/harness/executor.ts";
import type { App } from "../app-settings.ts";
import type { Caller } from "../context.ts";
import type { Group } from "../group/group.ts";
import { newMember } from "../group/new-member.ts";
import { createGroup, type CreateGroup } from "./create-group.ts";
import { destroyGroup } from "./destroy-group.ts";

/** What a caller gives who gives no more than must be. */
const least: CreateGroup = {
  type: "Public",
  name: "Chess",
  groupId: undefined,
  owner: undefined,
  introduction: "",
  notification: "",
  faceUrl: "",
  maxMembers: undefined,
  applyJoinOption: undefined,
  inviteJoinOption: undefined,
  supportTopic: false,
  customFields: [],
  members: [],
  mostMembers: 100,
};
const as = (role: "Admin" | "Member", ...userIds: string[]): CreateGroup["members"] =>
  userIds.map((userId) => ({ userId, role }));
const members = (...userIds: string[]): CreateGroup["members"] => as("Member", ...userIds);
const manyMembers = (count: number): CreateGroup["members"] =>
  members(...Array.from({ length: count }, (_, i) => `user-${i}`));

async function created(under: ExecutorUnderTest, input: Partial<CreateGroup>): Promise<Group> {
  const outcome = await under.execute(createGroup, { ...least, ...input });
  if (!outcome.ok) throw new Error(`refused: ${outcome.refusal.code} ${outcome.refusal.info}`);
  return outcome.result;
}

describe("creating a group is refused, and nothing is changed,", () => {
  const noFeatures: Partial<App> = { features: { community: false, topic: false } };
  const noTopics: Partial<App> = { features: { community: true, topic: false } };
  const { FeatureNotEnabled, GroupFull, GroupIdTaken, GroupIdTakenBySelf, InvalidParameter } = ErrorCode;
  const { NotPermitted, TooManyAccounts, UserNotFound } = ErrorCode;

  it.each<[string, Partial<CreateGroup>, number, { app?: Partial<App>; caller?: Partial<Caller> }?]>([
    ["of no type", { type: "" }, InvalidParameter],
    ["of a type that there is not", { type: "BChatRoom" }, InvalidParameter],
    ["of a type in other letters", { type: "public" }, InvalidParameter],
    ["that is a community where the app has none", { type: "Community" }, FeatureNotEnabled, { app: noFeatures }],
    [
      "with topics where the app has none",
      { type: "Community", supportTopic: true },
      FeatureNotEnabled,
      { app: noTopics },
    ],
    ["with topics that is no community", { type: "Public", supportTopic: true }, NotPermitted],
    ["that keeps no members, with members", { type: "AVChatRoom", members: members("bob") }, NotPermitted],
    ["of a type without admins, with one", { type: "Work", members: as("Admin", "bob") }, NotPermitted],
    ["for more members than its type may have", { type: "Work", maxMembers: 6_001 }, InvalidParameter],
    ["that is a community for more than it may have", { type: "Community", maxMembers: 100_001 }, InvalidParameter],
    ["with more members than one call takes", { members: manyMembers(101) }, TooManyAccounts],
    ["with more members than it may have", { maxMembers: 2, members: members("leckie", "peter", "bob") }, GroupFull],
    ["whose owner is one too many", { maxMembers: 2, owner: "leckie", members: members("peter", "bob") }, GroupFull],
    ["whose id is empty", { groupId: "" }, InvalidParameter],
    ["whose id has 49 bytes", { groupId: "x".repeat(49) }, InvalidParameter],
    ["whose id is not ASCII", { groupId: "schäch" }, InvalidParameter],
    ["whose id has a line break", { groupId: "a\nb" }, InvalidParameter],
    ["whose id looks like a generated one", { groupId: "@TGS#2ABC" }, InvalidParameter],
    ["whose id looks like a topic's", { groupId: "a@TOPIC#_b" }, InvalidParameter],
    ["that is a community, whose id is not one's", { type: "Community", groupId: "chess" }, InvalidParameter],
    ["that is a community, whose id is the prefix", { type: "Community", groupId: "@TGS#_" }, InvalidParameter],
    [
      "that is a community, whose id looks generated",
      { type: "Community", groupId: "@TGS#_@TGS#c1" },
      InvalidParameter,
    ],
    ["with a custom field that the app has not", { customFields: [["Other", "x"]] }, InvalidParameter],
    ["whose owner is unknown", { owner: "nobody" }, UserNotFound],
    ["with a member who is unknown", { owner: "leckie", members: members("bob", "nobody") }, UserNotFound],
    ["whose id is taken by another's group", { groupId: "taken", owner: "bob" }, GroupIdTaken],
    ["whose id is taken, by nobody in particular", { groupId: "taken" }, GroupIdTaken],
    ["whose id is taken by the owner's own group", { groupId: "taken", owner: "leckie" }, GroupIdTakenBySelf],
    [
      "whose id is taken by the caller's own group",
      { groupId: "taken" },
      GroupIdTakenBySelf,
      { caller: { userId: "leckie" } },
    ],
    ["whose id is taken by a group without an owner", { groupId: "nobody's", owner: "leckie" }, GroupIdTaken],
  ])("%s", async (_which, input, code, { app, caller } = {}) => {
    const under = await openExecutor();
    await created(under, { groupId: "taken", owner: "leckie" });
    await created(under, { groupId: "nobody's", type: "Work" });
    const before = await under.everything();
    const told = under.told.length;
    const outcome = await under.execute(createGroup, { ...least, ...input }, caller, app);
    expect(outcome).toMatchObject({ ok: false, refusal: { code } });
    expect(outcome.ok ? "" : outcome.refusal.info).toMatch(/./);
    expect(await under.everything()).toEqual(before);
    expect(under.told).toHaveLength(told);
  });

  it("and the unknown users are named, ten at most", async () => {
    const under = await openExecutor();
    const outcome = await under.execute(createGroup, { ...least, owner: "leckie", members: manyMembers(12) });
    const ten = Array.from({ length: 10 }, (_, i) => `user-${i}`).join(", ");
    expect(outcome).toMatchObject({
      ok: false,
      refusal: { code: UserNotFound, info: expect.stringMatching(`: ${ten}$`) },
    });
  });
});

describe("a group", () => {
  it("has what was given, and the documented defaults for the rest", async () => {
    const under = await openExecutor();
    const group = await created(under, { name: "Chess", owner: "leckie", customFields: [["UserDefined1", "hello"]] });
    expect(group).toEqual({
      groupId: group.groupId,
      type: "Public",
      name: "Chess",
      introduction: "",
      notification: "",
      faceUrl: "",
      owner: "leckie",
      createTime: Math.floor(NOW / 1000),
      lastInfoTime: Math.floor(NOW / 1000),
      maxMembers: 6_000,
      applyJoinOption: "NeedPermission",
      inviteJoinOption: "FreeAccess",
      supportTopic: false,
      muteAll: false,
      customFields: { UserDefined1: "hello" },
    });
    expect(await under.reads.group(group.groupId)).toEqual(group);
  });

  it("has its owner as a member, then the members in the order named, each once", async () => {
    const under = await openExecutor();
    const { groupId, createTime } = await created(under, {
      owner: "leckie",
      members: [...as("Admin", "peter"), ...members("leckie", "bob", "peter")],
    });
    expect(await under.reads.members(groupId)).toEqual([
      newMember("Public", "leckie", "Owner", createTime),
      newMember("Public", "peter", "Admin", createTime),
      newMember("Public", "bob", "Member", createTime),
    ]);
    expect((await under.callbacks(groupId))[0]).toMatchObject({
      Owner_Account: "leckie",
      MemberList: [{ Member_Account: "peter" }, { Member_Account: "bob" }],
    });
  });

  it("can be without an owner", async () => {
    const under = await openExecutor();
    const { groupId } = await created(under, { type: "Work", members: members("bob") });
    expect(await under.reads.group(groupId)).toMatchObject({ owner: "" });
    expect(await under.reads.members(groupId)).toMatchObject([{ userId: "bob", role: "Member" }]);
    expect((await under.callbacks(groupId))[0]).toMatchObject({ Owner_Account: "", Operator_Account: "administrator" });
  });

  it("of the type AVChatRoom keeps no members, not even its owner", async () => {
    const under = await openExecutor();
    const { groupId, maxMembers } = await created(under, { type: "AVChatRoom", owner: "leckie" });
    expect(await under.reads.members(groupId)).toEqual([]);
    expect(maxMembers).toBe(4_294_967_295);
  });

  it.each([
    ["Work", "@TGS#1SERIAL1"],
    ["Private", "@TGS#1SERIAL1"],
    ["Public", "@TGS#2SERIAL1"],
    ["Meeting", "@TGS#3SERIAL1"],
    ["ChatRoom", "@TGS#3SERIAL1"],
    ["AVChatRoom", "@TGS#aSERIAL1"],
    ["Community", "@TGS#_@TGS#cSERIAL1"],
  ])("of the type %s without an id gets %s", async (type, groupId) => {
    expect((await created(await openExecutor(), { type })).groupId).toBe(groupId);
  });

  it("never gets an id that is in use", async () => {
    const elsewhere = await created(await openExecutor(), {});
    const under = await openExecutor();
    await under.arrange((tx) => tx.addGroup(elsewhere));
    expect(elsewhere.groupId).toBe("@TGS#2SERIAL1");
    expect((await created(under, {})).groupId).toBe("@TGS#2SERIAL2");
  });

  it.each([
    ["an id of 48 bytes", { groupId: "x".repeat(48) }],
    ["an id of one", { groupId: "~" }],
    ["a blank in its id", { groupId: "a b" }],
    ["a community's id", { type: "Community", groupId: "@TGS#_chess" }],
    ["as many members as one call takes", { mostMembers: 2, members: members("peter", "bob") }],
    ["as many members as it may have", { maxMembers: 2, owner: "leckie", members: members("bob") }],
    ["as many members as its type may have", { type: "Community", maxMembers: 100_000 }],
    ["topics", { type: "Community", supportTopic: true }],
  ] satisfies [string, Partial<CreateGroup>][])("may have %s", async (_what, input) => {
    const under = await openExecutor();
    const group = await created(under, input);
    expect(await under.callbacks(group.groupId)).toHaveLength(1);
  });

  it("may have the id of one that was disbanded, and goes on counting its callbacks", async () => {
    const under = await openExecutor();
    await created(under, { groupId: "chess", owner: "leckie" });
    await under.execute(destroyGroup, { groupId: "chess" });
    await created(under, { groupId: "chess", owner: "bob" });
    expect((await under.callbacks("chess")).map(({ CallbackCommand }) => CallbackCommand)).toEqual([
      "Group.CallbackAfterCreateGroup",
      "Group.CallbackAfterGroupDestroyed",
      "Group.CallbackAfterCreateGroup",
    ]);
  });

  it("is told of, once it is there", async () => {
    const under = await openExecutor();
    const group = await created(under, { owner: "leckie", members: members("bob") });
    expect(under.told).toEqual([{ kind: "group-created", group, initialMembers: ["bob"] }]);
  });

  it("that was brought in from elsewhere is told of to nobody", async () => {
    const under = await openExecutor();
    const group = await created(under, { owner: "leckie", imported: { createTime: 1_500_000_000 } });
    expect(group.createTime).toBe(1_500_000_000);
    expect(under.told).toEqual([]);
    expect(await under.callbacks(group.groupId)).toEqual([]);
  });
});
