import { ErrorCode, groupTypes } from "@muster/protocol";
import { describe, expect, it } from "vitest";

import { openExecutor, type ExecutorUnderTest } from "../../../../test/harness/executor.ts";
import { createGroup } from "./create-group.ts";
import { createTopic } from "./create-topic.ts";
import { destroyGroup } from "./destroy-group.ts";

const least = { introduction: "", notification: "", faceUrl: "" };

/** A group of leckie's with peter as an admin, where there are any, and bob as a member. */
async function groupOf(under: ExecutorUnderTest, type: string): Promise<string> {
  const groupId = type === "Community" ? "@TGS#_chess" : "chess";
  const outcome = await under.execute(createGroup, {
    ...least,
    type,
    name: "Chess",
    groupId,
    owner: "leckie",
    maxMembers: undefined,
    applyJoinOption: undefined,
    inviteJoinOption: undefined,
    supportTopic: type === "Community",
    customFields: [],
    members:
      type === "AVChatRoom"
        ? []
        : [
            { userId: "peter", role: type === "Work" ? "Member" : "Admin" },
            { userId: "bob", role: "Member" },
          ],
    mostMembers: 100,
  });
  if (!outcome.ok) throw new Error(outcome.refusal.info);
  return groupId;
}

describe("disbanding a group", () => {
  it.each(groupTypes)("is the administrators' right, of the type %s too", async (type) => {
    const under = await openExecutor();
    const groupId = await groupOf(under, type);
    expect(await under.execute(destroyGroup, { groupId })).toEqual({ ok: true, result: { groupId } });
    expect(await under.reads.group(groupId)).toBeUndefined();
    expect(await under.reads.members(groupId)).toEqual([]);
  });

  it.each(["Public", "Meeting", "AVChatRoom", "Community"])("is its owner's right, of the type %s", async (type) => {
    const under = await openExecutor();
    const groupId = await groupOf(under, type);
    expect(await under.executeAs("leckie", destroyGroup, { groupId })).toMatchObject({ ok: true });
    expect(await under.reads.group(groupId)).toBeUndefined();
  });

  it.each<[string, string]>([
    ["leckie", "Work"],
    ...groupTypes.flatMap((type) =>
      ["peter", "bob", "nobody", "administrator"].map((user) => [user, type] as [string, string]),
    ),
  ])("is refused to %s of a group of the type %s, and nothing is changed", async (userId, type) => {
    const under = await openExecutor();
    const groupId = await groupOf(under, type);
    const before = await under.everything();
    const told = under.told.length;
    expect(await under.executeAs(userId, destroyGroup, { groupId })).toMatchObject({
      ok: false,
      refusal: { code: ErrorCode.NotPermitted },
    });
    expect(await under.everything()).toEqual(before);
    expect(under.told).toHaveLength(told);
  });

  it.each([
    ["there is none of the id", "another", ErrorCode.GroupNotFound],
    ["there is one of the id in other letters", "Chess", ErrorCode.GroupNotFound],
    ["no group can have the id: it is empty", "", ErrorCode.GroupIdInvalid],
    ["no group can have the id: it has 49 bytes", "x".repeat(49), ErrorCode.GroupIdInvalid],
    ["no group can have the id: it is not ASCII", "schäch", ErrorCode.GroupIdInvalid],
    ["no group can have the id: it is a topic's", "@TGS#_chess@TOPIC#_a", ErrorCode.GroupIdInvalid],
  ])("is refused where %s, and nothing is changed", async (_why, groupId, code) => {
    const under = await openExecutor();
    await groupOf(under, "Public");
    const before = await under.everything();
    expect(await under.execute(destroyGroup, { groupId })).toMatchObject({ ok: false, refusal: { code } });
    expect(await under.everything()).toEqual(before);
  });

  it("is refused the second time", async () => {
    const under = await openExecutor();
    const groupId = await groupOf(under, "Public");
    const [first, second] = await Promise.all([
      under.execute(destroyGroup, { groupId }),
      under.execute(destroyGroup, { groupId }),
    ]);
    expect(first).toMatchObject({ ok: true });
    expect(second).toMatchObject({ ok: false, refusal: { code: ErrorCode.GroupNotFound } });
    expect(await under.callbacks(groupId)).toHaveLength(2);
  });

  it("tells who was in it, the owner first", async () => {
    const under = await openExecutor();
    const groupId = await groupOf(under, "Public");
    await under.execute(destroyGroup, { groupId });
    expect((await under.callbacks(groupId))[1]).toMatchObject({
      CallbackCommand: "Group.CallbackAfterGroupDestroyed",
      Owner_Account: "leckie",
      MemberList: [{ Member_Account: "leckie" }, { Member_Account: "peter" }, { Member_Account: "bob" }],
    });
    expect(under.told.at(-1)).toMatchObject({ kind: "group-destroyed", members: ["leckie", "peter", "bob"] });
  });

  it("takes a community's topics with it, without a word about them", async () => {
    const under = await openExecutor();
    const groupId = await groupOf(under, "Community");
    const topic = {
      ...least,
      groupId,
      topicId: `${groupId}@TOPIC#_a`,
      name: "a",
      customString: "",
    };
    expect(await under.execute(createTopic, topic)).toMatchObject({ ok: true });
    await under.execute(destroyGroup, { groupId });
    expect(await under.reads.topics(groupId)).toEqual([]);
    const callbacks = await under.callbacks(groupId);
    expect(callbacks.map(({ CallbackCommand }) => CallbackCommand)).toEqual([
      "Group.CallbackAfterCreateGroup",
      "Group.CallbackAfterCreateTopic",
      "Group.CallbackAfterGroupDestroyed",
    ]);
    expect(callbacks.at(-1)).not.toHaveProperty("MemberList");
    await groupOf(under, "Community");
    expect(await under.reads.topics(groupId), "a new community of the same id").toEqual([]);
  });
});
