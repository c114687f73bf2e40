import { describe, expect, it } from "vitest";
import * as z from "zod/mini";

import { explain } from "../explain.ts";
import { restCommands } from "./commands.ts";
import { CREATE_GROUP_MAX_MEMBERS } from "./create-group.ts";
import type { RestCommand } from "./envelope.ts";
import { GET_GROUP_INFO_MAX_GROUPS } from "./get-group-info.ts";

const { accountImport, createGroup, createTopic, destroyGroup, destroyTopic, getGroupInfo } = restCommands;
/** Pages of members are the only ones whose place is a text. */
const communityPage = restCommands.getGroupMemberInfo.response;
const commands: readonly RestCommand[] = Object.values(restCommands);

function problems({ request }: RestCommand, body: unknown): string[] {
  const { error } = z.safeParse(request, body, { reportInput: true });
  return error ? explain(error) : [];
}

const tooLong = (field: string, max: number) =>
  `${field} is too long: ${max + 1} bytes of UTF-8, at most ${max} are allowed`;
const loneSurrogate = (field: string) => `${field} is not valid Unicode (a lone surrogate)`;

describe("the commands of the REST API", () => {
  it("are at the documented places", () => {
    const places = commands.map(({ service, command, page = "" }) => `${service}/${command} ${page}`.trim());
    expect(places.toSorted()).toEqual([
      "group_open_attr_http_svc/get_group_attr 44187",
      "group_open_http_svc/add_group_member 34921",
      "group_open_http_svc/ban_group_member",
      "group_open_http_svc/change_group_owner",
      "group_open_http_svc/clear_group_attr 44189",
      "group_open_http_svc/create_group 34895",
      "group_open_http_svc/delete_group_attr",
      "group_open_http_svc/delete_group_member 34949",
      "group_open_http_svc/destroy_group 34896",
      "group_open_http_svc/forbid_send_msg 34951",
      "group_open_http_svc/get_appid_group_list 34960",
      "group_open_http_svc/get_group_ban_member",
      "group_open_http_svc/get_group_info 34961",
      "group_open_http_svc/get_group_member_info 34948",
      "group_open_http_svc/get_group_muted_account 34964",
      "group_open_http_svc/get_joined_group_list 34925",
      "group_open_http_svc/get_role_in_group",
      "group_open_http_svc/import_group 34967",
      "group_open_http_svc/import_group_member 34969",
      "group_open_http_svc/import_topic",
      "group_open_http_svc/modify_group_attr",
      "group_open_http_svc/modify_group_base_info 34962",
      "group_open_http_svc/modify_group_member_info 34900",
      "group_open_http_svc/send_group_system_notification",
      "group_open_http_svc/set_group_attr 44190",
      "group_open_http_svc/unban_group_member",
      "im_open_login_svc/account_check 34956",
      "im_open_login_svc/account_delete 34955",
      "im_open_login_svc/account_import 34953",
      "im_open_login_svc/kick 34957",
      "im_open_login_svc/multiaccount_import 34954",
      "million_group_open_http_svc/create_topic 49471",
      "million_group_open_http_svc/destroy_topic 49470",
      "million_group_open_http_svc/get_topic",
      "million_group_open_http_svc/modify_topic",
      "openim/query_online_status 35477",
    ]);
  });

  it.each(commands)("$command drops fields that it does not know", ({ request }) => {
    const whole = {
      GroupId: "g",
      GroupIdList: ["g"],
      TopicId: "t",
      TopicIdList: ["t"],
      TopicName: "t",
      Type: "Public",
      Name: "n",
      UserID: "leckie",
      NewOwner_Account: "peter",
      Member_Account: "peter",
      Members_Account: ["peter"],
      MemberToDel_Account: ["peter"],
      User_Account: ["peter"],
      To_Account: ["peter"],
      MemberList: [{ Member_Account: "peter" }],
      GroupAttr: [{ key: "k", value: "v" }],
      CheckItem: [{ UserID: "peter" }],
      DeleteItem: [{ UserID: "peter" }],
      Content: "hello",
      Duration: 60,
      Offset: 0,
    };
    expect(z.parse(request, { ...whole, Unheard: 1 })).not.toHaveProperty("Unheard");
  });

  it.each(commands)("$command answers with the envelope", ({ response }) => {
    const lists = [
      ["GroupInfo", "DestroyResultItem", "GroupIdList", "MemberList", "UserIdList", "MutedAccountList", "GroupAttr"],
      ["BannedAccountList", "TopicAndSelfInfo", "FailAccounts", "ResultItem", "QueryResult"],
    ].flat();
    const numbers = { TotalCount: 0, MemberNum: 0, NextOffset: 0, Next: response === communityPage ? "" : 0 };
    const whole = { GroupId: "g", TopicId: "t", ...numbers, ...Object.fromEntries(lists.map((name) => [name, []])) };
    const ok = { ActionStatus: "OK", ErrorInfo: "", ErrorCode: 0 };
    expect(z.safeParse(response, { ...whole, ...ok }).success).toBe(true);
    expect(z.safeParse(response, { ...whole, ...ok, ErrorInfo: undefined }).success).toBe(false);
    expect(z.safeParse(response, { ...whole, ...ok, ErrorCode: "0" }).success).toBe(false);
    expect(z.safeParse(response, { ...whole, ...ok, ActionStatus: "ok" }).success).toBe(false);
  });
});

