import { signUserSig } from "@muster/protocol";
import { describe, expect, it } from "vitest";

import {
  accounts,
  chinese,
  importUsers,
  manyUsers,
  NOW_S,
  ok,
  pathOf,
  refused,
  sdkAppId,
  startIm,
  unchanged,
} from "./im.ts";
import { proves } from "./proves.ts";

const noGroup = { ErrorCode: 10010 };

describe("create_group", () => {
  const group = { Type: "Public", Name: "MyFirstGroup" };

  it("answers with the envelope and the id", proves("rest:create-group:answer", "call:envelope"), async () => {
    const { rest } = await startIm();
    expect(await rest("create_group", { ...group, GroupId: "mine", Owner_Account: "leckie" })).toEqual(
      ok({ GroupId: "mine" }),
    );
    const community = { Type: "Community", Name: "MyCommunity", GroupId: "@TGS#_plain" };
    expect(await rest("create_group", community)).toEqual(ok({ GroupId: "@TGS#_plain" }));
  });

  it("says more of a community with topics", proves("rest:create-group:topic-community-answer"), async () => {
    const { rest } = await startIm();
    const body = { Type: "Community", Name: "MyCommunity", GroupId: "@TGS#_mine", SupportTopic: 1 };
    expect(await rest("create_group", body)).toEqual(
      ok({ GroupId: "@TGS#_mine", HugeGroupFlag: 0, Type: "Community" }),
    );
  });

  it("makes an id with the type's mark", proves("rest:create-group:generated-id"), async () => {
    const { create } = await startIm();
    const marks = { Private: "1", Public: "2", ChatRoom: "3", AVChatRoom: "a", Community: "_@TGS#c" };
    for (const [Type, mark] of Object.entries(marks)) {
      expect(await create({ Type })).toMatch(new RegExp(`^@TGS#${mark}[A-Z0-9]{12}$`));
    }
    expect(await create({})).not.toBe(await create({}));
  });

  it("takes 48 printable characters for an id, and no others", proves("rest:create-group:custom-id"), async () => {
    const { rest } = await startIm();
    for (const GroupId of ["a", "a".repeat(48), " !\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~", "@TGS"]) {
      expect(await rest("create_group", { ...group, GroupId })).toEqual(ok({ GroupId }));
      expect(await rest("get_group_info", { GroupIdList: [GroupId] })).toMatchObject({
        GroupInfo: [{ GroupId, ErrorCode: 0 }],
      });
    }
    for (const GroupId of ["", "a".repeat(49), "群", "a\tb", "a\u0000b", "a\u007fb", "\ud800"]) {
      expect(await rest("create_group", { ...group, GroupId }), GroupId).toEqual(refused(10004, "GroupId"));
    }
  });

  it("keeps @TGS# for itself, but for communities", proves("rest:create-group:custom-id-prefix"), async () => {
    const { rest } = await startIm();
    for (const Type of ["Work", "Public", "Meeting", "AVChatRoom"]) {
      for (const GroupId of ["@TGS#mine", "@TGS#_mine"]) {
        expect(await rest("create_group", { ...group, Type, GroupId })).toEqual(refused(10004, "GroupId"));
      }
    }
    for (const GroupId of ["mine", "@TGS#mine", "@TGS#_", "@TGS#_@TGS#mine", "@TGS#_a@TOPIC#_b"]) {
      expect(await rest("create_group", { ...group, Type: "Community", GroupId })).toEqual(refused(10004, "GroupId"));
    }
    expect(await rest("create_group", { ...group, Type: "Community", GroupId: "@TGS#_mine" })).toMatchObject({
      ErrorCode: 0,
    });
  });

  it(
    "tells a taken id by whose it is",
    proves("rest:create-group:id-taken", "rest:create-group:id-taken-by-self", "call:refusal-changes-nothing"),
    async () => {
      const im = await startIm();
      await im.create({ GroupId: "hers", Owner_Account: "leckie" });
      await im.create({ GroupId: "nobodys" });
      await unchanged(im, "hers", async () => {
        const another = { Type: "Work", Name: "Another", GroupId: "hers" };
        expect(await im.rest("create_group", { ...another, Owner_Account: "peter" })).toEqual(
          refused(10021, "GroupId"),
        );
        expect(await im.rest("create_group", another)).toEqual(refused(10021, "GroupId"));
        expect(await im.rest("create_group", { ...another, Owner_Account: "leckie" })).toEqual(
          refused(10025, "GroupId"),
        );
        expect(await im.rest("create_group", { ...another, GroupId: "nobodys" })).toEqual(refused(10021, "GroupId"));
      });
    },
  );

  it("gives a disbanded group's id again", proves("rest:create-group:id-after-destroy"), async () => {
    const { rest, create } = await startIm();
    await create({ GroupId: "again", Owner_Account: "leckie" });
    expect(await rest("destroy_group", { GroupId: "again" })).toEqual(ok());
    expect(await rest("create_group", { ...group, GroupId: "again", Owner_Account: "peter" })).toEqual(
      ok({ GroupId: "again" }),
    );
  });

  it(
    "takes old and new names of types, and answers by the profile",
    proves("rest:create-group:types", "rest:create-group:type-names-answered"),
    async () => {
      const olds = { Work: "Private", Private: "Private", Public: "Public", Meeting: "ChatRoom", ChatRoom: "ChatRoom" };
      const news = { Work: "Work", Private: "Work", Public: "Public", Meeting: "Meeting", ChatRoom: "Meeting" };
      const others = { AVChatRoom: "AVChatRoom", Community: "Community" };
      for (const [im, names] of [
        [await startIm(), { ...olds, ...others }],
        [await startIm({ profile: { typeNames: "new" } }), { ...news, ...others }],
      ] as const) {
        for (const [Type, answered] of Object.entries(names)) {
          expect(await im.group(await im.create({ Type }))).toMatchObject({ ErrorCode: 0, Type: answered });
        }
      }
    },
  );

  it(
    "needs a type that there is, and a name",
    proves("rest:create-group:type-required", "rest:create-group:name-required"),
    async () => {
      const { rest } = await startIm();
      for (const Type of [undefined, "", "public", "BChatRoom", "Group", 1, null]) {
        expect(await rest("create_group", { ...group, Type })).toEqual(refused(10004, "Type"));
      }
      for (const Name of [undefined, "", 1, null, ["a"]]) {
        expect(await rest("create_group", { ...group, Name })).toEqual(refused(10004, "Name"));
      }
      expect(await rest("create_group", {})).toEqual(refused(10004, "Name is required"));
    },
  );

  const expectLength = async (field: string, bytes: number): Promise<void> => {
    const im = await startIm();
    for (const text of ["a".repeat(bytes), chinese(bytes), chinese(bytes - 4) + "😀"]) {
      const groupId = await im.create({ [field]: text });
      expect(await im.group(groupId)).toMatchObject({ [field]: text });
    }
    await im.told();
    for (const text of ["a".repeat(bytes + 1), `${chinese(bytes)}a`, `${chinese(bytes - 3)}😀`]) {
      expect(await im.rest("create_group", { ...group, [field]: text })).toEqual(refused(10004, field));
    }
    expect(await im.rest("get_appid_group_list", {})).toMatchObject({ TotalCount: 3 });
    expect(await im.told()).toEqual([]);
  };
  it("takes a name of 30 bytes", proves("rest:create-group:name-30-bytes"), () => expectLength("Name", 30));
  it("takes 240 bytes to introduce", proves("rest:create-group:introduction-240-bytes"), () =>
    expectLength("Introduction", 240),
  );
  it("takes 300 bytes to notify", proves("rest:create-group:notification-300-bytes"), () =>
    expectLength("Notification", 300),
  );
  it("takes an avatar's URL of 100 bytes", proves("rest:create-group:face-url-100-bytes"), () =>
    expectLength("FaceUrl", 100),
  );

  it(
    "makes the owner a member",
    proves("rest:create-group:owner-is-member", "rest:create-group:no-owner"),
    async () => {
      const im = await startIm();
      const owned = await im.create({ Owner_Account: "leckie" });
      expect(await im.group(owned)).toMatchObject({ Owner_Account: "leckie", MemberNum: 1 });
      expect(await im.members(owned)).toMatchObject({ leckie: { Role: "Owner", JoinTime: NOW_S } });
      const free = await im.create({ MemberList: accounts("bob") });
      expect(await im.group(free)).toMatchObject({ Owner_Account: "", MemberNum: 1 });
      expect(Object.keys(await im.members(free))).toEqual(["bob"]);
      expect(await im.group(await im.create({}))).toMatchObject({ Owner_Account: "", MemberNum: 0, MemberList: [] });
    },
  );

  it("knows its people", proves("rest:create-group:owner-not-imported", "call:refusal-changes-nothing"), async () => {
    const im = await startIm();
    const wanted = { ...group, GroupId: "mine" };
    for (const people of [
      { Owner_Account: "nobody" },
      { Owner_Account: "leckie", MemberList: accounts("bob", "nobody") },
    ]) {
      expect(await im.rest("create_group", { ...wanted, ...people })).toEqual(refused(10019, "nobody"));
    }
    expect(await im.group("mine")).toMatchObject(noGroup);
    expect(await im.told()).toEqual([]);
  });

  it("makes members and admins, each once", proves("rest:create-group:members"), async () => {
    const im = await startIm();
    const MemberList = [
      { Member_Account: "bob", Role: "Admin" },
      { Member_Account: "peter" },
      { Member_Account: "bob" },
      { Member_Account: "leckie" },
    ];
    const groupId = await im.create({ Owner_Account: "leckie", MemberList });
    const members = await im.members(groupId);
    expect(Object.entries(members).map(([name, { Role }]) => [name, Role])).toEqual([
      ["leckie", "Owner"],
      ["bob", "Admin"],
      ["peter", "Member"],
    ]);
    const owner = [{ Member_Account: "bob", Role: "Owner" }];
    expect(await im.rest("create_group", { ...group, MemberList: owner })).toEqual(
      refused(10004, "MemberList[0].Role"),
    );
  });

  it("takes 100 members in one call", proves("rest:create-group:members-100"), async () => {
    const im = await startIm();
    const users = await importUsers(im, 101);
    const wanted = { ...group, GroupId: "large", Owner_Account: "leckie" };
    expect(await im.rest("create_group", { ...wanted, MemberList: accounts(...users) })).toEqual(
      refused(10005, "MemberList"),
    );
    expect(await im.group("large")).toMatchObject(noGroup);
    expect(await im.told()).toEqual([]);
    const groupId = await im.create({ ...wanted, MemberList: accounts(...users.slice(0, 100)) });
    expect(await im.group(groupId)).toMatchObject({ MemberNum: 101 });
  });

  it("keeps the custom fields of initial members", proves("rest:create-group:member-fields"), async () => {
    const im = await startIm();
    const AppMemberDefinedData = [{ Key: "Nick", Value: "Bobby" }];
    const groupId = await im.create({ MemberList: [{ Member_Account: "bob", AppMemberDefinedData }] });
    expect(await im.members(groupId)).toMatchObject({ bob: { AppMemberDefinedData } });
    for (const field of [{ Key: "Unheard", Value: "x" }, { Key: "Nick", Value: "x".repeat(65) }, { Key: "Nick" }]) {
      const MemberList = [{ Member_Account: "bob", AppMemberDefinedData: [field] }];
      expect(await im.rest("create_group", { ...group, MemberList })).toEqual(refused(10004, "AppMemberDefinedData"));
    }
  });

  it(
    "gives types no members that they do not have",
    proves("rest:create-group:avchatroom-members", "rest:create-group:work-admin"),
    async () => {
      const { rest } = await startIm();
      const MemberList = accounts("bob");
      expect(await rest("create_group", { ...group, Type: "AVChatRoom", MemberList })).toEqual(
        refused(10007, "MemberList"),
      );
      const admins = [{ Member_Account: "bob", Role: "Admin" }];
      expect(await rest("create_group", { ...group, Type: "Work", MemberList: admins })).toEqual(
        refused(10007, "MemberList"),
      );
    },
  );

  it(
    "bounds the number of members by the type",
    proves("rest:create-group:max-members", "rest:create-group:too-many-for-max"),
    async () => {
      const im = await startIm();
      for (const [Type, most] of [
        ["Work", 6_000],
        ["Public", 6_000],
        ["Meeting", 6_000],
        ["Community", 100_000],
      ] as const) {
        expect(await im.group(await im.create({ Type }))).toMatchObject({ MaxMemberNum: most });
        const groupId = await im.create({ Type, MaxMemberCount: most });
        expect(await im.group(groupId)).toMatchObject({ MaxMemberNum: most });
        for (const MaxMemberCount of [most + 1, 0, -1, 1.5]) {
          expect(await im.rest("create_group", { ...group, Type, MaxMemberCount })).toEqual(
            refused(10004, "MaxMemberCount"),
          );
        }
      }
      const small = { MaxMemberCount: 2, Owner_Account: "leckie" };
      await im.create({ ...small, MemberList: accounts("bob", "bob", "leckie") });
      expect(await im.rest("create_group", { ...group, ...small, MemberList: accounts("bob", "peter") })).toEqual(
        refused(10014, "MemberList"),
      );
    },
  );

  it("knows the documented ways to join", proves("rest:create-group:join-options"), async () => {
    const im = await startIm();
    expect(await im.group(await im.create({}))).toMatchObject({ ApplyJoinOption: "NeedPermission" });
    for (const ApplyJoinOption of ["FreeAccess", "NeedPermission", "DisableApply"]) {
      expect(await im.group(await im.create({ ApplyJoinOption }))).toMatchObject({ ApplyJoinOption });
    }
    for (const InviteJoinOption of ["FreeAccess", "NeedPermission", "DisableInvite"]) {
      expect(await im.group(await im.create({ InviteJoinOption }))).toMatchObject({ InviteJoinOption });
    }
    for (const [field, value] of [
      ["ApplyJoinOption", "DisableInvite"],
      ["ApplyJoinOption", "freeaccess"],
      ["InviteJoinOption", "DisableApply"],
    ] as const) {
      expect(await im.rest("create_group", { ...group, [field]: value })).toEqual(refused(10004, field));
    }
  });

  it(
    "keeps the configured custom fields, binary ones as well",
    proves("rest:create-group:custom-fields", "rest:create-group:unknown-custom-field"),
    async () => {
      const im = await startIm();
      for (const Value of ["blue", "\u0000\u0001\u001f", "a".repeat(512), chinese(512), '"\\', ""]) {
        const groupId = await im.create({ AppDefinedData: [{ Key: "Colour", Value }] });
        expect(await im.group(groupId)).toMatchObject({ AppDefinedData: [{ Key: "Colour", Value }] });
      }
      for (const field of [
        { Key: "Unheard", Value: "x" },
        { Key: "colour", Value: "x" },
        { Key: "", Value: "x" },
        { Key: "Colour", Value: "a".repeat(513) },
        { Key: "Colour", Value: `${chinese(512)}a` },
        { Key: "Colour", Value: 7 },
        { Key: "Colour" },
        { Value: "x" },
      ]) {
        expect(await im.rest("create_group", { ...group, AppDefinedData: [field] }), JSON.stringify(field)).toEqual(
          refused(10004, "AppDefinedData"),
        );
      }
    },
  );

  it(
    "has communities and topics where the app has them",
    proves("rest:create-group:community-not-enabled", "rest:create-group:support-topic"),
    async () => {
      const community = { Type: "Community", Name: "MyCommunity" };
      const none = await startIm({ features: {} });
      expect(await none.rest("create_group", community)).toEqual(refused(11000, "communities"));
      const topicless = await startIm({ features: { community: true } });
      expect(await topicless.rest("create_group", { ...community, SupportTopic: 1 })).toEqual(
        refused(11000, "SupportTopic"),
      );
      expect(await topicless.rest("create_group", community)).toMatchObject({ ErrorCode: 0 });
      const { rest } = await startIm();
      for (const Type of ["Work", "Public", "Meeting", "AVChatRoom"]) {
        expect(await rest("create_group", { ...group, Type, SupportTopic: 1 })).toEqual(refused(10007, "SupportTopic"));
        expect(await rest("create_group", { ...group, Type, SupportTopic: 0 })).toMatchObject({ ErrorCode: 0 });
      }
      expect(await rest("create_group", { ...community, SupportTopic: 2 })).toEqual(refused(10004, "SupportTopic"));
    },
  );
});

