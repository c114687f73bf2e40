import {
  ClientErrorCode,
  createClient,
  ErrorCode,
  EVENT,
  TYPES,
  type Client,
  type GroupType,
  type MemberRole,
} from "@muster/client";
import { beforeEach, describe, expect, it } from "vitest";

import { proves } from "../conformance/proves.ts";
import { metricReaches } from "../harness/rest.ts";
import { listen, sdkAppId, startIm, userSigFor, type Ear, type Heard, type Im } from "../harness/im.ts";

const code = (one: number): unknown => expect.objectContaining({ code: one });
const notPermitted = code(ErrorCode.NotPermitted);

/** A system notice and a group's message, as clients tell them. */
const notice = (operationType: number, groupID: string, operatorID: string, more: object = {}): Heard => ({
  name: EVENT.GROUP_SYSTEM_NOTICE_RECEIVED,
  data: { operationType, groupID, groupName: "MyFirstGroup", operatorID, ...more },
});
const tip = (operationType: number, to: string, operatorID: string, userIDList: string[], more = {}): Heard => ({
  name: EVENT.MESSAGE_RECEIVED,
  data: [{ type: TYPES.MSG_GRP_TIP, to, payload: { operationType, operatorID, userIDList, ...more } }],
});

/** A group of leckie's with members, made through the REST API. */
async function given(im: Im, type: GroupType, roles: Readonly<Record<string, "Admin" | "Member">> = {}, more = {}) {
  const { GroupId, ErrorInfo } = await im.rest("group_open_http_svc/create_group", {
    Type: type,
    Name: "MyFirstGroup",
    Owner_Account: "leckie",
    ...(Object.keys(roles).length === 0
      ? {}
      : { MemberList: Object.entries(roles).map(([Member_Account, Role]) => ({ Member_Account, Role })) }),
    ...more,
  });
  if (typeof GroupId !== "string") throw new Error(ErrorInfo);
  return GroupId;
}

/** Who tells what comes after so many things that were heard before: notices may come after the answer to their cause. */
async function after(count: number, ...ears: readonly Ear[]): Promise<Pick<Ear, "heard">[]> {
  for (const ear of ears) await ear.heard(count);
  return ears.map((ear) => ({ heard: async (more) => (await ear.heard(count + more)).slice(count) }));
}

/** A callback as the app's backend gets it. */
const received = (im: Im, count: number) =>
  im.backend.received(count).then((arrivals) => {
    const { body, url } = arrivals[count - 1] ?? { body: {}, url: "" };
    const { ClientIP, OptPlatform } = Object.fromEntries(new URL(url, im.url).searchParams);
    return { body, query: { ClientIP, OptPlatform } };
  });
const onWeb = { ClientIP: "127.0.0.1", OptPlatform: "Web" };
const EventTime = expect.any(Number);

