import { appsSection } from "@muster/server";
import { describe, expect, it } from "vitest";

import { accounts, chinese, NOW_S, ok, refused, secretKey, sdkAppId, startIm, unchanged, type Im } from "./im.ts";
import { proves } from "./proves.ts";

/** What commands tell and change field by field: each by itself, and nothing beside it. */

type Fields = Readonly<Record<string, unknown>>;

const GroupId = "@TGS#_mine";
const TopicId = `${GroupId}@TOPIC#_rules`;

const base: Fields = {
  Type: "Community",
  Name: "MyFirstGroup",
  Appid: sdkAppId,
  Introduction: "i",
  Notification: "n",
  FaceUrl: "f",
  Owner_Account: "leckie",
  CreateTime: NOW_S,
  LastInfoTime: NOW_S,
  LastMsgTime: 0,
  NextMsgSeq: 1,
  MemberNum: 2,
  MaxMemberNum: 100_000,
  ApplyJoinOption: "NeedPermission",
  InviteJoinOption: "FreeAccess",
  MuteAllMember: "Off",
  SupportTopic: 1,
};

const bob: Fields = {
  Role: "Admin",
  JoinTime: NOW_S,
  MsgSeq: 0,
  MsgFlag: "AcceptAndNotify",
  LastSendMsgTime: 0,
  NameCard: "Bobby",
  MuteUntil: NOW_S + 60,
};

const topic: Fields = {
  TopicName: "Rules",
  FaceUrl: "f",
  NextMsgSeq: 1,
  Notification: "n",
  Introduction: "i",
  CreateTime: NOW_S,
  LastMsgTime: 0,
  MuteAllMember: "Off",
  CustomString: "c",
};

/** Starts a server with a community of leckie's that has bob for an admin, and a topic. */
async function start(): Promise<Im> {
  const im = await startIm();
  const { Introduction, Notification, FaceUrl } = base;
  const texts = { Introduction, Notification, FaceUrl };
  const MemberList = [{ Member_Account: "bob", Role: "Admin" }];
  await im.create({ Type: "Community", GroupId, Owner_Account: "leckie", SupportTopic: 1, MemberList, ...texts });
  const change = { GroupId, Member_Account: "bob", NameCard: "Bobby", MuteTime: 60 };
  expect(await im.rest("modify_group_member_info", change)).toEqual(ok());
  const newTopic = { GroupId, TopicId, TopicName: "Rules", CustomString: "c", ...texts };
  expect(await im.rest("create_topic", newTopic)).toEqual(ok({ TopicId }));
  return im;
}

describe("a filter", () => {
  it(
    "brings each field by its own name",
    proves(
      "rest:get-group-info:every-field",
      "rest:get-joined-group-list:every-field",
      "rest:member-info:every-field",
      "rest:get-topic:every-field",
    ),
    async () => {
      const { rest } = await start();
      for (const [name, value] of Object.entries(base)) {
        const ResponseFilter = { GroupBaseInfoFilter: [name] };
        expect(await rest("get_group_info", { GroupIdList: [GroupId], ResponseFilter }), name).toEqual(
          ok({ GroupInfo: [{ GroupId, ErrorCode: 0, ErrorInfo: "", [name]: value }] }),
        );
        expect(await rest("get_joined_group_list", { Member_Account: "bob", ResponseFilter }), name).toEqual(
          ok({ TotalCount: 1, GroupIdList: [{ GroupId, [name]: value }] }),
        );
      }
      for (const [name, value] of Object.entries(bob)) {
        const MemberInfoFilter = [name];
        const joined = await rest("get_joined_group_list", {
          Member_Account: "bob",
          ResponseFilter: { SelfInfoFilter: [name] },
        });
        expect(joined, name).toEqual(ok({ TotalCount: 1, GroupIdList: [{ GroupId, SelfInfo: { [name]: value } }] }));
        const info = await rest("get_group_info", { GroupIdList: [GroupId], ResponseFilter: { MemberInfoFilter } });
        expect(info, name).toMatchObject({ GroupInfo: [{ MemberList: [{}, { [name]: value }] }] });
        const [entry] = info["GroupInfo"] as { MemberList: object[] }[];
        expect(entry?.MemberList[1]).toEqual({ Member_Account: "bob", [name]: value });
        const page = await rest("get_group_member_info", { GroupId, MemberInfoFilter, MemberRoleFilter: ["Admin"] });
        const MemberList = [{ Member_Account: "bob", [name]: value, AppMemberDefinedData: [] }];
        expect(page, name).toEqual(ok({ MemberNum: 2, MemberList, Next: "" }));
      }
      for (const [name, value] of Object.entries(topic)) {
        expect(await rest("get_topic", { GroupId, ResponseFilter: [name] }), name).toMatchObject({
          TopicAndSelfInfo: [{ ErrorCode: 0 }],
        });
        const answer = await rest("get_topic", { GroupId, ResponseFilter: [name] });
        const [entry] = answer["TopicAndSelfInfo"] as { TopicInfo: object }[];
        expect(entry?.TopicInfo).toEqual({ GroupID: GroupId, TopicId, [name]: value });
      }
    },
  );
});