describe("texts and their limits", () => {
  const group = { Type: "Public", Name: "MyFirstGroup" };
  const topic = { GroupId: "@TGS#_@TGS#cQVLVHIM62CJ", TopicName: "TestTopic" };

  const texts: [RestCommand, object, string, number][] = [
    [createGroup, group, "Name", 30],
    [createGroup, group, "Introduction", 240],
    [createGroup, group, "Notification", 300],
    [createGroup, group, "FaceUrl", 100],
    [createGroup, group, "Owner_Account", 32],
    [createTopic, topic, "TopicName", 30],
    [createTopic, topic, "Introduction", 240],
    [createTopic, topic, "Notification", 300],
    [createTopic, topic, "FaceUrl", 100],
    [createTopic, topic, "CustomString", 3000],
    [createTopic, topic, "From_Account", 32],
    [accountImport, {}, "UserID", 32],
  ];

  it.each(texts.map(([command, body, field, max]) => ({ name: command.command, command, body, field, max })))(
    "$name takes a $field of $max bytes, Chinese or not, and no byte more",
    ({ command, body, field, max }) => {
      const chinese = "群".repeat(max / 3) + "a".repeat(max % 3);
      expect(problems(command, { ...body, [field]: "a".repeat(max) })).toEqual([]);
      expect(problems(command, { ...body, [field]: chinese })).toEqual([]);
      expect(problems(command, { ...body, [field]: "a".repeat(max + 1) })).toEqual([tooLong(field, max)]);
      expect(problems(command, { ...body, [field]: `${chinese}a` })).toEqual([tooLong(field, max)]);
      expect(problems(command, { ...body, [field]: "a\ud800" })).toEqual([loneSurrogate(field)]);
    },
  );

  it("takes ten Chinese characters for a name, and not one letter more", () => {
    expect(problems(createGroup, { ...group, Name: "一二三四五六七八九十" })).toEqual([]);
    expect(problems(createGroup, { ...group, Name: "一二三四五六七八九十a" })).toEqual([tooLong("Name", 30)]);
  });

  it.each([
    [createGroup, group, "Name"],
    [createTopic, topic, "TopicName"],
    [accountImport, {}, "UserID"],
    [createGroup, group, "Owner_Account"],
  ] as const)("$command refuses an empty name or id", (command, body, field) => {
    expect(problems(command, { ...body, [field]: "" })).toEqual([`${field} must not be empty`]);
  });

  it("leaves the length of an account's profile to the command, which has a code for it", () => {
    expect(problems(accountImport, { UserID: "leckie", Nick: "a".repeat(501), FaceUrl: "a".repeat(501) })).toEqual([]);
  });
});

