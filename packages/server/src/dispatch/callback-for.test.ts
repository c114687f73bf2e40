import { readFileSync } from "node:fs";
import { join } from "node:path";

import { callbackCommands, callbackRow, defaultProfile, type CallbackCommand, type Profile } from "@muster/protocol";
import { describe, expect, it } from "vitest";
import * as z from "zod/mini";

import { demoApp, demoCallback } from "../../../../test/harness/demo-app.ts";
import type { App } from "../app-settings.ts";
import type { Caller, Context } from "../context.ts";
import type { GroupEvent } from "../group/group-events.ts";
import type { Group, Topic } from "../group/group.ts";
import { newMember } from "../group/new-member.ts";
import { callbackFor } from "./callback-for.ts";

const fixtures = join(import.meta.dirname, "..", "..", "..", "protocol", "fixtures");

/** The body of a golden file, as the text that is sent. */
function golden(file: string): string {
  const fixture: unknown = JSON.parse(readFileSync(join(fixtures, file), "utf8"));
  return JSON.stringify(z.parse(z.looseObject({ body: z.looseObject({}) }), fixture).body);
}

interface Setting {
  readonly profile?: Profile;
  readonly caller?: Partial<Caller>;
  readonly now?: number;
  readonly groupCustomFields?: readonly string[];
  /** The callbacks that are on; all of them where it is absent. */
  readonly enabled?: readonly CallbackCommand[];
}

function contextOf(setting: Setting): Context {
  const app: App = {
    ...demoApp,
    groupCustomFields: new Set(setting.groupCustomFields ?? ["UserDefined1", "UserDefined2"]),
    profile: setting.profile ?? defaultProfile,
    callback: {
      ...demoCallback("http://127.0.0.1/callback"),
      enabled: new Set(setting.enabled ?? callbackCommands),
    },
  };
  return {
    app,
    caller: { userId: "leckie", isAdministrator: false, clientIp: "192.0.2.7", platform: "iOS", ...setting.caller },
    now: setting.now ?? 1_700_000_000_123,
    ids: { serial: () => "ABC", callbackId: () => "the-id" },
    admitted: undefined,
  };
}

const bodyOf = (event: GroupEvent, setting: Setting = {}): string | undefined =>
  callbackFor(contextOf(setting), event)?.body;

const group: Group = {
  groupId: "@TGS#2J4SZEAEL",
  type: "Public",
  name: "MyFirstGroup",
  introduction: "an introduction",
  notification: "hello",
  faceUrl: "",
  owner: "leckie",
  createTime: 1_670_574_414,
  lastInfoTime: 1_670_574_414,
  maxMembers: 6_000,
  applyJoinOption: "NeedPermission",
  inviteJoinOption: "FreeAccess",
  supportTopic: false,
  muteAll: false,
  customFields: { UserDefined1: "hello", UserDefined2: "world" },
};
const community: Group = {
  ...group,
  groupId: "@TGS#_@TGS#cQVLVHIM62CJ",
  type: "Community",
  supportTopic: true,
  customFields: {},
};
const topic: Topic = {
  topicId: "@TGS#_@TGS#cQVLVHIM62CJ@TOPIC#_TestTopic",
  groupId: community.groupId,
  name: "TestTopic",
  introduction: "",
  notification: "",
  faceUrl: "",
  customString: "",
  creator: "leckie",
  createTime: 1_670_574_414,
  muteAll: false,
};

const created: GroupEvent = { kind: "group-created", group, initialMembers: ["bob", "peter"] };
const destroyed: GroupEvent = { kind: "group-destroyed", group, members: ["leckie", "peter", "bob"] };
const topicsDeleted: GroupEvent = {
  kind: "topics-deleted",
  group: community,
  topicIds: [topic.topicId, `${topic.topicId}_1`],
};
const byRoot = { caller: { userId: "group_root" }, now: 1_670_574_414_123 } as const;
const quoted = { ...byRoot, profile: { ...defaultProfile, eventTime: "string" } } as const;