describe("coming and going", () => {
  it(
    "by an application: it is told to those who decide, and the decision to whoever made it",
    proves("callback:after-new-member-join:apply", "user:apply:decided", "user:apply:told"),
    async () => {
      const im = await startIm();
      const [leckie, bob, peter] = [await im.login("leckie"), await im.login("bob"), await im.login("peter")];
      const [peterHears, ...ofGroup] = [listen(peter), listen(leckie), listen(bob)];
      const groupID = await given(im, TYPES.GRP_PUBLIC, { bob: "Admin" });
      const [leckieHears, bobHears] = await after(1, ...ofGroup);

      const apply = () => peter.joinGroup({ groupID, applyMessage: "please" });
      expect(await apply()).toEqual({ code: 0, data: { groupID, status: TYPES.JOIN_STATUS_WAIT_APPROVAL } });
      const applied = notice(1, groupID, "peter", { applyMessage: "please", inviterID: "" });
      expect(await leckieHears?.heard(1)).toEqual([applied]);
      expect(await bobHears?.heard(1)).toEqual([applied]);
      const { data } = await bob.getGroupApplicationList();
      const application = {
        groupID,
        groupName: "MyFirstGroup",
        applicant: "peter",
        applicationType: 0,
        inviterID: "",
        note: "please",
        time: expect.any(Number),
      };
      expect(data.applicationList).toEqual([application]);
      expect((await peter.getGroupApplicationList()).data.applicationList).toEqual([]);

      const handle = (by: Client, handleAction: "Agree" | "Reject") =>
        by.handleGroupApplication({
          handleAction,
          handleMessage: "well",
          application: { groupID, applicant: "peter" },
        });
      await expect(handle(peter, "Agree")).rejects.toEqual(notPermitted);
      await handle(bob, "Reject");
      expect(await peterHears?.heard(1)).toEqual([notice(3, groupID, "bob", { handleMessage: "well" })]);
      await expect(handle(leckie, "Agree")).rejects.toEqual(code(ErrorCode.ApplicationHandled));

      await apply();
      await handle(leckie, "Agree");
      const joined = tip(TYPES.GRP_TIP_MBR_JOIN, groupID, "leckie", ["peter"]);
      expect(await peterHears?.heard(3)).toEqual([
        notice(3, groupID, "bob", { handleMessage: "well" }),
        notice(2, groupID, "leckie", { handleMessage: "well" }),
        joined,
      ]);
      expect(await bobHears?.heard(3)).toEqual([applied, applied, joined]);
      expect(await apply()).toEqual({ code: 0, data: { groupID, status: TYPES.JOIN_STATUS_ALREADY_IN_GROUP } });
      expect(await received(im, 2)).toEqual({
        query: onWeb,
        body: {
          CallbackCommand: "Group.CallbackAfterNewMemberJoin",
          GroupId: groupID,
          Type: "Public",
          JoinType: "Apply",
          Operator_Account: "leckie",
          NewMemberList: [{ Member_Account: "peter" }],
          EventTime,
        },
      });
    },
  );

  it(
    "at once where the group is free to join, on whatever device",
    proves("user:join:free", "user:origin"),
    async () => {
      const im = await startIm();
      const leckieHears = listen(await im.login("leckie"));
      const peter = await im.login("peter", { platform: "iPad" });
      const groupID = await given(im, TYPES.GRP_MEETING);
      expect(await peter.joinGroup({ groupID })).toMatchObject({ data: { status: TYPES.JOIN_STATUS_SUCCESS } });
      expect((await leckieHears.heard(2))[1]).toEqual(tip(TYPES.GRP_TIP_MBR_JOIN, groupID, "peter", ["peter"]));
      expect(await received(im, 2)).toMatchObject({
        query: { ClientIP: "127.0.0.1", OptPlatform: "iPad" },
        body: { Type: "ChatRoom", JoinType: "Apply", Operator_Account: "peter" },
      });
      await expect(peter.joinGroup({ groupID: "nowhere" })).rejects.toEqual(code(ErrorCode.GroupNotFound));
    },
  );

  it(
    "by invitation, with a result for each; who is in already stays in",
    proves("user:invite:results", "user:invite:options"),
    async () => {
      const im = await startIm();
      const [leckie, peter] = [await im.login("leckie"), await im.login("peter")];
      const bobHears = listen(await im.login("bob"));
      const groupID = await given(im, TYPES.GRP_WORK, { peter: "Member" });
      const added = await peter.addGroupMember({ groupID, userIDList: ["bob", "leckie", "nobody"] });
      expect(added.data).toEqual({
        successUserIDList: ["bob"],
        existedUserIDList: ["leckie"],
        failureUserIDList: ["nobody"],
        waitingUserIDList: [],
      });
      expect(await bobHears.heard(2)).toEqual([
        notice(7, groupID, "peter"),
        tip(TYPES.GRP_TIP_MBR_JOIN, groupID, "peter", ["bob"]),
      ]);
      expect(await received(im, 2)).toEqual({
        query: onWeb,
        body: {
          CallbackCommand: "Group.CallbackAfterNewMemberJoin",
          GroupId: groupID,
          Type: "Private",
          JoinType: "Invited",
          Operator_Account: "peter",
          NewMemberList: [{ Member_Account: "bob" }],
          EventTime,
        },
      });

      await leckie.updateGroupProfile({ groupID, inviteOption: TYPES.INVITE_OPTIONS_NEED_PERMISSION });
      await im.login("carol");
      const waits = await peter.addGroupMember({ groupID, userIDList: ["carol"] });
      expect(waits.data).toMatchObject({ successUserIDList: [], waitingUserIDList: ["carol"] });
      expect((await leckie.getGroupApplicationList()).data.applicationList).toMatchObject([
        { applicant: "carol", applicationType: 2, inviterID: "peter" },
      ]);
      await leckie.updateGroupProfile({ groupID, inviteOption: TYPES.INVITE_OPTIONS_DISABLE_INVITE });
      await expect(peter.addGroupMember({ groupID, userIDList: ["carol"] })).rejects.toEqual(notPermitted);
    },
  );

  it(
    "by quitting, which every device of that user hears of, and the others as a message",
    proves("user:quit:told", "user:devices"),
    async () => {
      const im = await startIm();
      const leckieHears = listen(await im.login("leckie"));
      const peter = await im.login("peter");
      const all = [listen(peter), listen(await im.login("peter", { platform: "iOS" }))];
      const groupID = await given(im, TYPES.GRP_PUBLIC, { peter: "Member" });
      const devices = await after(1, ...all);
      expect(await peter.quitGroup(groupID)).toEqual({ code: 0, data: { groupID } });
      for (const device of devices) expect(await device.heard(1)).toEqual([notice(8, groupID, "peter")]);
      expect((await leckieHears.heard(2))[1]).toEqual(tip(TYPES.GRP_TIP_MBR_QUIT, groupID, "peter", ["peter"]));
      expect(await received(im, 2)).toEqual({
        query: onWeb,
        body: {
          CallbackCommand: "Group.CallbackAfterMemberExit",
          GroupId: groupID,
          Type: "Public",
          ExitType: "Quit",
          Operator_Account: "peter",
          ExitMemberList: [{ Member_Account: "peter" }],
          EventTime,
        },
      });
      await expect(peter.quitGroup(groupID)).rejects.toEqual(notPermitted);
    },
  );

  it(
    "by quitting as the owner: a work group goes on without one, and ends with its last member",
    proves("user:quit:owner", "user:quit:last"),
    async () => {
      const im = await startIm();
      const [leckie, peter] = [await im.login("leckie"), await im.login("peter")];
      const publicGroup = await given(im, TYPES.GRP_PUBLIC, { peter: "Member" });
      await expect(leckie.quitGroup(publicGroup)).rejects.toEqual(code(ErrorCode.OwnerMayNotQuit));

      const groupID = await given(im, TYPES.GRP_WORK, { peter: "Member" });
      await leckie.quitGroup(groupID);
      expect((await peter.getGroupProfile({ groupID })).data.group).toMatchObject({ ownerID: "", memberCount: 1 });
      await peter.quitGroup(groupID);
      await expect(peter.getGroupProfile({ groupID })).rejects.toEqual(code(ErrorCode.GroupNotFound));
      expect(await received(im, 5)).toMatchObject({
        query: onWeb,
        body: { CallbackCommand: "Group.CallbackAfterGroupDestroyed", GroupId: groupID, MemberList: [] },
      });
    },
  );

  it("by being removed", proves("user:remove:told"), async () => {
    const im = await startIm();
    const [leckie, bob] = [await im.login("leckie"), await im.login("bob")];
    const [peterHears, bobFromTheStart] = [listen(await im.login("peter")), listen(bob)];
    const groupID = await given(im, TYPES.GRP_PUBLIC, { peter: "Member", bob: "Admin" });
    const [bobHears] = await after(1, bobFromTheStart);
    const removed = await leckie.deleteGroupMember({ groupID, userIDList: ["peter", "nobody"] });
    expect(removed.data).toEqual({ groupID, userIDList: ["peter"] });
    expect((await peterHears.heard(2))[1]).toEqual(notice(4, groupID, "leckie"));
    expect(await bobHears?.heard(1)).toEqual([tip(TYPES.GRP_TIP_MBR_KICKED_OUT, groupID, "leckie", ["peter"])]);
    expect(await received(im, 2)).toEqual({
      query: onWeb,
      body: {
        CallbackCommand: "Group.CallbackAfterMemberExit",
        GroupId: groupID,
        Type: "Public",
        ExitType: "Kicked",
        Operator_Account: "leckie",
        ExitMemberList: [{ Member_Account: "peter" }],
        EventTime,
      },
    });
  });
});

