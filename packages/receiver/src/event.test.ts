import type { CallbackCommand } from "@muster/protocol";
import { expect, expectTypeOf, it } from "vitest";

import type { CallbackEvent, EventFacts } from "./event.ts";
import { sampleCallback } from "./inbox/inbox.contract.ts";
import { toEvent } from "./tidy.ts";

const utf8 = new TextEncoder();
const withBody = (command: string, body: object) =>
  sampleCallback({ command, body: utf8.encode(JSON.stringify({ CallbackCommand: command, ...body })) });

it("is tidy: names, users, custom fields, times and types as one would write them", () => {
  const wire = {
    GroupId: "room",
    Operator_Account: "leckie",
    Owner_Account: "peter",
    Type: "ChatRoom",
    Name: "A",
    MemberList: [{ Member_Account: "bob" }, { Member_Account: "peter", Role: "Admin" }],
    UserDefinedDataList: [{ Key: "UserDefined1", Value: "hello" }],
    EventTime: "1670574414123",
    New: { Field: 1 },
  };
  const callback = withBody("Group.CallbackAfterCreateGroup", wire);
  const event = toEvent("Group.CallbackAfterCreateGroup", callback, false);
  expect(event).toEqual({
    command: "Group.CallbackAfterCreateGroup",
    sdkAppId: 1400000001,
    id: "msg_1",
    sequence: 1,
    late: false,
    receivedAt: new Date(1700000000000),
    clientIp: "127.0.0.1",
    platform: "RESTAPI",
    groupId: "room",
    operator: "leckie",
    owner: "peter",
    type: "Meeting",
    name: "A",
    members: ["bob", "peter"],
    customFields: { UserDefined1: "hello" },
    happenedAt: new Date(1670574414123),
    wire: { CallbackCommand: "Group.CallbackAfterCreateGroup", ...wire, EventTime: 1670574414123 },
  });
  expectTypeOf(event.command).toEqualTypeOf<"Group.CallbackAfterCreateGroup">();
  expectTypeOf(event.groupId).toEqualTypeOf<string>();
  expectTypeOf(event.members).toEqualTypeOf<readonly string[] | undefined>();
  expectTypeOf(event.happenedAt).toEqualTypeOf<Date | undefined>();
  expectTypeOf(event.customFields).toEqualTypeOf<Readonly<Record<string, string>> | undefined>();
  expectTypeOf(event.type).extract<"Meeting">().toEqualTypeOf<"Meeting">();
});

it("has no field that the callback has not", () => {
  const callback = withBody("Group.CallbackAfterTopicDestroyed", {
    GroupId: "room",
    Type: "Kind of tomorrow",
    TopicIdList: ["t1", "t2"],
  });
  const event = toEvent("Group.CallbackAfterTopicDestroyed", callback, true);
  expect(event).toMatchObject({ topicIds: ["t1", "t2"], type: "Kind of tomorrow", late: true });
  expect(event).not.toHaveProperty("happenedAt");
  expectTypeOf(event.topicIds).toEqualTypeOf<string[]>();
});

it("is told apart by its command", () => {
  // Of every command there is, and each has the facts.
  expectTypeOf<{ [C in CallbackCommand]: CallbackEvent<C>["command"] }>().toEqualTypeOf<{
    [C in CallbackCommand]: C;
  }>();
  expectTypeOf<CallbackEvent>().toExtend<EventFacts>();
  expectTypeOf<Extract<CallbackEvent, { command: "Group.CallbackAfterMemberExit" }>["exitMembers"]>().toEqualTypeOf<
    readonly string[]
  >();
  expectTypeOf<Extract<CallbackEvent, { command: "Group.CallbackAfterSendMsg" }>["msgTime"]>().toEqualTypeOf<Date>();
  const callback = withBody("Group.CallbackAfterSendMsg", {
    GroupId: "room",
    Type: "Public",
    From_Account: "leckie",
    MsgSeq: 1,
    MsgTime: 1490686222,
    MsgBody: [{ MsgType: "TIMTextElem" }],
  });
  expect(toEvent("Group.CallbackAfterSendMsg", callback, false)).toMatchObject({
    from: "leckie",
    msgTime: new Date(1490686222000),
    msgBody: [{ MsgType: "TIMTextElem" }],
  });
});

it("is none where the body does not fit", () => {
  expect(() => toEvent("Group.CallbackAfterGroupFull", withBody("Group.CallbackAfterGroupFull", {}), false)).toThrow(
    "GroupId",
  );
});