describe("a callback's body is the documents' sample, character for character", () => {
  it.each<[string, string, GroupEvent, Setting]>([
    ["after a group was created", "after-create-group/quoted-event-time.json", created, quoted],
    ["after a group was created, the time a number", "after-create-group/number-event-time.json", created, byRoot],
    ["after a group was disbanded", "after-group-destroyed/quoted-event-time.json", destroyed, quoted],
    [
      "after a group was disbanded, the time a number",
      "after-group-destroyed/number-event-time.json",
      destroyed,
      byRoot,
    ],
    [
      "after a community was disbanded: without its members",
      "after-group-destroyed/community.json",
      { kind: "group-destroyed", group: community, members: ["leckie", "peter"] },
      quoted,
    ],
    ["after topics were deleted", "after-topic-destroyed/sample.json", topicsDeleted, {}],
    [
      "after a topic was created",
      "after-create-topic/sample.json",
      { kind: "topic-created", group: community, topic },
      {},
    ],
    [
      "after a topic was changed",
      "after-topic-info-changed/sample.json",
      { kind: "topic-changed", group: community, topic, changed: { name: "TestTopic2" } },
      {},
    ],
    [
      "after a group was changed",
      "after-group-info-changed/sample.json",
      { kind: "group-info-changed", group, changed: { name: "MySecondGroup" } },
      {},
    ],
    [
      "after a group was handed over",
      "after-change-group-owner/sample.json",
      { kind: "owner-changed", group: { ...group, owner: "peter" }, oldOwner: "leckie" },
      {},
    ],
    [
      "after members joined",
      "after-new-member-join/sample.json",
      { kind: "members-joined", group, userIds: ["bob", "peter"], how: "Invited", silent: false },
      {},
    ],
    [
      "after a member left",
      "after-member-exit/sample.json",
      { kind: "members-left", group, userIds: ["bob"], how: "Quit", silent: true },
      { caller: { userId: "bob" } },
    ],
    ["after a group got full", "after-group-full/sample.json", { kind: "group-full", group }, {}],
    [
      "after attributes were changed",
      "after-group-attr-changed/sample.json",
      { kind: "attributes-changed", group, how: "modify", attributes: { k: "v" }, after: { k: "v" } },
      {},
    ],
  ])("%s", (_when, file, event, setting) => {
    expect(bodyOf(event, setting)).toBe(golden(file));
  });

  it("after a member was changed, with the name card that the field table has", () => {
    const member = { ...newMember("Public", "peter", "Admin", 1), nameCard: "P." };
    const { EventTime, ...sample } = JSON.parse(golden("after-member-field-changed/sample.json")) as Record<
      string,
      unknown
    >;
    expect(bodyOf({ kind: "member-changed", group, member, changed: { nameCard: "P." } })).toBe(
      JSON.stringify({ ...sample, NameCard: "P.", EventTime }),
    );
  });
});

const quotaAlarm: GroupEvent = { kind: "daily-quota-alarm", used: 7_001, quota: 10_000 };