describe("destroy_group", () => {
  it(
    "disbands every type, once",
    proves("rest:destroy-group:answer", "rest:destroy-group:not-found", "rules:work:dismiss-rest-only"),
    async () => {
      const im = await startIm();
      for (const Type of ["Work", "Public", "Meeting", "AVChatRoom", "Community"]) {
        const GroupId = await im.create({ Type, Owner_Account: "leckie" });
        expect(await im.rest("destroy_group", { GroupId })).toEqual(ok());
        expect(await im.group(GroupId)).toMatchObject({ GroupId, ErrorCode: 10010 });
        await im.told();
        expect(await im.rest("destroy_group", { GroupId })).toEqual(refused(10010, "GroupId"));
        expect(await im.told()).toEqual([]);
      }
      expect(await im.rest("destroy_group", { GroupId: "never-there" })).toEqual(refused(10010, "GroupId"));
    },
  );

  it("knows what cannot be an id", proves("rest:destroy-group:bad-id"), async () => {
    const { rest } = await startIm();
    for (const GroupId of ["", "群", "a".repeat(49), "a\nb", "@TGS#_a@TOPIC#_b", "\ud800"]) {
      expect(await rest("destroy_group", { GroupId }), GroupId).toEqual(refused(10015, "GroupId"));
    }
    for (const body of [{}, { GroupId: 7 }, { GroupId: null }, { GroupId: ["a"] }, [], null, "a", 7]) {
      expect(await rest("destroy_group", body), JSON.stringify(body)).toEqual(refused(10004));
    }
  });

  it("leaves nothing of the group", proves("rest:destroy-group:gone"), async () => {
    const im = await startIm();
    const GroupId = "@TGS#_mine";
    const community = { Type: "Community", GroupId, Owner_Account: "leckie", SupportTopic: 1 };
    await im.create({ ...community, MemberList: accounts("bob"), AppDefinedData: [{ Key: "Colour", Value: "blue" }] });
    expect(await im.rest("create_topic", { GroupId, TopicName: "rules" })).toMatchObject({ ErrorCode: 0 });
    expect(await im.rest("set_group_attr", { GroupId, GroupAttr: [{ key: "a", value: "b" }] })).toEqual(ok());
    expect(await im.rest("destroy_group", { GroupId })).toEqual(ok());
    for (const Member_Account of ["leckie", "bob"]) {
      expect(await im.rest("get_joined_group_list", { Member_Account })).toEqual(
        ok({ TotalCount: 0, GroupIdList: [] }),
      );
    }
    await im.create(community);
    expect(await im.group(GroupId)).toMatchObject({ MemberNum: 1, AppDefinedData: [] });
    expect(await im.rest("get_topic", { GroupId })).toMatchObject({ ErrorCode: 0, TopicAndSelfInfo: [] });
    expect(await im.rest("get_group_attr", { GroupId })).toEqual(ok({ GroupAttr: [] }));
  });
});