describe("an AVChatRoom", () => {
  it(
    "is for those who come and are connected, with all their devices; a ban ends their stay",
    proves("user:avchatroom:audience", "user:avchatroom:ban", "rest:get-group-info:avchatroom-number"),
    async () => {
      const im = await startIm();
      const [leckie, peter] = [await im.login("leckie"), await im.login("peter")];
      const bob = await im.login("bob");
      const [leckieFromTheStart, peterHears, bobHears] = [listen(leckie), listen(peter), listen(bob)];
      const groupID = await given(im, TYPES.GRP_AVCHATROOM);
      const [leckieHears] = await after(1, leckieFromTheStart);

      for (const client of [leckie, peter]) {
        expect(await client.joinGroup({ groupID })).toMatchObject({ data: { status: TYPES.JOIN_STATUS_SUCCESS } });
      }
      expect(await peter.joinGroup({ groupID })).toMatchObject({
        data: { status: TYPES.JOIN_STATUS_ALREADY_IN_GROUP },
      });
      expect((await leckie.getGroupProfile({ groupID })).data.group).toMatchObject({ memberCount: 2 });
      expect(await im.rest("group_open_http_svc/get_group_info", { GroupIdList: [groupID] })).toMatchObject({
        GroupInfo: [{ MemberNum: 2, MemberList: [] }],
      });
      const ipad = await im.login("peter", { platform: "iPad" });
      const ipadHears = listen(ipad);
      await expect(leckie.quitGroup(groupID)).rejects.toEqual(code(ErrorCode.OwnerMayNotQuit));
      await leckie.setGroupAttributes({ groupID, groupAttributes: { song: "first" } });
      expect((await bob.getGroupAttributes({ groupID })).data.groupAttributes).toEqual({ song: "first" });
      await im.rest("group_open_http_svc/send_group_system_notification", { GroupId: groupID, Content: "Hello" });
      await peter.quitGroup(groupID);
      await expect(peter.quitGroup(groupID)).rejects.toEqual(notPermitted);
      await bob.joinGroup({ groupID });
      const bans = { GroupId: groupID, Members_Account: ["bob", "peter"], Duration: 3_600 };
      expect(await im.rest("group_open_http_svc/ban_group_member", bans)).toMatchObject({ ErrorCode: 0 });
      await expect(bob.joinGroup({ groupID })).rejects.toEqual(notPermitted);

      const joined = (userID: string) => tip(TYPES.GRP_TIP_MBR_JOIN, groupID, userID, [userID]);
      const attributes = {
        name: EVENT.GROUP_ATTRIBUTES_UPDATED,
        data: { groupID, groupAttributes: { song: "first" }, operatorID: "leckie" },
      };
      const text = {
        name: EVENT.GROUP_SYSTEM_NOTICE_RECEIVED,
        data: { operationType: 255, groupID, groupName: "MyFirstGroup", userDefinedField: "Hello" },
      };
      expect(await leckieHears?.heard(7)).toEqual([
        joined("leckie"),
        joined("peter"),
        attributes,
        text,
        tip(TYPES.GRP_TIP_MBR_QUIT, groupID, "peter", ["peter"]),
        joined("bob"),
        tip(TYPES.GRP_TIP_MBR_KICKED_OUT, groupID, "administrator", ["bob"]),
      ]);
      const quit = notice(8, groupID, "peter");
      expect(await peterHears?.heard(4)).toEqual([joined("peter"), attributes, text, quit]);
      expect(await ipadHears.heard(3)).toEqual([attributes, text, quit]);
      expect(await bobHears?.heard(2)).toEqual([joined("bob"), notice(4, groupID, "administrator")]);
      expect((await im.backend.received(7)).map(({ body }) => [body["ExitType"] ?? body["JoinType"]])).toEqual([
        [undefined],
        ["Apply"],
        ["Apply"],
        [undefined],
        ["Quit"],
        ["Apply"],
        ["Kicked"],
      ]);
    },
  );

  it(
    "is left with the last connection, and ends for all who are in it",
    proves("user:avchatroom:last-connection"),
    async () => {
      const im = await startIm();
      const [peter, bob] = [await im.login("peter"), await im.login("bob")];
      await im.login("leckie");
      const groupID = await given(im, TYPES.GRP_AVCHATROOM);
      const bobHears = listen(bob);
      await peter.joinGroup({ groupID });
      await bob.joinGroup({ groupID });
      await peter.logout();
      await metricReaches(im.url, "muster_connected_devices", 2);
      await peter.login({ userID: "peter", userSig: await userSigFor("peter") });
      expect(await peter.joinGroup({ groupID })).toMatchObject({ data: { status: TYPES.JOIN_STATUS_SUCCESS } });

      await im.rest("group_open_http_svc/destroy_group", { GroupId: groupID });
      expect((await bobHears.heard(3)).at(-1)).toEqual(notice(5, groupID, "administrator"));
      await expect(bob.joinGroup({ groupID })).rejects.toEqual(code(ErrorCode.GroupNotFound));
    },
  );
});