describe("a callback's body", () => {
  const all: readonly GroupEvent[] = [
    created,
    destroyed,
    topicsDeleted,
    { kind: "topic-created", group: community, topic },
    { kind: "topic-changed", group: community, topic, changed: { introduction: "i", notification: "n", faceUrl: "f" } },
    { kind: "group-info-changed", group, changed: { name: "n", introduction: "i", notification: "n", faceUrl: "f" } },
    { kind: "owner-changed", group, oldOwner: "" },
    { kind: "members-joined", group, userIds: ["bob"], how: "Apply", silent: false },
    { kind: "members-left", group, userIds: ["bob"], how: "Kicked", silent: false },
    { kind: "group-full", group },
    { kind: "member-changed", group, member: newMember("Public", "peter", "Admin", 1), changed: { role: "Admin" } },
    { kind: "attributes-changed", group, how: "clear", attributes: {}, after: {} },
    quotaAlarm,
  ];

  it.each(all)("fits its schema, with both spellings of times and types: $kind", (event) => {
    for (const profile of [defaultProfile, { eventTime: "string", typeNames: "new" }] as const) {
      const callback = callbackFor(contextOf({ profile }), event);
      if (!callback) throw new Error("there is no callback");
      const parsed = z.safeParse(callbackRow(callback.command).body, JSON.parse(callback.body));
      expect(parsed).toMatchObject({ success: true });
      expect(JSON.parse(callback.body)).toMatchObject({
        CallbackCommand: callback.command,
        ...(event.kind === "daily-quota-alarm" ? {} : { GroupId: event.group.groupId }),
      });
    }
  });

  it.each<[Group["type"], string, string]>([
    ["Work", "Private", "Work"],
    ["Meeting", "ChatRoom", "Meeting"],
    ["Public", "Public", "Public"],
    ["AVChatRoom", "AVChatRoom", "AVChatRoom"],
    ["Community", "Community", "Community"],
  ])("says the type %s as the app's profile has it", (type, oldName, newName) => {
    const event: GroupEvent = { kind: "group-destroyed", group: { ...group, type }, members: [] };
    expect(JSON.parse(bodyOf(event) ?? "")).toMatchObject({ Type: oldName });
    const profile = { ...defaultProfile, typeNames: "new" } as const;
    expect(JSON.parse(bodyOf(event, { profile }) ?? "")).toMatchObject({ Type: newName });
  });

  it("has an empty list where there are no members", () => {
    expect(JSON.parse(bodyOf({ ...created, initialMembers: [] }) ?? "")).toMatchObject({ MemberList: [] });
  });

  it("has the custom fields that the app has, in the group's order, and no list where there are none", () => {
    const list = (setting: Setting, customFields = group.customFields) =>
      z
        .parse(
          z.looseObject({ UserDefinedDataList: z.optional(z.array(z.looseObject({ Key: z.string() }))) }),
          JSON.parse(
            bodyOf({ kind: "group-created", group: { ...group, customFields }, initialMembers: [] }, setting) ?? "",
          ),
        )
        .UserDefinedDataList?.map(({ Key }) => Key);
    expect(list({}, { UserDefined2: "b", UserDefined1: "a" })).toEqual(["UserDefined2", "UserDefined1"]);
    expect(list({ groupCustomFields: ["UserDefined2"] })).toEqual(["UserDefined2"]);
    expect(list({ groupCustomFields: [] })).toBeUndefined();
    expect(list({}, {})).toBeUndefined();
  });

  it("takes names and values as they are", () => {
    const name = '\u0000 "quoted" \\ \u2028 李 😀 </script>';
    const event: GroupEvent = { ...destroyed, group: { ...group, name, owner: "" }, members: [name] };
    expect(JSON.parse(bodyOf(event) ?? "")).toMatchObject({
      Name: name,
      Owner_Account: "",
      MemberList: [{ Member_Account: name }],
    });
  });
});

describe("a callback", () => {
  it("goes into its group's lane, with the id, the origin and the time of what happened", () => {
    expect(callbackFor(contextOf({}), destroyed)).toEqual({
      id: "the-id",
      lane: "@TGS#2J4SZEAEL",
      command: "Group.CallbackAfterGroupDestroyed",
      body: bodyOf(destroyed),
      clientIp: "192.0.2.7",
      platform: "iOS",
      acceptedAt: 1_700_000_000_123,
    });
  });

  it("of a topic goes into its community's lane", () => {
    for (const event of [topicsDeleted, { kind: "topic-created", group: community, topic } as const]) {
      expect(callbackFor(contextOf({}), event)?.lane).toBe(community.groupId);
    }
  });

  it("of the app as a whole goes into the app's own lane, by the switch of a changed group profile", () => {
    const enabled: readonly CallbackCommand[] = ["Group.CallbackOnDailyGroupQuotaAlarm"];
    expect(callbackFor(contextOf({ enabled }), quotaAlarm)).toMatchObject({
      lane: "",
      body: '{"CallbackCommand":"Group.CallbackOnDailyGroupQuotaAlarm","QuotaUsed":7001,"Quota":10000,"EventTime":1700000000123}',
    });
    expect(callbackRow("Group.CallbackOnDailyGroupQuotaAlarm").switch).toBe("Group.CallbackAfterGroupInfoChanged");
  });

  it("is not made where its switch is off", () => {
    expect(callbackFor(contextOf({ enabled: ["Group.CallbackAfterCreateGroup"] }), destroyed)).toBeUndefined();
    expect(callbackFor(contextOf({ enabled: ["Group.CallbackAfterCreateGroup"] }), created)).toBeDefined();
  });

  it("is not made where the app has no URL", () => {
    const context = contextOf({});
    expect(callbackFor({ ...context, app: { ...context.app, callback: undefined } }, destroyed)).toBeUndefined();
  });
});
