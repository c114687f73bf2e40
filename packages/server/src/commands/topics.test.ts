import { ErrorCode } from "@muster/protocol";
import { describe, expect, it } from "vitest";

import { NOW, openExecutor, type ExecutorUnderTest } from "../../../../test/harness/executor.ts";
import type { App } from "../app-settings.ts";
import { createGroup } from "./create-group.ts";
import { createTopic, type CreateTopic } from "./create-topic.ts";
import { destroyTopics } from "./destroy-topics.ts";

const community = "@TGS#_chess";
const idOf = (own: string, groupId = community): string => `${groupId}@TOPIC#_${own}`;

const least: CreateTopic = {
  groupId: community,
  topicId: undefined,
  name: "Openings",
  introduction: "",
  notification: "",
  faceUrl: "",
  customString: "",
};

/** leckie's community with peter as an admin and bob as a member, and groups that have no topics. */
async function opened(): Promise<ExecutorUnderTest> {
  const under = await openExecutor();
  const groups = [
    { groupId: community, type: "Community", supportTopic: true },
    { groupId: "@TGS#_go", type: "Community", supportTopic: true },
    { groupId: "@TGS#_plain", type: "Community", supportTopic: false },
    ...["Work", "Public", "Meeting"].map((type) => ({ groupId: type.toLowerCase(), type, supportTopic: false })),
  ];
  for (const group of groups) {
    const outcome = await under.execute(createGroup, {
      ...group,
      name: "Chess",
      owner: "leckie",
      introduction: "",
      notification: "",
      faceUrl: "",
      maxMembers: undefined,
      applyJoinOption: undefined,
      inviteJoinOption: undefined,
      customFields: [],
      members: [
        { userId: "peter", role: group.type === "Work" ? "Member" : "Admin" },
        { userId: "bob", role: "Member" },
      ],
      mostMembers: 100,
    });
    if (!outcome.ok) throw new Error(outcome.refusal.info);
  }
  return under;
}

async function withTopics(...owns: string[]): Promise<ExecutorUnderTest> {
  const under = await opened();
  for (const own of owns) {
    expect(await under.execute(createTopic, { ...least, topicId: idOf(own) })).toMatchObject({ ok: true });
  }
  return under;
}

const { FeatureNotEnabled, GroupIdInvalid, GroupIdTakenBySelf, GroupNotFound } = ErrorCode;
const { InvalidParameter, NotPermitted, TooManyGroups, TopicNotFound } = ErrorCode;
const noTopics: Partial<App> = { features: { community: true, topic: false } };
const noCommunities: Partial<App> = { features: { community: false, topic: true } };