describe("in a group", () => {
  let im: Im;
  let leckie: Client;
  let peter: Client;
  beforeEach(async () => {
    im = await startIm();
    leckie = await im.login("leckie");
    peter = await im.login("peter");
    await im.login("bob");
  });

  /** What peter hears of, once the group's creation is heard. */
  async function withPeter(type: GroupType, more = {}) {
    const heardByPeter = listen(peter);
    const groupID = await given(im, type, { peter: "Member" }, more);
    await heardByPeter.heard(1);
    return { groupID, peterHears: async (count: number) => (await heardByPeter.heard(count + 1)).slice(1) };
  }

  it("the owner makes admins and unmakes them", proves("user:role:told"), async () => {
    const { groupID, peterHears } = await withPeter(TYPES.GRP_PUBLIC);
    const made = await leckie.setGroupMemberRole({ groupID, userID: "peter", role: TYPES.GRP_MBR_ROLE_ADMIN });
    expect(made.data.member).toMatchObject({ userID: "peter", role: "Admin", nameCard: "", muteUntil: 0 });
    await leckie.setGroupMemberRole({ groupID, userID: "peter", role: TYPES.GRP_MBR_ROLE_MEMBER });
    expect(await peterHears(4)).toEqual([
      notice(9, groupID, "leckie"),
      tip(TYPES.GRP_TIP_MBR_SET_ADMIN, groupID, "leckie", ["peter"]),
      notice(10, groupID, "leckie"),
      tip(TYPES.GRP_TIP_MBR_CANCELED_ADMIN, groupID, "leckie", ["peter"]),
    ]);
    await expect(
      leckie.setGroupMemberRole({ groupID, userID: "leckie", role: TYPES.GRP_MBR_ROLE_ADMIN }),
    ).rejects.toEqual(code(ErrorCode.InvalidParameter));
    expect(await received(im, 2)).toEqual({
      query: onWeb,
      body: {
        CallbackCommand: "Group.CallbackAfterMemberFieldChanged",
        GroupId: groupID,
        Type: "Public",
        Operator_Account: "leckie",
        Member_Account: "peter",
        Role: "Admin",
        NameCard: "",
        EventTime,
      },
    });
  });

  it("name cards are one's own to change, and the owner's", proves("user:name-card"), async () => {
    const { groupID, peterHears } = await withPeter(TYPES.GRP_PUBLIC);
    expect((await peter.setGroupMemberNameCard({ groupID, nameCard: "P." })).data.member.nameCard).toBe("P.");
    await leckie.setGroupMemberNameCard({ groupID, userID: "peter", nameCard: "Peter" });
    await expect(peter.setGroupMemberNameCard({ groupID, userID: "leckie", nameCard: "L." })).rejects.toEqual(
      notPermitted,
    );
    await expect(peter.setGroupMemberNameCard({ groupID, nameCard: "a".repeat(51) })).rejects.toEqual(
      code(ErrorCode.InvalidParameter),
    );
    const changed = (operatorID: string, nameCard: string) =>
      tip(TYPES.GRP_TIP_MBR_PROFILE_UPDATED, groupID, operatorID, ["peter"], {
        memberList: [{ userID: "peter", nameCard }],
      });
    expect(await peterHears(2)).toEqual([changed("peter", "P."), changed("leckie", "Peter")]);
  });

  it("the owner hands it over and is an ordinary member then", proves("user:hand-over"), async () => {
    const { groupID, peterHears } = await withPeter(TYPES.GRP_PUBLIC);
    await expect(peter.changeGroupOwner({ groupID, newOwnerID: "peter" })).rejects.toEqual(notPermitted);
    await leckie.changeGroupOwner({ groupID, newOwnerID: "peter" });
    expect(await peterHears(1)).toEqual([
      tip(TYPES.GRP_TIP_GRP_PROFILE_UPDATED, groupID, "leckie", [], { newGroupProfile: { ownerID: "peter" } }),
    ]);
    expect((await leckie.getGroupProfile({ groupID })).data.group).toMatchObject({
      ownerID: "peter",
      selfInfo: { role: TYPES.GRP_MBR_ROLE_MEMBER },
    });
    expect(await received(im, 2)).toEqual({
      query: onWeb,
      body: {
        CallbackCommand: "Group.CallbackAfterChangeGroupOwner",
        GroupId: groupID,
        Type: "Public",
        Operator_Account: "leckie",
        OldOwner_Account: "leckie",
        NewOwner_Account: "peter",
        EventTime,
      },
    });
  });

  it("the profile changes, and what has changed is told", proves("user:profile:told"), async () => {
    const { groupID, peterHears } = await withPeter(TYPES.GRP_PUBLIC);
    const { data } = await leckie.updateGroupProfile({
      groupID,
      name: "MySecondGroup",
      notification: "",
      avatar: "https://example.com/new.png",
      joinOption: TYPES.JOIN_OPTIONS_FREE_ACCESS,
      muteAllMembers: true,
      groupCustomField: [{ key: "Colour", value: "blue" }],
    });
    expect(data.group).toEqual({
      groupID,
      type: TYPES.GRP_PUBLIC,
      name: "MySecondGroup",
      introduction: "",
      notification: "",
      avatar: "https://example.com/new.png",
      ownerID: "leckie",
      createTime: expect.any(Number),
      infoUpdateTime: expect.any(Number),
      memberCount: 2,
      maxMemberCount: 6_000,
      joinOption: TYPES.JOIN_OPTIONS_FREE_ACCESS,
      inviteOption: TYPES.INVITE_OPTIONS_FREE_ACCESS,
      muteAllMembers: true,
      isSupportTopic: false,
      groupCustomField: [{ key: "Colour", value: "blue" }],
      selfInfo: { role: TYPES.GRP_MBR_ROLE_OWNER },
    });
    expect(await peterHears(1)).toEqual([
      tip(TYPES.GRP_TIP_GRP_PROFILE_UPDATED, groupID, "leckie", [], {
        newGroupProfile: { groupName: "MySecondGroup", avatar: "https://example.com/new.png" },
      }),
    ]);
    expect(await received(im, 2)).toEqual({
      query: onWeb,
      body: {
        CallbackCommand: "Group.CallbackAfterGroupInfoChanged",
        GroupId: groupID,
        Type: "Public",
        Operator_Account: "leckie",
        Name: "MySecondGroup",
        FaceUrl: "https://example.com/new.png",
        EventTime,
      },
    });
  });

  it("a work group is any member's to rename, but not to silence", proves("user:profile:work"), async () => {
    const { groupID } = await withPeter(TYPES.GRP_WORK);
    await peter.updateGroupProfile({ groupID, name: "Ours" });
    await expect(peter.updateGroupProfile({ groupID, muteAllMembers: true })).rejects.toEqual(notPermitted);
  });

  it("attributes are set, changed, deleted and told", proves("user:attributes:told"), async () => {
    const { groupID, peterHears } = await withPeter(TYPES.GRP_PUBLIC);
    await leckie.initGroupAttributes({ groupID, groupAttributes: { seat1: "leckie", seat2: "" } });
    await leckie.setGroupAttributes({ groupID, groupAttributes: { seat2: "peter", seat3: "bob" } });
    const all = { seat1: "leckie", seat2: "peter", seat3: "bob" };
    expect((await peter.getGroupAttributes({ groupID })).data.groupAttributes).toEqual(all);
    expect((await peter.getGroupAttributes({ groupID, keyList: ["seat3", "seat4"] })).data).toEqual({
      groupAttributes: { seat3: "bob" },
    });
    await leckie.deleteGroupAttributes({ groupID, keyList: ["seat1"] });
    await leckie.deleteGroupAttributes({ groupID });
    await expect(peter.setGroupAttributes({ groupID, groupAttributes: { seat1: "peter" } })).rejects.toEqual(
      notPermitted,
    );
    const updated = (groupAttributes: object) => ({
      name: EVENT.GROUP_ATTRIBUTES_UPDATED,
      data: { groupID, groupAttributes, operatorID: "leckie" },
    });
    expect(await peterHears(4)).toEqual([
      updated({ seat1: "leckie", seat2: "" }),
      updated(all),
      updated({ seat2: "peter", seat3: "bob" }),
      updated({}),
    ]);
    expect((await received(im, 4)).body).toEqual({
      CallbackCommand: "Group.CallbackAfterGroupAttrChanged",
      GroupId: groupID,
      Type: "Public",
      Operator_Account: "leckie",
      OptionType: "delete",
      GroupAttr: [{ key: "seat1", value: "" }],
      EventTime,
    });
  });

  it("topics change, and are listed", proves("user:topics:changed"), async () => {
    const { groupID, peterHears } = await withPeter(TYPES.GRP_COMMUNITY, { SupportTopic: 1 });
    const { topicID } = (await leckie.createTopicInCommunity({ groupID, topicName: "t" })).data;
    await leckie.updateTopicProfile({
      groupID,
      topicID,
      topicName: "u",
      introduction: "about u",
      customData: "{}",
      muteAllMembers: true,
    });
    expect((await peter.getTopicList({ groupID, topicIDList: [topicID, "x"] })).data).toEqual({
      successTopicList: [
        {
          topicID,
          topicName: "u",
          introduction: "about u",
          notification: "",
          avatar: "",
          customData: "{}",
          creatorID: "leckie",
          createTime: expect.any(Number),
          muteAllMembers: true,
        },
      ],
      failureTopicList: [{ topicID: "x", code: ErrorCode.TopicNotFound, message: "there is no topic x" }],
    });
    expect((await peter.getTopicList({ groupID })).data.successTopicList).toHaveLength(1);
    await expect(peter.updateTopicProfile({ groupID, topicID, topicName: "v" })).rejects.toEqual(notPermitted);
    expect(await peterHears(2)).toEqual([
      { name: EVENT.TOPIC_CREATED, data: { groupID, topicID, operatorID: "leckie" } },
      {
        name: EVENT.TOPIC_UPDATED,
        data: { groupID, topicID, topic: { topicName: "u", introduction: "about u" }, operatorID: "leckie" },
      },
    ]);
  });

  it("members are listed by pages and by roles, to members alone", proves("user:members:listed"), async () => {
    const names = Array.from({ length: 5 }, (_, i) => `user${i}`);
    for (const UserID of names) await im.rest("im_open_login_svc/account_import", { UserID });
    const roles = Object.fromEntries(names.map((name) => [name, name === "user3" ? "Admin" : "Member"] as const));
    const groupID = await given(im, TYPES.GRP_PUBLIC, roles);
    const seen = [];
    let offset = 0;
    do {
      const { data } = await leckie.getGroupMemberList({ groupID, count: 2, offset });
      seen.push(data.memberList.map(({ userID }) => userID));
      ({ offset } = data);
    } while (offset !== 0);
    expect(seen).toEqual([
      ["leckie", "user0"],
      ["user1", "user2"],
      ["user3", "user4"],
    ]);
    const admins = await leckie.getGroupMemberList({ groupID, role: TYPES.GRP_MBR_ROLE_ADMIN });
    expect(admins.data).toEqual({
      memberList: [
        {
          userID: "user3",
          role: "Admin",
          joinTime: expect.any(Number),
          nameCard: "",
          muteUntil: 0,
          memberCustomField: [],
        },
      ],
      offset: 0,
    });
    await expect(peter.getGroupMemberList({ groupID })).rejects.toEqual(notPermitted);
  });

  it(
    "groups are listed in order of joining; a work group cannot be seen from outside",
    proves("user:groups:listed", "user:groups:work-unseen"),
    async () => {
      const first = await given(im, TYPES.GRP_WORK, { peter: "Member" });
      const second = await given(im, TYPES.GRP_MEETING);
      await peter.joinGroup({ groupID: second });
      const { groupList } = (await peter.getGroupList()).data;
      expect(groupList).toMatchObject([
        { groupID: first, type: TYPES.GRP_WORK, memberCount: 2, selfInfo: { role: TYPES.GRP_MBR_ROLE_MEMBER } },
        { groupID: second, type: TYPES.GRP_MEETING, ownerID: "leckie" },
      ]);
      const bob = await im.login("bob");
      await expect(bob.getGroupProfile({ groupID: first })).rejects.toEqual(notPermitted);
      const { group } = (await bob.getGroupProfile({ groupID: second })).data;
      expect(group).toMatchObject({ name: "MyFirstGroup", memberCount: 2 });
      expect(group.selfInfo).toBeUndefined();
    },
  );

  it("the app's backend speaks to its members", proves("user:notification"), async () => {
    const { groupID, peterHears } = await withPeter(TYPES.GRP_PUBLIC);
    const text = { GroupId: groupID, Content: "Hello" };
    await im.rest("group_open_http_svc/send_group_system_notification", text);
    expect(await peterHears(1)).toEqual([
      {
        name: EVENT.GROUP_SYSTEM_NOTICE_RECEIVED,
        data: { operationType: 255, groupID, groupName: "MyFirstGroup", userDefinedField: "Hello" },
      },
    ]);
  });

  it("the app's backend speaks in a topic", proves("user:notification:topic"), async () => {
    const { groupID, peterHears } = await withPeter(TYPES.GRP_COMMUNITY, { SupportTopic: 1 });
    const { data } = await leckie.createTopicInCommunity({ groupID, topicName: "Rules" });
    const text = { GroupId: groupID, TopicId: data.topicID, Content: "Hello", ToMembers_Account: ["peter"] };
    expect(await im.rest("group_open_http_svc/send_group_system_notification", text)).toMatchObject({ ErrorCode: 0 });
    expect((await peterHears(2))[1]).toEqual({
      name: EVENT.GROUP_SYSTEM_NOTICE_RECEIVED,
      data: {
        operationType: 255,
        groupID,
        groupName: "MyFirstGroup",
        topicID: data.topicID,
        userDefinedField: "Hello",
      },
    });
  });

  it("the app's backend asks who is connected", proves("rest:online-status:connected"), async () => {
    const ask = { To_Account: ["leckie", "nobody"], IsNeedDetail: 1 };
    expect(await im.rest("openim/query_online_status", ask)).toMatchObject({
      ErrorCode: 0,
      QueryResult: [{ To_Account: "leckie", State: "Online", Detail: [{ Platform: "Web", Status: "Online" }] }],
      ErrorList: [{ To_Account: "nobody", ErrorCode: 70107 }],
    });
  });

  it("what the app's backend does silently is told to nobody", proves("user:silence"), async () => {
    const { groupID, peterHears } = await withPeter(TYPES.GRP_PUBLIC);
    const bob = [{ Member_Account: "bob" }];
    await im.rest("group_open_http_svc/add_group_member", { GroupId: groupID, Silence: 1, MemberList: bob });
    await im.rest("group_open_http_svc/delete_group_member", {
      GroupId: groupID,
      Silence: 1,
      MemberToDel_Account: ["bob"],
    });
    await leckie.updateGroupProfile({ groupID, name: "Next" });
    expect(await peterHears(1)).toMatchObject([
      { data: [{ payload: { operationType: TYPES.GRP_TIP_GRP_PROFILE_UPDATED } }] },
    ]);
  });
});