describe("a change", () => {
  it(
    "of one field leaves the others as they are",
    proves("rest:modify-group:every-field", "rest:modify-member:every-field", "rest:modify-topic:every-field"),
    async () => {
      const im = await start();
      for (const [name, value] of Object.entries({
        Name: "New",
        Introduction: "new",
        Notification: "",
        FaceUrl: "new",
        MaxMemberNum: 50,
        ApplyJoinOption: "DisableApply",
        InviteJoinOption: "NeedPermission",
        MuteAllMember: "On",
        AppDefinedData: [{ Key: "Colour", Value: "blue" }],
      })) {
        const before = (await im.group(GroupId)) as Fields;
        expect(await im.rest("modify_group_base_info", { GroupId, [name]: value }), name).toEqual(ok());
        expect(await im.group(GroupId), name).toEqual({ ...before, [name]: value });
      }

      const AppMemberDefinedData = [{ Key: "Nick", Value: "B" }];
      for (const [name, value, shown] of [
        ["Role", "Member", { Role: "Member" }],
        ["NameCard", "", { NameCard: "" }],
        ["MsgFlag", "Discard", { MsgFlag: "Discard" }],
        ["MuteTime", 0, { MuteUntil: 0 }],
        ["AppMemberDefinedData", AppMemberDefinedData, { AppMemberDefinedData }],
      ] as const) {
        const { bob: before, ...others } = await im.members(GroupId);
        const change = { GroupId, Member_Account: "bob", [name]: value };
        expect(await im.rest("modify_group_member_info", change), name).toEqual(ok());
        expect(await im.members(GroupId), name).toEqual({ ...others, bob: { ...before, ...shown } });
      }

      const info = async () => {
        const answer = await im.rest("get_topic", { GroupId });
        return (answer["TopicAndSelfInfo"] as { TopicInfo: Fields }[])[0]?.TopicInfo;
      };
      for (const [name, value] of Object.entries({
        TopicName: "New",
        Introduction: "",
        Notification: "new",
        FaceUrl: "new",
        CustomString: "new",
        MuteAllMember: "On",
      })) {
        const before = await info();
        expect(await im.rest("modify_topic", { GroupId, TopicId, [name]: value }), name).toMatchObject({
          ErrorCode: 0,
        });
        expect(await info(), name).toEqual({ ...before, [name]: value });
      }
    },
  );
});