describe("create_group", () => {
  const group = { Type: "Public", Name: "MyFirstGroup" };

  it("takes what the page describes", () => {
    const body = {
      Owner_Account: "leckie",
      Type: "Public",
      GroupId: "MyFirstGroup",
      Name: "TestGroup",
      Introduction: "This is group Introduction",
      Notification: "This is group Notification",
      FaceUrl: "http://this.is.face.url",
      MaxMemberCount: 500,
      ApplyJoinOption: "FreeAccess",
      InviteJoinOption: "NeedPermission",
      AppDefinedData: [
        { Key: "UserDefined1", Value: "hello" },
        { Key: "UserDefined2", Value: "\u0000\u0001" },
      ],
      MemberList: [{ Member_Account: "bob", Role: "Admin" }, { Member_Account: "peter" }],
      SupportTopic: 1,
    };
    expect(z.parse(createGroup.request, body)).toEqual(body);
  });

  it("needs a type and a name", () => {
    expect(problems(createGroup, {})).toEqual(["Type is required", "Name is required"]);
  });

  it.each([
    [{ MaxMemberCount: 0 }, "MaxMemberCount must be more than 0"],
    [{ MaxMemberCount: 1.5 }, "MaxMemberCount must be an integer"],
    [{ MaxMemberCount: "500" }, "MaxMemberCount must be a number"],
    [{ SupportTopic: 2 }, "SupportTopic must be 0 or 1"],
    [{ SupportTopic: true }, "SupportTopic must be 0 or 1"],
    [{ ApplyJoinOption: "Free" }, 'ApplyJoinOption must be "FreeAccess" or "NeedPermission" or "DisableApply"'],
    [{ InviteJoinOption: "Free" }, 'InviteJoinOption must be "FreeAccess" or "NeedPermission" or "DisableInvite"'],
    [{ MemberList: [{ Member_Account: "bob", Role: "Owner" }] }, 'MemberList[0].Role must be "Admin" or "Member"'],
    [{ MemberList: ["bob"] }, "MemberList[0] must be an object"],
    [{ MemberList: [{}] }, "MemberList[0].Member_Account is required"],
    [{ MemberList: [{ Member_Account: 7 }] }, "MemberList[0].Member_Account must be a string"],
    [{ AppDefinedData: [{ Key: "", Value: "x" }] }, "AppDefinedData[0].Key must not be empty"],
    [{ AppDefinedData: [{ Key: "a", Value: "x".repeat(513) }] }, tooLong("AppDefinedData[0].Value", 512)],
    [{ GroupId: 7 }, "GroupId must be a string"],
  ])("refuses %j", (wrong, problem) => {
    expect(problems(createGroup, { ...group, ...wrong })).toEqual([problem]);
  });

  // Too many members have a code of their own (10005), so the schema lets them through to the command.
  it("leaves the number of members to the command", () => {
    expect(CREATE_GROUP_MAX_MEMBERS).toBe(100);
    const MemberList = Array.from({ length: 101 }, (_, i) => ({ Member_Account: `user${i}` }));
    expect(problems(createGroup, { ...group, MemberList })).toEqual([]);
  });
});

describe("destroy_group", () => {
  it("needs the group's id, a text", () => {
    expect(problems(destroyGroup, { GroupId: "@TGS#2J4SZEAEL" })).toEqual([]);
    expect(problems(destroyGroup, {})).toEqual(["GroupId is required"]);
    expect(problems(destroyGroup, { GroupId: 2 })).toEqual(["GroupId must be a string"]);
    expect(problems(destroyGroup, [])).toEqual(["the value must be an object"]);
  });
});

describe("create_topic", () => {
  it("needs a community and a name", () => {
    expect(problems(createTopic, {})).toEqual(["GroupId is required", "TopicName is required"]);
  });
});

describe("destroy_topic", () => {
  const GroupId = "@TGS#_@TGS#cQVLVHIM62CJ";

  it("needs at least one topic", () => {
    expect(problems(destroyTopic, { GroupId, TopicIdList: [`${GroupId}@TOPIC#_TestTopic`] })).toEqual([]);
    expect(problems(destroyTopic, { GroupId })).toEqual(["TopicIdList is required"]);
    expect(problems(destroyTopic, { GroupId, TopicIdList: [] })).toEqual(["TopicIdList must not be empty"]);
    expect(problems(destroyTopic, { GroupId, TopicIdList: "TestTopic" })).toEqual(["TopicIdList must be an array"]);
  });

  it("answers for each topic", () => {
    const answer = {
      ActionStatus: "OK",
      ErrorCode: 0,
      ErrorInfo: "ok",
      DestroyResultItem: [{ ErrorCode: 110003, ErrorInfo: "gone", TopicId: `${GroupId}@TOPIC#_TestTopic` }],
    };
    expect(z.parse(destroyTopic.response, answer)).toEqual(answer);
    expect(z.safeParse(destroyTopic.response, { ...answer, DestroyResultItem: [{}] }).success).toBe(false);
  });
});

describe("get_group_info", () => {
  it("takes 1 to 50 groups", () => {
    const groups = (count: number) => ({ GroupIdList: Array.from({ length: count }, (_, i) => `group${i}`) });
    expect(GET_GROUP_INFO_MAX_GROUPS).toBe(50);
    expect(problems(getGroupInfo, groups(1))).toEqual([]);
    expect(problems(getGroupInfo, groups(50))).toEqual([]);
    expect(problems(getGroupInfo, groups(0))).toEqual(["GroupIdList must not be empty"]);
    expect(problems(getGroupInfo, groups(51))).toEqual(["GroupIdList must have at most 50 items"]);
  });

  it("takes filters, each a list of names", () => {
    const ResponseFilter = {
      GroupBaseInfoFilter: ["Type", "Name"],
      MemberInfoFilter: ["Role"],
      AppDefinedDataFilter_Group: ["UserDefined1"],
      AppDefinedDataFilter_GroupMember: [],
    };
    const body = { GroupIdList: ["g"], ResponseFilter };
    expect(z.parse(getGroupInfo.request, body)).toEqual(body);
    expect(problems(getGroupInfo, { GroupIdList: ["g"], ResponseFilter: { GroupBaseInfoFilter: "Type" } })).toEqual([
      "ResponseFilter.GroupBaseInfoFilter must be an array",
    ]);
  });
});