describe("get_group_info", () => {
  it("gives all documented fields", proves("rest:get-group-info:entry"), async () => {
    const im = await startIm();
    const AppDefinedData = [
      { Key: "Colour", Value: "blue" },
      { Key: "Level", Value: "3" },
    ];
    const texts = { Introduction: "all of it", Notification: "news", FaceUrl: "http://x/y.png" };
    await im.create({
      GroupId: "mine",
      Owner_Account: "leckie",
      ...texts,
      AppDefinedData,
      MemberList: accounts("bob"),
    });
    const member = {
      JoinTime: NOW_S,
      MsgSeq: 0,
      MsgFlag: "AcceptAndNotify",
      LastSendMsgTime: 0,
      NameCard: "",
      MuteUntil: 0,
      AppMemberDefinedData: [],
    };
    expect(await im.group("mine")).toEqual({
      GroupId: "mine",
      ErrorCode: 0,
      ErrorInfo: "",
      Type: "Public",
      Name: "MyFirstGroup",
      Appid: sdkAppId,
      ...texts,
      Owner_Account: "leckie",
      CreateTime: NOW_S,
      LastInfoTime: NOW_S,
      LastMsgTime: 0,
      NextMsgSeq: 1,
      MemberNum: 2,
      MaxMemberNum: 6_000,
      ApplyJoinOption: "NeedPermission",
      InviteJoinOption: "FreeAccess",
      MuteAllMember: "Off",
      AppDefinedData,
      MemberList: [
        { Member_Account: "leckie", Role: "Owner", ...member },
        { Member_Account: "bob", Role: "Member", ...member },
      ],
    });
  });

  it("has a result for each", proves("rest:get-group-info:per-group"), async () => {
    const { rest, create } = await startIm();
    await create({ GroupId: "mine" });
    await create({ GroupId: "gone" });
    await rest("destroy_group", { GroupId: "gone" });
    const GroupIdList = ["mine", "gone", "群", "mine"];
    expect(await rest("get_group_info", { GroupIdList })).toEqual(
      ok({
        GroupInfo: [
          expect.objectContaining({ GroupId: "mine", ErrorCode: 0, ErrorInfo: "" }),
          { GroupId: "gone", ErrorCode: 10010, ErrorInfo: expect.stringContaining("gone") },
          { GroupId: "群", ErrorCode: 10015, ErrorInfo: expect.stringContaining("GroupId") },
          expect.objectContaining({ GroupId: "mine", ErrorCode: 0 }),
        ],
      }),
    );
  });

  it("reads 1 to 50", proves("rest:get-group-info:50"), async () => {
    const { rest } = await startIm();
    for (const GroupIdList of [undefined, [], "mine", [7], manyUsers(51)]) {
      expect(await rest("get_group_info", { GroupIdList })).toEqual(refused(10004, "GroupIdList"));
    }
    const answer = await rest("get_group_info", { GroupIdList: manyUsers(50) });
    expect(answer).toEqual(ok({ GroupInfo: expect.any(Array) }));
    expect(answer["GroupInfo"]).toHaveLength(50);
  });

  it("gives what a filter names, and nothing else", proves("rest:get-group-info:filter"), async () => {
    const { rest, create } = await startIm();
    const AppDefinedData = [
      { Key: "Colour", Value: "blue" },
      { Key: "Level", Value: "3" },
    ];
    const AppMemberDefinedData = [
      { Key: "Nick", Value: "Bobby" },
      { Key: "Rank", Value: "1" },
    ];
    const MemberList = [{ Member_Account: "bob", AppMemberDefinedData }];
    await create({ GroupId: "mine", AppDefinedData, MemberList });
    const always = { GroupId: "mine", ErrorCode: 0, ErrorInfo: "" };
    for (const [ResponseFilter, fields] of [
      [{}, {}],
      [{ GroupBaseInfoFilter: ["Name", "MemberNum", "Unheard"] }, { Name: "MyFirstGroup", MemberNum: 1 }],
      [{ MemberInfoFilter: ["Role"] }, { MemberList: [{ Member_Account: "bob", Role: "Member" }] }],
      [{ AppDefinedDataFilter_Group: ["Level"] }, { AppDefinedData: [{ Key: "Level", Value: "3" }] }],
      [
        { AppDefinedDataFilter_GroupMember: ["Rank"] },
        { MemberList: [{ Member_Account: "bob", AppMemberDefinedData: [{ Key: "Rank", Value: "1" }] }] },
      ],
    ]) {
      expect(await rest("get_group_info", { GroupIdList: ["mine"], ResponseFilter })).toEqual(
        ok({ GroupInfo: [{ ...always, ...fields }] }),
      );
    }
    expect(await rest("get_group_info", { GroupIdList: ["mine"], ResponseFilter: ["Name"] })).toEqual(
      refused(10004, "ResponseFilter"),
    );
  });

  it("gives no members of an AVChatRoom", proves("rest:get-group-info:avchatroom"), async () => {
    const { group, create } = await startIm();
    const groupId = await create({ Type: "AVChatRoom", Owner_Account: "leckie" });
    expect(await group(groupId)).toMatchObject({
      ErrorCode: 0,
      Type: "AVChatRoom",
      Owner_Account: "leckie",
      MemberNum: 0,
      MemberList: [],
    });
  });
});

