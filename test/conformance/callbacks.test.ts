import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

import { describe, expect, it, onTestFinished } from "vitest";

import { accounts, NOW, ok, sdkAppId, startIm, type Im } from "./im.ts";
import { proves } from "./proves.ts";

const mine = { GroupId: "mine", Owner_Account: "leckie", MemberList: accounts("bob", "peter") };
const GroupId = "@TGS#_mine";
const community = { Type: "Community", GroupId, Owner_Account: "leckie", SupportTopic: 1 };

/** Expects exactly these callbacks since the last look, their fields in this order. */
async function expectTold(im: Im, ...bodies: readonly object[]): Promise<void> {
  const came = await im.told();
  expect(came.map((body) => Object.entries(body))).toEqual(bodies.map((body) => Object.entries(body)));
}

/** Carries out a command that must succeed. */
async function done(im: Im, command: string, body: object): Promise<void> {
  expect(await im.rest(command, body)).toMatchObject({ ActionStatus: "OK", ErrorCode: 0 });
}

describe("a callback", () => {
  it("is a POST with the documented query", proves("callback:query", "callback:post-json"), async () => {
    const im = await startIm();
    await im.create(mine);
    const arrivals = await im.arrived();
    const command = "Group.CallbackAfterCreateGroup";
    expect(arrivals).toMatchObject([
      {
        method: "POST",
        url: `/callback?SdkAppid=${sdkAppId}&CallbackCommand=${command}&contenttype=json&ClientIP=127.0.0.1&OptPlatform=RESTAPI`,
        headers: { "content-type": "application/json" },
        body: { CallbackCommand: command },
      },
    ]);
  });

  it("is spelt as the app's profile says", proves("callback:event-time", "callback:type-names"), async () => {
    for (const [profile, spelt] of [
      [{}, { Type: "Private", EventTime: NOW }],
      [
        { eventTime: "string", typeNames: "new" },
        { Type: "Work", EventTime: String(NOW) },
      ],
    ] as const) {
      const im = await startIm({ profile });
      await im.create({ ...mine, Type: "Work" });
      await done(im, "destroy_group", { GroupId: "mine" });
      const came = await im.told();
      expect(came).toMatchObject([spelt, spelt]);
    }
  });

  it("comes where its switch is on", proves("callback:switches"), async () => {
    for (const [switches, commands] of [
      [[], []],
      [["Group.CallbackAfterCreateGroup"], ["CreateGroup", "CreateTopic"]],
      [["Group.CallbackAfterGroupInfoChanged"], ["TopicInfoChanged"]],
      [["Group.CallbackAfterGroupDestroyed"], ["TopicDestroyed", "GroupDestroyed"]],
    ] as const) {
      const url = (await backend('{"ActionStatus":"OK","ErrorInfo":"","ErrorCode":0}')).url;
      const im = await startIm({ callback: { url: url.href, allowPrivateNetwork: true, switches } });
      await im.create(community);
      const TopicId = `${GroupId}@TOPIC#_rules`;
      await done(im, "create_topic", { GroupId, TopicId, TopicName: "Rules" });
      await done(im, "modify_topic", { GroupId, TopicId, TopicName: "New" });
      await done(im, "destroy_topic", { GroupId, TopicIdList: [TopicId] });
      await done(im, "destroy_group", { GroupId });
      await im.arrived();
      expect(url.commands).toEqual(commands.map((name) => `Group.CallbackAfter${name}`));
    }
  });

  it("comes in the order of its group's commands", proves("callback:order"), async () => {
    const im = await startIm();
    const names = Array.from({ length: 20 }, (_, i) => `name ${i}`);
    await im.create(mine);
    await im.create({ GroupId: "other" });
    for (const Name of names) {
      await done(im, "modify_group_base_info", { GroupId: "mine", Name });
      await done(im, "modify_group_base_info", { GroupId: "other", Name });
    }
    const arrivals = await im.arrived();
    for (const groupId of ["mine", "other"]) {
      const lane = arrivals.filter(({ body }) => body["GroupId"] === groupId);
      expect(lane.map(({ body }) => body["Name"])).toEqual(["MyFirstGroup", ...names]);
      expect(lane.map(({ headers }) => headers["muster-sequence"])).toEqual(lane.map((_, i) => String(i + 1)));
    }
  });

  it("has happened, whatever the app answers", proves("callback:answer-ignored"), async () => {
    const refusing = await backend('{"ActionStatus":"FAIL","ErrorInfo":"no","ErrorCode":10100}');
    const callback = {
      url: refusing.url.href,
      allowPrivateNetwork: true,
      switches: ["Group.CallbackAfterCreateGroup", "Group.CallbackAfterGroupDestroyed"],
    };
    const im = await startIm({ callback });
    await im.create(mine);
    await im.arrived();
    expect(await im.group("mine")).toMatchObject({ ErrorCode: 0, MemberNum: 3 });
    await done(im, "destroy_group", { GroupId: "mine" });
    await im.arrived();
    expect(await im.group("mine")).toMatchObject({ ErrorCode: 10010 });
    // Once each: a refusal is no failure to deliver.
    expect(refusing.url.commands).toEqual(["Group.CallbackAfterCreateGroup", "Group.CallbackAfterGroupDestroyed"]);
  });
});