describe("an import", () => {
  it(
    "takes what a creation takes, and within the same bounds",
    proves(
      "rest:import-group:fields",
      "rest:import-group:bounds",
      "rest:import-topic:fields",
      "rest:import-topic:bounds",
    ),
    async () => {
      const im = await startIm();
      const texts = {
        Name: chinese(30),
        Introduction: chinese(240),
        Notification: chinese(300),
        FaceUrl: chinese(100),
      };
      const options = { ApplyJoinOption: "DisableApply", InviteJoinOption: "DisableInvite" };
      const AppDefinedData = [{ Key: "Colour", Value: chinese(512) }];
      const imported = { Type: "Community", GroupId, Owner_Account: "leckie", SupportTopic: 1, ...texts, ...options };
      expect(await im.rest("import_group", { ...imported, AppDefinedData })).toEqual(ok({ GroupId }));
      expect(await im.group(GroupId)).toMatchObject({ ...imported, AppDefinedData, MemberNum: 1 });

      const newTopic = { TopicName: "Rules", Introduction: "i", Notification: "n", FaceUrl: "f", CustomString: "c" };
      const topicFields = { GroupId, TopicId, From_Account: "leckie", ...newTopic };
      expect(await im.rest("import_topic", topicFields)).toEqual(ok({ TopicId }));
      expect(await im.rest("get_topic", { GroupId })).toMatchObject({ TopicAndSelfInfo: [{ TopicInfo: newTopic }] });

      await unchanged(im, GroupId, async () => {
        for (const [code, field, wrong] of [
          [10004, "GroupId", { GroupId: "@TGS#mine" }],
          [10004, "GroupId", { GroupId: "a".repeat(49) }],
          [10004, "Type", { Type: "Live" }],
          [10004, "Name", { Name: `${chinese(30)}a` }],
          [10004, "Introduction", { Introduction: `${chinese(240)}a` }],
          [10004, "Notification", { Notification: `${chinese(300)}a` }],
          [10004, "FaceUrl", { FaceUrl: `${chinese(100)}a` }],
          [10004, "MaxMemberCount", { MaxMemberCount: 0 }],
          [10004, "ApplyJoinOption", { ApplyJoinOption: "Never" }],
          [10004, "InviteJoinOption", { InviteJoinOption: "DisableApply" }],
          [10004, "AppDefinedData", { AppDefinedData: [{ Key: "Unheard", Value: "x" }] }],
          [10004, "AppDefinedData", { AppDefinedData: [{ Key: "Colour", Value: "a".repeat(513) }] }],
          [10007, "SupportTopic", { SupportTopic: 1 }],
        ] as const) {
          const body = { Type: "Public", Name: "n", Owner_Account: "leckie", ...wrong };
          expect(await im.rest("import_group", body), JSON.stringify(wrong)).toEqual(refused(code, field));
        }
        for (const [field, bytes] of [
          ["TopicName", 30],
          ["Introduction", 240],
          ["Notification", 300],
          ["FaceUrl", 100],
          ["CustomString", 3_000],
        ] as const) {
          const body = { GroupId, TopicName: "n", [field]: `${chinese(bytes)}a` };
          expect(await im.rest("import_topic", body)).toEqual(refused(10004, field));
        }
      });
      expect(await im.rest("get_appid_group_list", {})).toMatchObject({ TotalCount: 1 });
      expect((await im.rest("get_topic", { GroupId }))["TopicAndSelfInfo"]).toHaveLength(1);
    },
  );
});

describe("a new member", () => {
  it("receives as the type of the group has it", proves("rules:msg-flag"), async () => {
    const im = await startIm();
    for (const [Type, MsgFlag] of [
      ["Work", "AcceptAndNotify"],
      ["Public", "AcceptAndNotify"],
      ["Meeting", "AcceptNotNotify"],
      ["Community", "AcceptAndNotify"],
    ] as const) {
      const groupId = await im.create({ Type, Owner_Account: "leckie", MemberList: accounts("bob") });
      await im.rest("add_group_member", { GroupId: groupId, MemberList: accounts("peter") });
      await im.rest("import_group_member", { GroupId: groupId, MemberList: accounts("alice") });
      const all = { leckie: { MsgFlag }, bob: { MsgFlag }, peter: { MsgFlag }, alice: { MsgFlag } };
      expect(await im.members(groupId), Type).toMatchObject(all);
    }
  });
});

describe("custom fields", () => {
  const problems = (more: object): unknown => {
    const parsed = appsSection.safeParse([{ sdkAppId, secretKey, ...more }]);
    return parsed.error?.issues.map(({ path }) => path.slice(1).join("."));
  };
  const keys = (count: number): string[] => Array.from({ length: count }, (_, i) => `key_${i}`);

  it("have keys of letters, digits and _", proves("rules:custom-field-keys"), () => {
    for (const key of ["a", "A_1", "_", "a".repeat(16)]) {
      expect(problems({ groupCustomFields: [key], memberCustomFields: [key] }), key).toBeUndefined();
    }
    for (const key of ["", "1a", "a-b", "a b", "ä", "a".repeat(17)]) {
      expect(problems({ groupCustomFields: [key] }), key).toEqual(["groupCustomFields.0"]);
      expect(problems({ memberCustomFields: [key] }), key).toEqual(["memberCustomFields.0"]);
    }
  });

  it("are 10 of groups and 5 of members at most", proves("rules:custom-field-number"), () => {
    expect(problems({ groupCustomFields: keys(10), memberCustomFields: keys(5) })).toBeUndefined();
    expect(problems({ groupCustomFields: keys(11) })).toEqual(["groupCustomFields"]);
    expect(problems({ memberCustomFields: keys(6) })).toEqual(["memberCustomFields"]);
  });
});