describe("get_appid_group_list", () => {
  it(
    "counts, lists and pages the app's groups",
    proves("rest:get-appid-group-list:all", "rest:get-appid-group-list:pages", "rest:get-appid-group-list:type"),
    async () => {
      const { rest, create } = await startIm();
      expect(await rest("get_appid_group_list", {})).toEqual(ok({ TotalCount: 0, GroupIdList: [], Next: 0 }));
      const types = ["Public", "Work", "Meeting", "AVChatRoom", "Community", "Public", "Public"];
      const ids: string[] = [];
      for (const Type of types) ids.push(await create({ Type }));
      const listed = ids.map((GroupId) => ({ GroupId }));
      expect(await rest("get_appid_group_list", {})).toEqual(ok({ TotalCount: 7, GroupIdList: listed, Next: 0 }));

      for (const Limit of [1, 2, 3, 7, 8]) {
        const pages: unknown[] = [];
        let Next: unknown = 0;
        do {
          const answer = await rest("get_appid_group_list", { Limit, Next });
          expect(answer).toMatchObject({ ErrorCode: 0, TotalCount: 7 });
          pages.push(...(answer["GroupIdList"] as unknown[]));
          Next = answer["Next"];
        } while (Next !== 0);
        expect(pages).toEqual(listed);
      }

      for (const [GroupType, at] of [
        ["Public", [0, 5, 6]],
        ["Work", [1]],
        ["Private", [1]],
        ["Meeting", [2]],
        ["ChatRoom", [2]],
        ["AVChatRoom", [3]],
        ["Community", [4]],
      ] as const) {
        expect(await rest("get_appid_group_list", { GroupType })).toEqual(
          ok({ TotalCount: at.length, GroupIdList: at.map((i) => listed[i]), Next: 0 }),
        );
      }
      expect(await rest("get_appid_group_list", { GroupType: "Unheard" })).toEqual(refused(10004, "GroupType"));
    },
  );

  it("bounds the page", proves("rest:get-appid-group-list:limit"), async () => {
    const { rest } = await startIm();
    expect(await rest("get_appid_group_list", { Limit: 10_000 })).toMatchObject({ ErrorCode: 0 });
    for (const Limit of [0, -1, 10_001, 1.5, "10"]) {
      expect(await rest("get_appid_group_list", { Limit })).toEqual(refused(10004, "Limit"));
    }
    for (const Next of [-1, "0", 0.5]) {
      expect(await rest("get_appid_group_list", { Next })).toEqual(refused(10004, "Next"));
    }
  });
});