describe("who may do what", () => {
  type Who = MemberRole | "None";
  const standings: readonly Who[] = ["None", "Member", "Admin", "Owner"];
  const users: Readonly<Record<Who, string>> = { None: "carol", Member: "peter", Admin: "bob", Owner: "leckie" };

  /** What is tried on a group that also has dave, an ordinary member; erin is in none. */
  const deeds: Readonly<Record<string, (client: Client, groupID: string) => Promise<unknown>>> = {
    "change the profile": (client, groupID) => client.updateGroupProfile({ groupID, name: "Other" }),
    "change attributes": (client, groupID) => client.setGroupAttributes({ groupID, groupAttributes: { a: "b" } }),
    invite: (client, groupID) => client.addGroupMember({ groupID, userIDList: ["erin"] }),
    remove: (client, groupID) => client.deleteGroupMember({ groupID, userIDList: ["dave"] }),
    mute: (client, groupID) => client.setGroupMemberMuteTime({ groupID, userID: "dave", muteTime: 60 }),
    "make an admin": (client, groupID) => client.setGroupMemberRole({ groupID, userID: "dave", role: "Admin" }),
    "name another": (client, groupID) => client.setGroupMemberNameCard({ groupID, userID: "dave", nameCard: "D." }),
    "hand over": (client, groupID) => client.changeGroupOwner({ groupID, newOwnerID: "dave" }),
    "create a topic": (client, groupID) => client.createTopicInCommunity({ groupID, topicName: "t" }),
    "list members": (client, groupID) => client.getGroupMemberList({ groupID }),
    quit: (client, groupID) => client.quitGroup(groupID),
    disband: (client, groupID) => client.dismissGroup(groupID),
  };

  /** The lowest standing that each takes; "nobody" where none is enough. */
  const needed: Readonly<Record<string, Partial<Record<GroupType, Who | "nobody">>>> = {
    "change the profile": {
      Private: "Member",
      Public: "Admin",
      ChatRoom: "Owner",
      AVChatRoom: "Owner",
      Community: "Admin",
    },
    "change attributes": {
      Private: "Member",
      Public: "Admin",
      ChatRoom: "Owner",
      AVChatRoom: "Owner",
      Community: "Admin",
    },
    invite: { Private: "Member", Public: "nobody", ChatRoom: "nobody", AVChatRoom: "nobody", Community: "Member" },
    remove: { Private: "Owner", Public: "Admin", ChatRoom: "Admin", AVChatRoom: "nobody", Community: "Admin" },
    mute: { Private: "nobody", Public: "Admin", ChatRoom: "Admin", AVChatRoom: "Owner", Community: "Admin" },
    "make an admin": {
      Private: "nobody",
      Public: "Owner",
      ChatRoom: "Owner",
      AVChatRoom: "nobody",
      Community: "Owner",
    },
    "name another": { Private: "Owner", Public: "Admin", ChatRoom: "Admin", AVChatRoom: "nobody", Community: "Admin" },
    "hand over": { Private: "Owner", Public: "Owner", ChatRoom: "Owner", AVChatRoom: "nobody", Community: "Owner" },
    "create a topic": {
      Private: "nobody",
      Public: "nobody",
      ChatRoom: "nobody",
      AVChatRoom: "nobody",
      Community: "Admin",
    },
    "list members": {
      Private: "Member",
      Public: "Member",
      ChatRoom: "Member",
      AVChatRoom: "nobody",
      Community: "Member",
    },
    disband: { Private: "nobody", Public: "Owner", ChatRoom: "Owner", AVChatRoom: "Owner", Community: "Owner" },
  };

  const types = ["Private", "Public", "ChatRoom", "AVChatRoom", "Community"] as const;

  it.each(types)(
    "in a group of type %s",
    proves("user:may:private", "user:may:public", "user:may:meeting", "user:may:avchatroom", "user:may:community"),
    async (type) => {
      const im = await startIm();
      const clients = new Map<Who, Client>();
      for (const who of standings) clients.set(who, await im.login(users[who]));
      for (const UserID of ["dave", "erin"]) await im.rest("im_open_login_svc/account_import", { UserID });
      const hasAdmins = type !== "Private" && type !== "AVChatRoom";
      const members: Readonly<Record<string, "Admin" | "Member">> =
        type === "AVChatRoom"
          ? {}
          : { peter: "Member", dave: "Member", ...(hasAdmins ? { bob: "Admin" as const } : {}) };
      const present = type === "AVChatRoom" ? ["None", "Owner"] : hasAdmins ? standings : ["None", "Member", "Owner"];

      const may: Record<string, string[]> = {};
      const shouldMay: Record<string, string[]> = {};
      for (const [deed, attempt] of Object.entries(deeds)) {
        may[deed] = [];
        for (const who of standings.filter((one) => present.includes(one))) {
          const groupID = await given(im, type, members, type === "Community" ? { SupportTopic: 1 } : {});
          const client = clients.get(who);
          if (
            client &&
            (await attempt(client, groupID).then(
              () => true,
              () => false,
            ))
          )
            may[deed]?.push(who);
        }
        const least = needed[deed]?.[type] ?? "nobody";
        shouldMay[deed] =
          least === "nobody" ? [] : standings.slice(standings.indexOf(least)).filter((who) => present.includes(who));
      }
      shouldMay["quit"] = standings.filter((who) => {
        if (who === "None" || type === "AVChatRoom" || !present.includes(who)) return false;
        return who !== "Owner" || type === "Private";
      });
      expect(may).toEqual(shouldMay);
    },
  );
});