/** An app backend that gives one answer to everything, and remembers the commands. */
async function backend(answer: string): Promise<{ url: { readonly href: string; readonly commands: string[] } }> {
  const commands: string[] = [];
  const server = createServer((request, response) => {
    commands.push(new URL(request.url ?? "", "http://localhost").searchParams.get("CallbackCommand") ?? "");
    request.resume().on("end", () => response.end(answer));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const { port } = server.address() as AddressInfo;
  return { url: { href: `http://127.0.0.1:${port}/`, commands } };
}

describe("AfterCreateGroup", () => {
  it(
    "tells who and what there is from the start",
    proves(
      "callback:after-create-group:body",
      "callback:after-create-group:member-list",
      "callback:after-create-group:custom-fields",
      "callback:after-create-group:community",
    ),
    async () => {
      const im = await startIm();
      const AppDefinedData = [
        { Key: "Level", Value: "3" },
        { Key: "Colour", Value: "\u0000blue" },
      ];
      await im.create({ ...mine, AppDefinedData, MemberList: accounts("peter", "leckie", "bob", "peter") });
      const head = { CallbackCommand: "Group.CallbackAfterCreateGroup" };
      await expectTold(im, {
        ...head,
        GroupId: "mine",
        Operator_Account: "administrator",
        Owner_Account: "leckie",
        Type: "Public",
        Name: "MyFirstGroup",
        MemberList: accounts("peter", "bob"),
        UserDefinedDataList: AppDefinedData,
        EventTime: NOW,
      });
      for (const [Type, name] of [
        ["Work", "Private"],
        ["Meeting", "ChatRoom"],
        ["AVChatRoom", "AVChatRoom"],
        ["Community", "Community"],
      ] as const) {
        const groupId = await im.create({ Type });
        await expectTold(im, {
          ...head,
          GroupId: groupId,
          Operator_Account: "administrator",
          Owner_Account: "",
          Type: name,
          Name: "MyFirstGroup",
          MemberList: [],
          EventTime: NOW,
        });
      }
    },
  );
});

describe("AfterGroupDestroyed", () => {
  it(
    "tells who was there",
    proves(
      "callback:after-group-destroyed:body",
      "callback:after-group-destroyed:member-list",
      "callback:after-group-destroyed:alone",
      "callback:after-group-destroyed:community",
    ),
    async () => {
      const im = await startIm();
      const head = { CallbackCommand: "Group.CallbackAfterGroupDestroyed" };
      for (const [Type, name] of [
        ["Work", "Private"],
        ["Public", "Public"],
        ["Meeting", "ChatRoom"],
      ] as const) {
        await im.create({ ...mine, Type });
        await done(im, "add_group_member", { GroupId: "mine", MemberList: accounts("alice") });
        await done(im, "change_group_owner", { GroupId: "mine", NewOwner_Account: "peter" });
        await im.told();
        im.clock.now += 5;
        await done(im, "destroy_group", { GroupId: "mine" });
        await expectTold(im, {
          ...head,
          GroupId: "mine",
          Type: name,
          Owner_Account: "peter",
          Name: "MyFirstGroup",
          MemberList: accounts("peter", "leckie", "bob", "alice"),
          EventTime: im.clock.now,
        });
      }
      await im.create({ ...community, MemberList: accounts("bob") });
      await done(im, "create_topic", { GroupId, TopicName: "Rules" });
      const room = await im.create({ Type: "AVChatRoom", Owner_Account: "leckie" });
      await im.told();
      const end = { Owner_Account: "leckie", Name: "MyFirstGroup" };
      await done(im, "destroy_group", { GroupId });
      await expectTold(im, { ...head, GroupId, Type: "Community", ...end, EventTime: im.clock.now });
      await done(im, "destroy_group", { GroupId: room });
      await expectTold(im, {
        ...head,
        GroupId: room,
        Type: "AVChatRoom",
        ...end,
        MemberList: [],
        EventTime: im.clock.now,
      });
    },
  );
});

describe("AfterGroupInfoChanged", () => {
  it(
    "tells the texts that changed",
    proves("callback:after-group-info-changed:body", "callback:after-group-info-changed:others-silent"),
    async () => {
      const im = await startIm();
      await im.create({ ...mine, Introduction: "i" });
      await im.told();
      const change = (more: object) => done(im, "modify_group_base_info", { GroupId: "mine", ...more });
      const changed = (more: object) => ({
        CallbackCommand: "Group.CallbackAfterGroupInfoChanged",
        GroupId: "mine",
        Type: "Public",
        Operator_Account: "administrator",
        ...more,
        EventTime: NOW,
      });
      await change({ Name: "New", Introduction: "i", MaxMemberNum: 50 });
      await expectTold(im, changed({ Name: "New" }));
      const all = { Name: "Newer", Introduction: "", Notification: "n", FaceUrl: "f" };
      await change(all);
      await expectTold(im, changed(all));
      await change(all);
      await change({ MaxMemberNum: 10, ApplyJoinOption: "FreeAccess", InviteJoinOption: "DisableInvite" });
      await change({ MuteAllMember: "On", AppDefinedData: [{ Key: "Colour", Value: "blue" }] });
      await expectTold(im);
    },
  );
});

describe("AfterChangeGroupOwner", () => {
  it("tells both owners", proves("callback:after-change-owner:body", "callback:after-change-owner:alone"), async () => {
    const im = await startIm();
    await im.create(mine);
    const unowned = await im.create({ MemberList: accounts("bob") });
    await im.told();
    for (const [groupId, before] of [
      ["mine", "leckie"],
      [unowned, ""],
    ] as const) {
      await done(im, "change_group_owner", { GroupId: groupId, NewOwner_Account: "bob" });
      await expectTold(im, {
        CallbackCommand: "Group.CallbackAfterChangeGroupOwner",
        GroupId: groupId,
        Type: "Public",
        Operator_Account: "administrator",
        OldOwner_Account: before,
        NewOwner_Account: "bob",
        EventTime: NOW,
      });
    }
  });
});

describe("AfterNewMemberJoin, AfterGroupFull and AfterMemberExit", () => {
  it(
    "tell who came, that the group is full, and who went",
    proves(
      "callback:after-new-member-join:body",
      "callback:after-new-member-join:nobody",
      "callback:after-member-exit:body",
      "callback:after-group-full:body",
    ),
    async () => {
      const im = await startIm();
      await im.create({ ...mine, Type: "Work", MaxMemberCount: 4, MemberList: accounts("bob") });
      await im.told();
      const add = (...names: string[]) =>
        done(im, "add_group_member", { GroupId: "mine", MemberList: accounts(...names) });
      const joined = (...names: string[]) => ({
        CallbackCommand: "Group.CallbackAfterNewMemberJoin",
        GroupId: "mine",
        Type: "Private",
        JoinType: "Invited",
        Operator_Account: "administrator",
        NewMemberList: accounts(...names),
        EventTime: NOW,
      });
      await add("bob", "nobody");
      await expectTold(im);
      await add("bob", "peter", "nobody", "peter");
      await expectTold(im, joined("peter"));
      await add("alice", "administrator");
      await expectTold(im, joined("alice"), {
        CallbackCommand: "Group.CallbackAfterGroupFull",
        GroupId: "mine",
        EventTime: NOW,
      });

      const remove = (...names: string[]) =>
        done(im, "delete_group_member", { GroupId: "mine", MemberToDel_Account: names });
      await remove("alice", "nobody", "bob", "alice");
      await expectTold(im, {
        CallbackCommand: "Group.CallbackAfterMemberExit",
        GroupId: "mine",
        Type: "Private",
        ExitType: "Kicked",
        Operator_Account: "administrator",
        ExitMemberList: accounts("alice", "bob"),
        EventTime: NOW,
      });
      await remove("alice", "nobody");
      await expectTold(im);
    },
  );
});

describe("AfterGroupFull", () => {
  it(
    "comes once, behind those who took the last places, and not for those who found none",
    proves("callback:after-group-full:last-place", "callback:after-group-full:refused"),
    async () => {
      const im = await startIm();
      await im.create({ ...mine, MaxMemberCount: 4 });
      await im.told();
      const add = (...names: string[]) =>
        im.rest("add_group_member", { GroupId: "mine", MemberList: accounts(...names) });
      expect(await add("alice", "administrator")).toMatchObject({ MemberList: [{ Result: 1 }, { Result: 0 }] });
      expect(await im.told()).toMatchObject([
        { CallbackCommand: "Group.CallbackAfterNewMemberJoin", NewMemberList: accounts("alice") },
        { CallbackCommand: "Group.CallbackAfterGroupFull" },
      ]);
      expect(await add("administrator")).toMatchObject({ ErrorCode: 10014 });
      expect(await add("alice")).toMatchObject({ ErrorCode: 0 });
      expect(await im.told()).toEqual([]);
    },
  );
});

describe("what has no callback", () => {
  it("is told to nobody", proves("callback:none"), async () => {
    const im = await startIm();
    await im.create(mine);
    const room = await im.create({ Type: "AVChatRoom" });
    await im.told();
    for (const [command, body] of [
      ["ban_group_member", { GroupId: room, Members_Account: ["bob"], Duration: 60 }],
      ["unban_group_member", { GroupId: room, Members_Account: ["bob"] }],
      ["forbid_send_msg", { GroupId: "mine", Members_Account: ["bob"], MuteTime: 60 }],
      ["send_group_system_notification", { GroupId: "mine", Content: "Hello" }],
      ["account_import", { UserID: "carol", Nick: "C" }],
      ["account_delete", { DeleteItem: [{ UserID: "carol" }] }],
      ["kick", { UserID: "bob" }],
      ["get_group_info", { GroupIdList: ["mine"] }],
    ] as const) {
      await done(im, command, body);
    }
    await expectTold(im);
  });
});

describe("AfterMemberFieldChanged", () => {
  it(
    "tells role and name card",
    proves(
      "callback:after-member-field-changed:body",
      "callback:after-member-field-changed:owner",
      "callback:after-member-field-changed:others-silent",
    ),
    async () => {
      const im = await startIm();
      await im.create(mine);
      await im.told();
      const change = (more: object) =>
        done(im, "modify_group_member_info", { GroupId: "mine", Member_Account: "bob", ...more });
      const changed = (Role: string, NameCard: string) => ({
        CallbackCommand: "Group.CallbackAfterMemberFieldChanged",
        GroupId: "mine",
        Type: "Public",
        Operator_Account: "administrator",
        Member_Account: "bob",
        Role,
        NameCard,
        EventTime: NOW,
      });
      await change({ Role: "Admin", MuteTime: 60 });
      await expectTold(im, changed("Admin", ""));
      await change({ NameCard: "Bobby" });
      await expectTold(im, changed("Admin", "Bobby"));
      await change({ Role: "Member", NameCard: "Bob" });
      await expectTold(im, changed("Member", "Bob"));
      await done(im, "modify_group_member_info", { GroupId: "mine", Member_Account: "leckie", NameCard: "L." });
      await expectTold(im, { ...changed("Owner", "L."), Member_Account: "leckie" });
      await change({ Role: "Member", NameCard: "Bob" });
      await change({ MuteTime: 60, MsgFlag: "Discard", AppMemberDefinedData: [{ Key: "Nick", Value: "B" }] });
      await done(im, "forbid_send_msg", { GroupId: "mine", Members_Account: ["bob"], MuteTime: 0 });
      await expectTold(im);
    },
  );
});

describe("AfterGroupAttrChanged", () => {
  it("tells what was done to which attributes", proves("callback:after-group-attr-changed:body"), async () => {
    const im = await startIm();
    await im.create(mine);
    await im.told();
    const a = { key: "a", value: "1" };
    const b = { key: "b", value: "2" };
    for (const [command, GroupAttr, OptionType, attributes] of [
      ["set_group_attr", [a, b], "set", [a, b]],
      ["modify_group_attr", [{ ...b, value: "3" }], "modify", [{ ...b, value: "3" }]],
      ["delete_group_attr", [{ key: "a" }], "delete", [{ key: "a", value: "" }]],
      ["clear_group_attr", undefined, "clear", [{ ...b, value: "3" }]],
    ] as const) {
      await done(im, command, { GroupId: "mine", GroupAttr });
      await expectTold(im, {
        CallbackCommand: "Group.CallbackAfterGroupAttrChanged",
        GroupId: "mine",
        Type: "Public",
        Operator_Account: "administrator",
        OptionType,
        GroupAttr: attributes,
        EventTime: NOW,
      });
    }
  });
});

describe("the callbacks of topics", () => {
  const [rules, news, more] = ["rules", "news", "more"].map((own) => `${GroupId}@TOPIC#_${own}`);

  it("tell of the community's custom fields", proves("callback:after-create-topic:custom-fields"), async () => {
    const im = await startIm();
    const UserDefinedDataList = [{ Key: "Level", Value: "3" }];
    await im.create({ ...community, AppDefinedData: UserDefinedDataList });
    await im.told();
    await done(im, "create_topic", { GroupId, TopicId: rules, TopicName: "Topic", From_Account: "leckie" });
    await expectTold(im, {
      CallbackCommand: "Group.CallbackAfterCreateTopic",
      GroupId,
      TopicId: rules,
      Operator_Account: "leckie",
      Owner_Account: "leckie",
      Type: "Community",
      Name: "Topic",
      UserDefinedDataList,
    });
  });

  it(
    "tell of their creation, change and end, without a time",
    proves(
      "callback:after-create-topic:body",
      "callback:after-topic-info-changed:body",
      "callback:after-topic-destroyed:body",
      "callback:after-topic-destroyed:nothing",
    ),
    async () => {
      const im = await startIm();
      await im.create(community);
      await im.told();
      for (const TopicId of [rules, news, more]) {
        await done(im, "create_topic", { GroupId, TopicId, TopicName: "Topic" });
        await expectTold(im, {
          CallbackCommand: "Group.CallbackAfterCreateTopic",
          GroupId,
          TopicId,
          Operator_Account: "administrator",
          Owner_Account: "leckie",
          Type: "Community",
          Name: "Topic",
        });
      }

      const texts = { Introduction: "i", Notification: "n", FaceUrl: "f" };
      await done(im, "modify_topic", { GroupId, TopicId: rules, TopicName: "New", ...texts, MuteAllMember: "On" });
      await expectTold(im, {
        CallbackCommand: "Group.CallbackAfterTopicInfoChanged",
        GroupId,
        Type: "Community",
        Operator_Account: "administrator",
        Name: "New",
        ...texts,
      });
      await done(im, "modify_topic", { GroupId, TopicId: rules, TopicName: "New", CustomString: "c", ...texts });
      await expectTold(im);

      const deleted = (...TopicIdList: (string | undefined)[]) => ({
        CallbackCommand: "Group.CallbackAfterTopicDestroyed",
        GroupId,
        Type: "Community",
        TopicIdList,
      });
      const destroy = (...TopicIdList: (string | undefined)[]) => done(im, "destroy_topic", { GroupId, TopicIdList });
      await destroy(news, "nothing", rules, news);
      await expectTold(im, deleted(news, rules));
      await destroy(news, "nothing");
      await expectTold(im);
      await destroy(more);
      await expectTold(im, deleted(more));
      expect(await im.rest("get_topic", { GroupId })).toMatchObject({ TopicAndSelfInfo: [] });
      expect(await im.rest("destroy_group", { GroupId })).toEqual(ok());
    },
  );
});