describe("get_joined_group_list", () => {
  it(
    "lists a user's groups in pages and by type",
    proves(
      "rest:get-joined-group-list:ids",
      "rest:get-joined-group-list:pages",
      "rest:get-joined-group-list:type",
      "rest:get-joined-group-list:community-ok",
      "rest:get-joined-group-list:nobody",
      "rest:get-joined-group-list:limit",
    ),
    async () => {
      const { rest, create } = await startIm();
      expect(await rest("get_joined_group_list", { Member_Account: "leckie" })).toEqual(
        ok({ TotalCount: 0, GroupIdList: [] }),
      );
      await create({ GroupId: "a", Owner_Account: "leckie" });
      await create({ GroupId: "b", Type: "Work", MemberList: accounts("leckie") });
      await create({ GroupId: "not-hers", Owner_Account: "bob" });
      await create({ GroupId: "@TGS#_c", Type: "Community", Owner_Account: "leckie" });
      await create({ GroupId: "@TGS#_d", Type: "Community", Owner_Account: "leckie", SupportTopic: 1 });
      const ask = (more: object) => rest("get_joined_group_list", { Member_Account: "leckie", ...more });
      const list = (total: number, ...ids: string[]) => ({
        TotalCount: total,
        GroupIdList: ids.map((GroupId) => ({ GroupId })),
      });
      expect(await ask({})).toEqual(ok(list(4, "a", "b", "@TGS#_c", "@TGS#_d")));
      expect(await ask({ WithHugeGroups: 1, WithNoActiveGroups: 1 })).toEqual(
        ok(list(4, "a", "b", "@TGS#_c", "@TGS#_d")),
      );
      expect(await ask({ Limit: 2 })).toEqual(ok(list(4, "a", "b")));
      expect(await ask({ Limit: 2, Offset: 1 })).toEqual(ok(list(4, "b", "@TGS#_c")));
      expect(await ask({ Offset: 9, Limit: 5000 })).toEqual(ok(list(4)));
      expect(await ask({ GroupType: "Private" })).toEqual(ok(list(1, "b")));
      expect(await ask({ GroupType: "Work" })).toEqual(ok(list(1, "b")));
      const inCommunities = { GroupType: "Community" };
      expect(await ask(inCommunities)).toEqual({ ...(ok(list(2, "@TGS#_c", "@TGS#_d")) as object), ErrorInfo: "ok" });
      expect(await ask({ ...inCommunities, SupportTopic: 1 })).toMatchObject(list(1, "@TGS#_d"));
      expect(await ask({ ...inCommunities, SupportTopic: 0 })).toMatchObject(list(1, "@TGS#_c"));
      for (const [more, field] of [
        [{ SupportTopic: 1 }, "SupportTopic"],
        [{ GroupType: "Unheard" }, "GroupType"],
        [{ Limit: 0 }, "Limit"],
        [{ Limit: 5001 }, "Limit"],
        [{ Offset: -1 }, "Offset"],
        [{ WithHugeGroups: 2 }, "WithHugeGroups"],
        [{ Member_Account: "" }, "Member_Account"],
        [{ Member_Account: "a".repeat(33) }, "Member_Account"],
      ] as const) {
        expect(await ask(more)).toEqual(refused(10004, field));
      }
    },
  );

  it(
    "has Work groups that nobody wrote to, and no AVChatRooms",
    proves("rest:get-joined-group-list:not-activated", "rest:get-joined-group-list:huge"),
    async () => {
      const { rest, create } = await startIm();
      await create({ Type: "AVChatRoom", Owner_Account: "leckie" });
      const GroupId = await create({ Type: "Work", Owner_Account: "leckie" });
      for (const more of [
        {},
        { WithHugeGroups: 1 },
        { WithHugeGroups: 0, WithNoActiveGroups: 0 },
        { WithNoActiveGroups: 1 },
      ]) {
        expect(await rest("get_joined_group_list", { Member_Account: "leckie", ...more })).toEqual(
          ok({ TotalCount: 1, GroupIdList: [{ GroupId }] }),
        );
      }
    },
  );

  it("adds what the filters name", proves("rest:get-joined-group-list:filter"), async () => {
    const { rest, create } = await startIm();
    await create({ GroupId: "a", Owner_Account: "leckie", MemberList: accounts("bob") });
    const ResponseFilter = {
      GroupBaseInfoFilter: ["Type", "Name", "MemberNum", "Owner_Account"],
      SelfInfoFilter: ["Role", "JoinTime", "MsgFlag"],
    };
    expect(await rest("get_joined_group_list", { Member_Account: "bob", ResponseFilter })).toEqual(
      ok({
        TotalCount: 1,
        GroupIdList: [
          {
            GroupId: "a",
            Type: "Public",
            Name: "MyFirstGroup",
            MemberNum: 2,
            Owner_Account: "leckie",
            SelfInfo: { Role: "Member", JoinTime: NOW_S, MsgFlag: "AcceptAndNotify" },
          },
        ],
      }),
    );
  });
});