describe("creating a topic", () => {
  it.each<[string, Partial<CreateTopic>, number, Partial<App>?]>([
    ["the app has no topics", {}, FeatureNotEnabled, noTopics],
    ["the app has no communities", {}, FeatureNotEnabled, noCommunities],
    ["there is no such group", { groupId: "@TGS#_none" }, GroupNotFound],
    ["there can be no such group", { groupId: "ä" }, GroupIdInvalid],
    ["the community was made without", { groupId: "@TGS#_plain" }, NotPermitted],
    ["the group is of the type Work", { groupId: "work" }, NotPermitted],
    ["the group is of the type Public", { groupId: "public" }, NotPermitted],
    ["the group is of the type Meeting", { groupId: "meeting" }, NotPermitted],
    ["its id is empty", { topicId: "" }, InvalidParameter],
    ["its id has no part of its own", { topicId: idOf("") }, InvalidParameter],
    ["its id is another group's", { topicId: idOf("a", "@TGS#_go") }, InvalidParameter],
    ["its id has 97 bytes", { topicId: idOf("x".repeat(97 - idOf("").length)) }, InvalidParameter],
    ["its id is not ASCII", { topicId: idOf("ä") }, InvalidParameter],
    ["its id looks like a generated one", { topicId: idOf("@TOPIC#c1") }, InvalidParameter],
    ["its id holds a community's", { topicId: idOf("@TGS#_a") }, InvalidParameter],
    ["its id is taken", { topicId: idOf("taken") }, GroupIdTakenBySelf],
  ])("is refused where %s, and nothing is changed", async (_why, input, code, app) => {
    const under = await withTopics("taken");
    const before = await under.everything();
    const told = under.told.length;
    expect(await under.execute(createTopic, { ...least, ...input }, {}, app)).toMatchObject({
      ok: false,
      refusal: { code },
    });
    expect(await under.everything()).toEqual(before);
    expect(under.told).toHaveLength(told);
  });

  it.each(["bob", "nobody", "administrator"])("is refused to %s, who is neither owner nor admin", async (userId) => {
    const under = await opened();
    const before = await under.everything();
    expect(await under.executeAs(userId, createTopic, least)).toMatchObject({
      ok: false,
      refusal: { code: NotPermitted },
    });
    expect(await under.everything()).toEqual(before);
  });

  it.each(["leckie", "peter"])("is the right of %s, owner or admin", async (userId) => {
    const under = await opened();
    expect(await under.executeAs(userId, createTopic, least)).toMatchObject({ ok: true, result: { creator: userId } });
    expect((await under.callbacks(community)).at(-1)).toMatchObject({
      CallbackCommand: "Group.CallbackAfterCreateTopic",
      Operator_Account: userId,
      Owner_Account: "leckie",
    });
  });

  it("keeps what was given, and tells of it in the community's lane", async () => {
    const under = await opened();
    const input = {
      ...least,
      topicId: idOf("openings"),
      introduction: "i",
      notification: "n",
      faceUrl: "f",
      customString: "c",
    };
    const topic = { ...input, creator: "bob", createTime: Math.floor(NOW / 1000), muteAll: false };
    expect(await under.execute(createTopic, input, { userId: "bob" })).toEqual({ ok: true, result: topic });
    expect(await under.reads.topics(community)).toEqual([topic]);
    expect((await under.callbacks(community)).at(-1)).toEqual({
      CallbackCommand: "Group.CallbackAfterCreateTopic",
      GroupId: community,
      TopicId: idOf("openings"),
      Operator_Account: "bob",
      Owner_Account: "leckie",
      Type: "Community",
      Name: "Openings",
    });
    expect(under.told.at(-1)).toMatchObject({ kind: "topic-created", topic });
  });

  it("makes an id where none is given", async () => {
    const under = await opened();
    const outcome = await under.execute(createTopic, least);
    expect(outcome.ok && outcome.result.topicId).toMatch(/^@TGS#_chess@TOPIC#_@TOPIC#cSERIAL\d+$/);
  });

  it("takes an id of 96 bytes", async () => {
    const under = await opened();
    const topicId = idOf("x".repeat(96 - idOf("").length));
    expect(await under.execute(createTopic, { ...least, topicId })).toMatchObject({ ok: true, result: { topicId } });
  });

  it("ends at 200, until one is deleted", async () => {
    const under = await opened();
    const results = await Promise.all(
      Array.from({ length: 201 }, (_, i) => under.execute(createTopic, { ...least, topicId: idOf(`${i}`) })),
    );
    expect(results.filter(({ ok }) => ok)).toHaveLength(200);
    expect(results[200]).toMatchObject({ ok: false, refusal: { code: TooManyGroups } });
    await under.execute(destroyTopics, { groupId: community, topicIds: [idOf("0")] });
    expect(await under.execute(createTopic, { ...least, topicId: idOf("200") })).toMatchObject({ ok: true });
    expect(await under.execute(createTopic, { ...least, groupId: "@TGS#_go" }), "elsewhere").toMatchObject({
      ok: true,
    });
  });
});

describe("deleting topics", () => {
  it.each<[string, string, number, Partial<App>?]>([
    ["the app has no topics", community, FeatureNotEnabled, noTopics],
    ["there is no such group", "@TGS#_none", GroupIdInvalid],
    ["there can be no such group", "ä", GroupIdInvalid],
    ["the community was made without", "@TGS#_plain", NotPermitted],
    ["the group is no community", "public", NotPermitted],
  ])("is refused as a whole where %s, and nothing is changed", async (_why, groupId, code, app) => {
    const under = await withTopics("a");
    const before = await under.everything();
    const outcome = await under.execute(destroyTopics, { groupId, topicIds: [idOf("a")] }, {}, app);
    expect(outcome).toMatchObject({ ok: false, refusal: { code } });
    expect(await under.everything()).toEqual(before);
  });

  it.each(["bob", "nobody", "administrator"])("is refused to %s, who is neither owner nor admin", async (userId) => {
    const under = await withTopics("a");
    const before = await under.everything();
    const outcome = await under.executeAs(userId, destroyTopics, { groupId: community, topicIds: undefined });
    expect(outcome).toMatchObject({ ok: false, refusal: { code: NotPermitted } });
    expect(await under.everything()).toEqual(before);
  });

  it("has a result for each, in the order named, and one callback for those that are gone", async () => {
    const under = await withTopics("a", "b", "c");
    const named = [idOf("c"), idOf("never"), idOf("a"), idOf("a", "@TGS#_go"), "nonsense", idOf("c")];
    const outcome = await under.execute(destroyTopics, { groupId: community, topicIds: named });
    if (!outcome.ok) throw new Error(outcome.refusal.info);
    expect(outcome.result.map(({ topicId }) => topicId)).toEqual(named);
    expect(outcome.result.map(({ code }) => code)).toEqual([
      0,
      TopicNotFound,
      0,
      GroupIdInvalid,
      GroupIdInvalid,
      TopicNotFound,
    ]);
    expect(outcome.result.every(({ info }) => info !== "")).toBe(true);
    expect((await under.reads.topics(community)).map(({ topicId }) => topicId)).toEqual([idOf("b")]);
    expect((await under.callbacks(community)).at(-1)).toEqual({
      CallbackCommand: "Group.CallbackAfterTopicDestroyed",
      GroupId: community,
      Type: "Community",
      TopicIdList: [idOf("c"), idOf("a")],
    });
    expect(under.told.at(-1)).toMatchObject({ kind: "topics-deleted", topicIds: [idOf("c"), idOf("a")] });
  });

  it("tells nobody where none is deleted", async () => {
    const under = await withTopics("a");
    const before = await under.everything();
    const told = under.told.length;
    const outcome = await under.execute(destroyTopics, { groupId: community, topicIds: [idOf("never")] });
    expect(outcome).toMatchObject({ ok: true, result: [{ code: TopicNotFound }] });
    expect(await under.everything()).toEqual(before);
    expect(under.told).toHaveLength(told);
  });

  it("means all of them where none is named", async () => {
    const under = await withTopics("a", "b");
    expect(await under.executeAs("peter", destroyTopics, { groupId: community, topicIds: undefined })).toMatchObject({
      ok: true,
      result: [{ topicId: idOf("a") }, { topicId: idOf("b") }],
    });
    expect(await under.reads.topicCount(community)).toBe(0);
    const again = await under.executeAs("peter", destroyTopics, { groupId: community, topicIds: undefined });
    expect(again).toEqual({ ok: true, result: [] });
  });
});