describe("a kick", () => {
  it("ends the sessions on every device, and makes earlier UserSigs void", proves("user:kick"), async () => {
    const im = await startIm();
    const issuedAt = Math.floor(Date.now() / 1000) - 10;
    const userSig = await userSigFor("leckie", { issuedAt });
    const devices = [createClient({ url: im.url, sdkAppId }), createClient({ url: im.url, sdkAppId, platform: "iOS" })];
    for (const device of devices) await device.login({ userID: "leckie", userSig });
    const peter = await im.login("peter");
    const heard = devices.map(listen);

    expect(await im.rest("im_open_login_svc/kick", { UserID: "leckie" })).toMatchObject({ ErrorCode: 0 });
    for (const ear of heard) {
      expect(await ear.heard(2)).toEqual([
        { name: EVENT.KICKED_OUT, data: { type: TYPES.KICKED_OUT_REST_API } },
        { name: EVENT.SDK_NOT_READY, data: { code: 4003, reason: "kicked" } },
      ]);
    }
    const [device] = devices;
    await expect(device?.getGroupList()).rejects.toEqual(code(ClientErrorCode.NotLoggedIn));
    await expect(device?.login({ userID: "leckie", userSig })).rejects.toEqual(code(ErrorCode.UserSigExpired));
    await device?.login({ userID: "leckie", userSig: await userSigFor("leckie") });
    await expect(device?.getGroupList()).resolves.toMatchObject({ code: 0 });
    await expect(peter.getGroupList()).resolves.toMatchObject({ code: 0 });
    await device?.logout();
  });
});