describe("modify_group_base_info", () => {
  it("changes what is there", proves("rest:modify-group:answer", "rest:modify-group:last-info-time"), async () => {
    const im = await startIm();
    await im.create({ GroupId: "mine", Introduction: "old", Notification: "old", FaceUrl: "old" });
    const before = (await im.group("mine")) as object;
    im.clock.now += 60_000;
    const changes = { Name: "New", Introduction: "", ApplyJoinOption: "FreeAccess", InviteJoinOption: "DisableInvite" };
    expect(await im.rest("modify_group_base_info", { GroupId: "mine", ...changes, MaxMemberNum: 10 })).toEqual(ok());
    expect(await im.group("mine")).toEqual({
      ...before,
      ...changes,
      MaxMemberNum: 10,
      LastInfoTime: NOW_S + 60,
    });
  });

  it("keeps to the lengths", proves("rest:modify-group:lengths", "call:refusal-changes-nothing"), async () => {
    const im = await startIm();
    await im.create({ GroupId: "mine" });
    for (const [field, bytes] of [
      ["Name", 30],
      ["Introduction", 240],
      ["Notification", 300],
      ["FaceUrl", 100],
    ] as const) {
      const fits = chinese(bytes);
      expect(await im.rest("modify_group_base_info", { GroupId: "mine", [field]: fits })).toEqual(ok());
      expect(await im.group("mine")).toMatchObject({ [field]: fits });
      await unchanged(im, "mine", async () => {
        const body = { GroupId: "mine", MaxMemberNum: 5, [field]: `${fits}a` };
        expect(await im.rest("modify_group_base_info", body)).toEqual(refused(10004, field));
      });
    }
    expect(await im.rest("modify_group_base_info", { GroupId: "mine", Name: "" })).toEqual(refused(10004, "Name"));
  });

  it(
    "adds, overwrites and deletes custom fields",
    proves("rest:modify-group:custom-fields", "rest:modify-group:unknown-custom-field"),
    async () => {
      const im = await startIm();
      await im.create({ GroupId: "mine", AppDefinedData: [{ Key: "Colour", Value: "blue" }] });
      const change = (...AppDefinedData: object[]) =>
        im.rest("modify_group_base_info", { GroupId: "mine", Introduction: "with it", AppDefinedData });
      const level = { Key: "Level", Value: "3" };
      const green = { Key: "Colour", Value: "green" };
      expect(await change(level, green)).toEqual(ok());
      expect(await im.group("mine")).toMatchObject({ AppDefinedData: [green, level] });
      expect(await change({ Key: "Colour", Value: "" })).toEqual(ok());
      expect(await im.group("mine")).toMatchObject({ AppDefinedData: [level] });
      await unchanged(im, "mine", async () => {
        expect(await change(green, { Key: "Unheard", Value: "x" })).toEqual(refused(10004, "AppDefinedData"));
        expect(await change({ Key: "Colour", Value: "a".repeat(513) })).toEqual(refused(10004, "AppDefinedData"));
      });
    },
  );

  it("mutes all, under either name", proves("rest:modify-group:mute-all"), async () => {
    const im = await startIm();
    await im.create({ GroupId: "mine" });
    for (const [field, value] of [
      ["MuteAllMember", "On"],
      ["MuteAllMember", "Off"],
      ["ShutUpAllMember", "On"],
      ["ShutUpAllMember", "Off"],
    ] as const) {
      expect(await im.rest("modify_group_base_info", { GroupId: "mine", [field]: value })).toEqual(ok());
      expect(await im.group("mine")).toMatchObject({ MuteAllMember: value });
    }
    for (const MuteAllMember of ["on", 1, true]) {
      expect(await im.rest("modify_group_base_info", { GroupId: "mine", MuteAllMember })).toEqual(
        refused(10004, "MuteAllMember"),
      );
    }
  });

  it("bounds the number of members", proves("rest:modify-group:max-member-num"), async () => {
    const im = await startIm();
    await im.create({ GroupId: "mine", MemberList: accounts("leckie", "bob") });
    const change = (GroupId: string, MaxMemberNum: number) =>
      im.rest("modify_group_base_info", { GroupId, MaxMemberNum });
    for (const MaxMemberNum of [2, 6_000]) expect(await change("mine", MaxMemberNum)).toEqual(ok());
    await unchanged(im, "mine", async () => {
      for (const MaxMemberNum of [1, 0, 6_001]) {
        expect(await change("mine", MaxMemberNum)).toEqual(refused(10004, "MaxMemberNum"));
      }
    });
    const live = await im.create({ Type: "AVChatRoom" });
    const before = await im.group(live);
    expect(await change(live, 7)).toEqual(ok());
    expect(await im.group(live)).toEqual(before);
  });

  it("acts in another's name", proves("rest:modify-group:from-account"), async () => {
    const im = await startIm();
    await im.create({ GroupId: "mine", Owner_Account: "leckie" });
    await im.told();
    const body = { GroupId: "mine", Name: "New", From_Account: "leckie" };
    expect(await im.rest("modify_group_base_info", body)).toEqual(ok());
    expect(await im.told()).toMatchObject([{ Operator_Account: "leckie", Name: "New" }]);
  });

  it("needs a group", proves("rest:modify-group:not-found"), async () => {
    const { rest } = await startIm();
    expect(await rest("modify_group_base_info", { GroupId: "nowhere", Name: "n" })).toEqual(refused(10010, "GroupId"));
    expect(await rest("modify_group_base_info", { GroupId: "群", Name: "n" })).toEqual(refused(10015, "GroupId"));
    expect(await rest("modify_group_base_info", { Name: "n" })).toEqual(refused(10004, "GroupId"));
  });
});

describe("change_group_owner", () => {
  it(
    "hands a group over",
    proves("rest:change-owner:answer", "rest:change-owner:no-owner-before", "rules:admin-has-owner-powers"),
    async () => {
      const im = await startIm();
      for (const Type of ["Work", "Public", "Meeting", "Community"]) {
        const GroupId = await im.create({ Type, Owner_Account: "leckie", MemberList: accounts("bob") });
        expect(await im.rest("change_group_owner", { GroupId, NewOwner_Account: "bob" })).toEqual(ok());
        expect(await im.group(GroupId)).toMatchObject({ Owner_Account: "bob", MemberNum: 2 });
        expect(await im.members(GroupId)).toMatchObject({ leckie: { Role: "Member" }, bob: { Role: "Owner" } });
      }
      const GroupId = await im.create({ MemberList: accounts("bob") });
      expect(await im.rest("change_group_owner", { GroupId, NewOwner_Account: "bob" })).toEqual(ok());
      expect(await im.group(GroupId)).toMatchObject({ Owner_Account: "bob" });
    },
  );

  it(
    "goes to another member only",
    proves(
      "rest:change-owner:not-member",
      "rest:change-owner:same",
      "rest:change-owner:avchatroom",
      "rest:change-owner:not-found",
      "call:refusal-changes-nothing",
    ),
    async () => {
      const im = await startIm();
      await im.create({ GroupId: "mine", Owner_Account: "leckie", MemberList: accounts("bob") });
      const live = await im.create({ Type: "AVChatRoom", Owner_Account: "leckie" });
      const change = (GroupId: unknown, NewOwner_Account: unknown) =>
        im.rest("change_group_owner", { GroupId, NewOwner_Account });
      await unchanged(im, "mine", async () => {
        for (const heir of ["peter", "nobody", "leckie"]) {
          expect(await change("mine", heir)).toEqual(refused(10007, "NewOwner_Account"));
        }
        expect(await change(live, "leckie")).toEqual(refused(10007));
        expect(await change(live, "bob")).toEqual(refused(10007));
        expect(await change("nowhere", "bob")).toEqual(refused(10010, "GroupId"));
        expect(await change("群", "bob")).toEqual(refused(10015, "GroupId"));
        expect(await change("mine", undefined)).toEqual(refused(10004, "NewOwner_Account"));
      });
    },
  );
});

describe("a new owner", () => {
  it(
    "is muted no more, and was made so by whoever is named",
    proves("rest:change-owner:unmuted", "rest:change-owner:from-account"),
    async () => {
      const im = await startIm();
      await im.create({ GroupId: "mine", Owner_Account: "leckie", MemberList: accounts("bob") });
      await im.rest("forbid_send_msg", { GroupId: "mine", Members_Account: ["bob"], MuteTime: 60 });
      await im.told();
      const change = { GroupId: "mine", NewOwner_Account: "bob", From_Account: "leckie" };
      expect(await im.rest("change_group_owner", change)).toEqual(ok());
      expect(await im.members("mine")).toMatchObject({ bob: { Role: "Owner", MuteUntil: 0 } });
      expect(await im.told()).toMatchObject([{ Operator_Account: "leckie", NewOwner_Account: "bob" }]);
    },
  );
});

describe("import_group", () => {
  it(
    "brings a group in, in silence",
    proves("rest:import-group:answer", "rest:import-group:silent", "rest:import-group:max-members"),
    async () => {
      const im = await startIm();
      const CreateTime = NOW_S - 86_400;
      for (const [Type, most] of [
        ["Work", 2_000],
        ["Public", 2_000],
        ["Meeting", 2_000],
        ["Community", 100_000],
      ] as const) {
        const body = { Type, Name: "Imported", Owner_Account: "leckie", CreateTime };
        const answer = await im.rest("import_group", body);
        expect(answer).toEqual(ok({ GroupId: expect.stringMatching(/^@TGS#/) }));
        const groupId = String(answer["GroupId"]);
        expect(await im.group(groupId)).toMatchObject({ CreateTime, MaxMemberNum: most, Owner_Account: "leckie" });
        expect(await im.members(groupId)).toMatchObject({ leckie: { Role: "Owner", JoinTime: CreateTime } });
        const ceiling = Type === "Community" ? 100_000 : 6_000;
        const large = await im.rest("import_group", { ...body, MaxMemberCount: ceiling });
        expect(await im.group(String(large["GroupId"]))).toMatchObject({ MaxMemberNum: ceiling });
        expect(await im.rest("import_group", { ...body, MaxMemberCount: ceiling + 1 })).toEqual(
          refused(10004, "MaxMemberCount"),
        );
      }
      expect(await im.rest("import_group", { Type: "Public", Name: "n", GroupId: "mine" })).toEqual(
        ok({ GroupId: "mine" }),
      );
      expect(await im.group("mine")).toMatchObject({ CreateTime: NOW_S });
      const Member_Account = "bob";
      expect(await im.rest("import_group_member", { GroupId: "mine", MemberList: [{ Member_Account }] })).toEqual(
        ok({ MemberList: [{ Member_Account, Result: 1 }] }),
      );
      expect(await im.told()).toEqual([]);
    },
  );

  it(
    "refuses what cannot be brought in",
    proves("rest:import-group:avchatroom", "rest:import-group:id-taken", "rest:import-group:future"),
    async () => {
      const im = await startIm();
      await im.create({ GroupId: "hers", Owner_Account: "leckie" });
      await unchanged(im, "hers", async () => {
        const group = { Type: "Public", Name: "Imported" };
        expect(await im.rest("import_group", { ...group, Type: "AVChatRoom" })).toEqual(refused(10007, "Type"));
        for (const Owner_Account of ["leckie", "bob"]) {
          expect(await im.rest("import_group", { ...group, GroupId: "hers", Owner_Account })).toEqual(
            refused(10021, "GroupId"),
          );
        }
        expect(await im.rest("import_group", { ...group, CreateTime: NOW_S + 1 })).toEqual(
          refused(10004, "CreateTime"),
        );
        expect(await im.rest("import_group", { ...group, Owner_Account: "nobody" })).toEqual(refused(10019, "nobody"));
        expect(await im.rest("import_group", { Name: "n" })).toEqual(refused(10004, "Type"));
        expect(await im.rest("import_group", { Type: "Public" })).toEqual(refused(10004, "Name"));
      });
    },
  );
});

describe("an app", () => {
  it("has groups and users of its own", proves("rules:apps-apart"), async () => {
    const other = { sdkAppId: sdkAppId + 1, secretKey: "another-key" };
    const im = await startIm({}, other);
    const claims = { ...other, userId: "administrator", issuedAt: NOW_S, expiresIn: 60 };
    const query = {
      ...im.query,
      sdkappid: String(other.sdkAppId),
      usersig: await signUserSig(claims, other.secretKey),
    };
    const group = { Type: "Public", Name: "MyFirstGroup", GroupId: "mine" };
    await im.create({ ...group, Owner_Account: "leckie" });
    for (const [command, body, answer] of [
      ["get_group_info", { GroupIdList: ["mine"] }, { GroupInfo: [noGroup] }],
      ["get_appid_group_list", {}, { TotalCount: 0 }],
      ["destroy_group", { GroupId: "mine" }, noGroup],
      ["create_group", { ...group, Owner_Account: "leckie" }, { ErrorCode: 10019 }],
      ["create_group", group, { ErrorCode: 0, GroupId: "mine" }],
      ["destroy_group", { GroupId: "mine" }, { ErrorCode: 0 }],
    ] as const) {
      expect(await im.post(pathOf(command), JSON.stringify(body), query)).toMatchObject(answer);
    }
    expect(await im.group("mine")).toMatchObject({ ErrorCode: 0, Owner_Account: "leckie" });
  });
});
