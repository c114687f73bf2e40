import { describe, expect, it } from "vitest";

import { accounts, chinese, importUsers, manyUsers, NOW_S, ok, refused, startIm, unchanged, type Im } from "./im.ts";
import { proves } from "./proves.ts";

/** A group of leckie's with bob as a member. */
async function group(im: Im, more: object = {}): Promise<string> {
  return await im.create({ GroupId: "mine", Owner_Account: "leckie", MemberList: accounts("bob"), ...more });
}

/** What every command about one group answers where there is none. */
async function expectGroupNeeded(command: string, body: object): Promise<void> {
  const { rest, create } = await startIm();
  await create({ GroupId: "gone" });
  await rest("destroy_group", { GroupId: "gone" });
  for (const GroupId of ["nowhere", "gone"]) {
    expect(await rest(command, { ...body, GroupId })).toEqual(refused(10010, "GroupId"));
  }
  for (const GroupId of ["群", "", "a".repeat(49)]) {
    expect(await rest(command, { ...body, GroupId })).toEqual(refused(10015, "GroupId"));
  }
  for (const GroupId of [undefined, 7, null]) {
    expect(await rest(command, { ...body, GroupId })).toEqual(refused(10004, "GroupId"));
  }
}

describe("add_group_member", () => {
  it("tells what became of each", proves("rest:add-member:results"), async () => {
    const im = await startIm();
    await group(im);
    const MemberList = accounts("peter", "nobody", "bob", "peter", "alice");
    expect(await im.rest("add_group_member", { GroupId: "mine", MemberList })).toEqual(
      ok({
        MemberList: [
          { Member_Account: "peter", Result: 1 },
          { Member_Account: "nobody", Result: 0 },
          { Member_Account: "bob", Result: 2 },
          { Member_Account: "peter", Result: 2 },
          { Member_Account: "alice", Result: 1 },
        ],
      }),
    );
    expect(Object.keys(await im.members("mine"))).toEqual(["leckie", "bob", "peter", "alice"]);
  });

  it("takes 300 at once", proves("rest:add-member:300"), async () => {
    const im = await startIm();
    await group(im);
    const users = await importUsers(im, 301);
    const add = (names: readonly string[]) =>
      im.rest("add_group_member", { GroupId: "mine", MemberList: accounts(...names) });
    await unchanged(im, "mine", async () => {
      expect(await add(users)).toEqual(refused(10005, "MemberList"));
    });
    expect(await add(users.slice(0, 300))).toMatchObject({ ErrorCode: 0 });
    expect(await im.group("mine")).toMatchObject({ MemberNum: 302 });
  });

  it(
    "works for all types but AVChatRoom",
    proves("rest:add-member:types", "rules:admin-has-owner-powers"),
    async () => {
      const im = await startIm();
      for (const Type of ["Work", "Public", "Meeting", "Community"]) {
        const GroupId = await im.create({ Type, Owner_Account: "leckie" });
        expect(await im.rest("add_group_member", { GroupId, MemberList: accounts("bob") })).toEqual(
          ok({ MemberList: [{ Member_Account: "bob", Result: 1 }] }),
        );
      }
      const GroupId = await im.create({ Type: "AVChatRoom" });
      expect(await im.rest("add_group_member", { GroupId, MemberList: accounts("bob") })).toEqual(refused(10007));
    },
  );

  it("adds as many as there is room for", proves("rest:add-member:full"), async () => {
    const im = await startIm();
    await group(im, { MaxMemberCount: 3 });
    const add = (...names: string[]) =>
      im.rest("add_group_member", { GroupId: "mine", MemberList: accounts(...names) });
    expect(await add("bob", "peter", "alice")).toEqual(
      ok({
        MemberList: [
          { Member_Account: "bob", Result: 2 },
          { Member_Account: "peter", Result: 1 },
          { Member_Account: "alice", Result: 0 },
        ],
      }),
    );
    await unchanged(im, "mine", async () => {
      expect(await add("alice")).toEqual(refused(10014, "MemberList"));
      expect(await add("bob", "alice")).toEqual(refused(10014, "MemberList"));
      expect(await add("bob")).toEqual(ok({ MemberList: [{ Member_Account: "bob", Result: 2 }] }));
    });
  });

  it("needs a group", proves("rest:add-member:not-found"), () =>
    expectGroupNeeded("add_group_member", { MemberList: accounts("bob") }),
  );

  it("needs somebody to add", proves("rest:add-member:list-required", "rest:add-member:silence"), async () => {
    const im = await startIm();
    await group(im);
    await unchanged(im, "mine", async () => {
      for (const MemberList of [undefined, [], ["bob"], [{}], [{ Member_Account: "" }], [{ Member_Account: 7 }]]) {
        expect(await im.rest("add_group_member", { GroupId: "mine", MemberList })).toEqual(
          refused(10004, "MemberList"),
        );
      }
      const Member_Account = "a".repeat(33);
      expect(await im.rest("add_group_member", { GroupId: "mine", MemberList: [{ Member_Account }] })).toEqual(
        refused(10004, "MemberList[0].Member_Account"),
      );
      const odd = { GroupId: "mine", MemberList: accounts("peter"), Silence: 2 };
      expect(await im.rest("add_group_member", odd)).toEqual(refused(10004, "Silence"));
    });
    for (const [Silence, name] of [
      [0, "peter"],
      [1, "alice"],
    ] as const) {
      await im.rest("add_group_member", { GroupId: "mine", MemberList: accounts(name), Silence });
      expect(await im.told()).toMatchObject([{ NewMemberList: accounts(name) }]);
    }
  });
});

describe("members that REST adds", () => {
  it("are in at once, whoever may invite", proves("rest:add-member:at-once"), async () => {
    const im = await startIm();
    for (const InviteJoinOption of ["NeedPermission", "DisableInvite"]) {
      const GroupId = await im.create({ Owner_Account: "leckie", InviteJoinOption, ApplyJoinOption: "DisableApply" });
      expect(await im.rest("add_group_member", { GroupId, MemberList: accounts("bob") })).toEqual(
        ok({ MemberList: [{ Member_Account: "bob", Result: 1 }] }),
      );
      expect(await im.members(GroupId)).toMatchObject({ bob: { Role: "Member", JoinTime: NOW_S } });
    }
  });
});

describe("delete_group_member", () => {
  it("removes whoever is a member", proves("rest:delete-member:answer", "rest:delete-member:not-member"), async () => {
    const im = await startIm();
    for (const Type of ["Work", "Public", "Meeting", "Community"]) {
      const GroupId = await im.create({ Type, Owner_Account: "leckie", MemberList: accounts("bob", "peter") });
      const remove = (...names: string[]) =>
        im.rest("delete_group_member", { GroupId, MemberToDel_Account: names, Silence: 1, Reason: "why not" });
      expect(await remove("bob", "bob", "nobody")).toEqual(ok());
      expect(Object.keys(await im.members(GroupId))).toEqual(["leckie", "peter"]);
      await im.told();
      expect(await remove("bob", "alice")).toEqual(ok());
      expect(await im.told()).toEqual([]);
    }
  });

  it("takes 100 at once", proves("rest:delete-member:100"), async () => {
    const im = await startIm();
    const users = await importUsers(im, 101);
    await group(im, { MemberList: accounts(...users.slice(0, 100)) });
    const remove = (names: string[]) => im.rest("delete_group_member", { GroupId: "mine", MemberToDel_Account: names });
    await unchanged(im, "mine", async () => {
      expect(await remove(users)).toEqual(refused(10005, "MemberToDel_Account"));
      expect(await remove([])).toEqual(refused(10004, "MemberToDel_Account"));
    });
    expect(await remove(users.slice(0, 100))).toEqual(ok());
    expect(await im.group("mine")).toMatchObject({ MemberNum: 1 });
  });

  it("takes Silence and Reason", proves("rest:delete-member:silence"), async () => {
    const im = await startIm();
    await group(im, { MemberList: accounts("bob", "peter") });
    await im.told();
    const remove = (name: string, more: object) =>
      im.rest("delete_group_member", { GroupId: "mine", MemberToDel_Account: [name], ...more });
    await unchanged(im, "mine", async () => {
      expect(await remove("bob", { Silence: 2 })).toEqual(refused(10004, "Silence"));
      expect(await remove("bob", { Reason: 7 })).toEqual(refused(10004, "Reason"));
    });
    for (const [name, Silence] of [
      ["bob", 0],
      ["peter", 1],
    ] as const) {
      expect(await remove(name, { Silence, Reason: "why not" })).toEqual(ok());
      expect(await im.told()).toMatchObject([{ ExitType: "Kicked", ExitMemberList: accounts(name) }]);
    }
  });

  it("removes nobody where the owner is named", proves("rest:delete-member:owner"), async () => {
    const im = await startIm();
    await group(im);
    await unchanged(im, "mine", async () => {
      const body = { GroupId: "mine", MemberToDel_Account: ["bob", "leckie"] };
      expect(await im.rest("delete_group_member", body)).toEqual(refused(10007, "leckie"));
    });
  });

  it("does not work for an AVChatRoom", proves("rest:delete-member:avchatroom"), async () => {
    const { rest, create } = await startIm();
    const GroupId = await create({ Type: "AVChatRoom" });
    expect(await rest("delete_group_member", { GroupId, MemberToDel_Account: ["bob"] })).toEqual(refused(10004));
  });

  it("needs a group", proves("rest:delete-member:not-found"), () =>
    expectGroupNeeded("delete_group_member", { MemberToDel_Account: ["bob"] }),
  );
});

describe("get_group_member_info", () => {
  it("gives members and their fields", proves("rest:member-info:answer", "rest:member-info:filters"), async () => {
    const im = await startIm();
    const AppMemberDefinedData = [
      { Key: "Nick", Value: "Bobby" },
      { Key: "Rank", Value: "1" },
    ];
    await group(im, {
      MemberList: [{ Member_Account: "bob", Role: "Admin", AppMemberDefinedData }, { Member_Account: "peter" }],
    });
    const ask = (more: object) => im.rest("get_group_member_info", { GroupId: "mine", ...more });
    const fields = {
      JoinTime: NOW_S,
      MsgSeq: 0,
      MsgFlag: "AcceptAndNotify",
      LastSendMsgTime: 0,
      NameCard: "",
      MuteUntil: 0,
    };
    expect(await ask({})).toEqual(
      ok({
        MemberNum: 3,
        MemberList: [
          { Member_Account: "leckie", Role: "Owner", ...fields, AppMemberDefinedData: [] },
          { Member_Account: "bob", Role: "Admin", ...fields, AppMemberDefinedData },
          { Member_Account: "peter", Role: "Member", ...fields, AppMemberDefinedData: [] },
        ],
      }),
    );
    expect(
      await ask({
        MemberRoleFilter: ["Owner", "Admin"],
        MemberInfoFilter: ["Role"],
        AppDefinedDataFilter_GroupMember: ["Rank"],
      }),
    ).toEqual(
      ok({
        MemberNum: 3,
        MemberList: [
          { Member_Account: "leckie", Role: "Owner", AppMemberDefinedData: [] },
          { Member_Account: "bob", Role: "Admin", AppMemberDefinedData: [{ Key: "Rank", Value: "1" }] },
        ],
      }),
    );
    expect(await ask({ MemberRoleFilter: ["Boss"] })).toEqual(refused(10004, "MemberRoleFilter[0]"));
  });

  it("pages by Limit and Offset", proves("rest:member-info:pages"), async () => {
    const im = await startIm();
    await group(im, { MemberList: accounts("bob", "peter", "alice") });
    const ask = async (more: object) => {
      const answer = await im.rest("get_group_member_info", { GroupId: "mine", MemberInfoFilter: [], ...more });
      expect(answer).toMatchObject({ ErrorCode: 0, MemberNum: 4 });
      return (answer["MemberList"] as { Member_Account: string }[]).map(({ Member_Account }) => Member_Account);
    };
    expect(await ask({ Limit: 2 })).toEqual(["leckie", "bob"]);
    expect(await ask({ Limit: 2, Offset: 1 })).toEqual(["bob", "peter"]);
    expect(await ask({ Offset: 3 })).toEqual(["alice"]);
    expect(await ask({ Limit: 6_000, Offset: 4 })).toEqual([]);
    for (const [more, field] of [
      [{ Limit: 6_001 }, "Limit"],
      [{ Limit: 0 }, "Limit"],
      [{ Offset: -1 }, "Offset"],
    ] as const) {
      expect(await im.rest("get_group_member_info", { GroupId: "mine", ...more })).toEqual(refused(10004, field));
    }
  });

  it("pages a community by Next", proves("rest:member-info:community-next"), async () => {
    const im = await startIm();
    const users = await importUsers(im, 205);
    const GroupId = await im.create({ Type: "Community", Owner_Account: "leckie" });
    await im.rest("add_group_member", { GroupId, MemberList: accounts(...users) });
    for (const Limit of [undefined, 100, 41, 1]) {
      const listed: string[] = [];
      let Next: unknown = "";
      do {
        const answer = await im.rest("get_group_member_info", { GroupId, Limit, Next });
        expect(answer).toMatchObject({ ErrorCode: 0, MemberNum: 206, Next: expect.any(String) });
        const page = answer["MemberList"] as { Member_Account: string }[];
        expect(page.length).toBeLessThanOrEqual(Limit ?? 100);
        listed.push(...page.map(({ Member_Account }) => Member_Account));
        Next = answer["Next"];
      } while (Next !== "");
      expect(listed).toEqual(["leckie", ...users]);
    }
    expect(await im.rest("get_group_member_info", { GroupId, Limit: 101 })).toEqual(refused(10004, "Limit"));
    for (const Next of ["x", "-1", 0]) {
      expect(await im.rest("get_group_member_info", { GroupId, Next })).toEqual(refused(10004, "Next"));
    }
  });

  it("does not work for an AVChatRoom", proves("rest:member-info:avchatroom"), async () => {
    const { rest, create } = await startIm();
    const GroupId = await create({ Type: "AVChatRoom" });
    expect(await rest("get_group_member_info", { GroupId })).toEqual(refused(10007));
  });

  it("needs a group", proves("rest:member-info:not-found"), () => expectGroupNeeded("get_group_member_info", {}));
});

describe("modify_group_member_info", () => {
  const who = { GroupId: "mine", Member_Account: "bob" };

  it("changes what a group knows of a member", proves("rest:modify-member:answer"), async () => {
    const im = await startIm();
    await group(im);
    const before = (await im.members("mine"))["bob"];
    const change = { Role: "Admin", NameCard: "Bobby", MsgFlag: "AcceptNotNotify" };
    expect(await im.rest("modify_group_member_info", { ...who, ...change, MuteTime: 60 })).toEqual(ok());
    expect((await im.members("mine"))["bob"]).toEqual({ ...before, ...change, MuteUntil: NOW_S + 60 });
    expect(await im.rest("modify_group_member_info", { ...who, Role: "Member" })).toEqual(ok());
    expect((await im.members("mine"))["bob"]).toMatchObject({ Role: "Member", NameCard: "Bobby" });
    for (const MsgFlag of ["Discard", "AcceptAndNotify"]) {
      expect(await im.rest("modify_group_member_info", { ...who, MsgFlag })).toEqual(ok());
      expect((await im.members("mine"))["bob"]).toMatchObject({ MsgFlag });
    }
    expect(await im.rest("modify_group_member_info", { ...who, MsgFlag: "discard" })).toEqual(
      refused(10004, "MsgFlag"),
    );
  });

  it("takes a name card of 50 bytes", proves("rest:modify-member:name-card-50-bytes"), async () => {
    const im = await startIm();
    await group(im);
    for (const NameCard of ["a".repeat(50), chinese(50), ""]) {
      expect(await im.rest("modify_group_member_info", { ...who, NameCard })).toEqual(ok());
      expect((await im.members("mine"))["bob"]).toMatchObject({ NameCard });
    }
    await unchanged(im, "mine", async () => {
      for (const NameCard of ["a".repeat(51), `${chinese(50)}a`]) {
        expect(await im.rest("modify_group_member_info", { ...who, NameCard })).toEqual(refused(10004, "NameCard"));
      }
    });
  });

  it("changes a member's custom fields", proves("rest:modify-member:custom-fields"), async () => {
    const im = await startIm();
    await group(im);
    const change = (...AppMemberDefinedData: object[]) =>
      im.rest("modify_group_member_info", { ...who, NameCard: "with it", AppMemberDefinedData });
    const fields = async () => (await im.members("mine"))["bob"]?.["AppMemberDefinedData"];
    const nick = { Key: "Nick", Value: chinese(64) };
    const rank = { Key: "Rank", Value: "\u0000\u0001" };
    expect(await change(nick)).toEqual(ok());
    expect(await change(rank)).toEqual(ok());
    expect(await fields()).toEqual([nick, rank]);
    expect(await change({ Key: "Nick", Value: "" })).toEqual(ok());
    expect(await fields()).toEqual([rank]);
    await unchanged(im, "mine", async () => {
      expect(await change(nick, { Key: "Unheard", Value: "x" })).toEqual(refused(10004, "AppMemberDefinedData"));
      expect(await change({ Key: "Nick", Value: "a".repeat(65) })).toEqual(refused(10004, "AppMemberDefinedData"));
      // A key of groups is none of members.
      expect(await change({ Key: "Colour", Value: "blue" })).toEqual(refused(10004, "AppMemberDefinedData"));
    });
  });

  it(
    "makes no owners and no odd admins",
    proves("rest:modify-member:owner-role", "rest:modify-member:work-admin", "rest:modify-member:not-member"),
    async () => {
      const im = await startIm();
      await group(im);
      const work = await im.create({ Type: "Work", Owner_Account: "leckie", MemberList: accounts("bob") });
      await unchanged(im, "mine", async () => {
        for (const Role of ["Admin", "Member"]) {
          expect(await im.rest("modify_group_member_info", { ...who, Member_Account: "leckie", Role })).toEqual(
            refused(10004, "Role"),
          );
        }
        for (const Role of ["Owner", "admin", "NotMember"]) {
          expect(await im.rest("modify_group_member_info", { ...who, Role })).toEqual(refused(10004, "Role"));
        }
        for (const Member_Account of ["peter", "nobody"]) {
          expect(await im.rest("modify_group_member_info", { ...who, Member_Account, NameCard: "x" })).toEqual(
            refused(10004, "Member_Account"),
          );
        }
        const admin = { GroupId: work, Member_Account: "bob", Role: "Admin", NameCard: "x" };
        expect(await im.rest("modify_group_member_info", admin)).toEqual(refused(10007, "admin"));
        expect(await im.members(work)).toMatchObject({ bob: { Role: "Member", NameCard: "" } });
      });
    },
  );

  it("mutes for a time", proves("rest:modify-member:mute"), async () => {
    const im = await startIm();
    await group(im);
    for (const [field, seconds, until] of [
      ["MuteTime", 60, NOW_S + 60],
      ["MuteTime", 0, 0],
      ["ShutUpTime", 61, NOW_S + 61],
      ["ShutUpTime", 0, 0],
    ] as const) {
      expect(await im.rest("modify_group_member_info", { ...who, [field]: seconds })).toEqual(ok());
      expect((await im.members("mine"))["bob"]).toMatchObject({ MuteUntil: until });
    }
    expect(await im.rest("modify_group_member_info", { ...who, MuteTime: -1 })).toEqual(refused(10004, "MuteTime"));
    const GroupId = await im.create({ Type: "Work", MemberList: accounts("bob") });
    expect(await im.rest("modify_group_member_info", { ...who, GroupId, MuteTime: 60 })).toEqual(refused(10007));
  });

  it("needs a group", proves("rest:modify-member:not-found"), () =>
    expectGroupNeeded("modify_group_member_info", { Member_Account: "bob", NameCard: "x" }),
  );
});

describe("get_role_in_group", () => {
  it("tells roles", proves("rest:role:answer", "rest:role:500", "rest:role:avchatroom"), async () => {
    const im = await startIm();
    await group(im, { MemberList: [{ Member_Account: "bob", Role: "Admin" }, { Member_Account: "peter" }] });
    const ask = (names: unknown, GroupId = "mine") => im.rest("get_role_in_group", { GroupId, User_Account: names });
    expect(await ask(["peter", "leckie", "nobody", "bob", "alice", "peter"])).toEqual(
      ok({
        UserIdList: [
          { Member_Account: "peter", Role: "Member" },
          { Member_Account: "leckie", Role: "Owner" },
          { Member_Account: "nobody", Role: "NotMember" },
          { Member_Account: "bob", Role: "Admin" },
          { Member_Account: "alice", Role: "NotMember" },
          { Member_Account: "peter", Role: "Member" },
        ],
      }),
    );
    expect(await ask(manyUsers(500))).toMatchObject({ ErrorCode: 0 });
    expect(await ask(manyUsers(501))).toEqual(refused(10005, "User_Account"));
    for (const names of [[], undefined, "bob", [7], [""]])
      expect(await ask(names)).toEqual(refused(10004, "User_Account"));
    expect(await ask(["bob"], await im.create({ Type: "AVChatRoom" }))).toEqual(refused(10007));
  });

  it("needs a group", proves("rest:role:not-found"), () =>
    expectGroupNeeded("get_role_in_group", { User_Account: ["bob"] }),
  );
});

describe("forbid_send_msg and get_group_muted_account", () => {
  it(
    "mute members and tell who is muted",
    proves(
      "rest:forbid:answer",
      "rest:forbid:for-good",
      "rest:forbid:old-name",
      "rest:muted-list:answer",
      "rest:muted-list:expires",
    ),
    async () => {
      const im = await startIm();
      for (const Type of ["Public", "Meeting", "Community"]) {
        const GroupId = await im.create({
          Type,
          Owner_Account: "leckie",
          MemberList: accounts("bob", "peter", "alice"),
        });
        const start = Math.floor(im.clock.now / 1000);
        const muted = async (...list: (readonly [string, number])[]) => {
          const MutedAccountList = list.map(([Member_Account, MutedUntil]) => ({ Member_Account, MutedUntil }));
          expect(await im.rest("get_group_muted_account", { GroupId })).toEqual(ok({ GroupId, MutedAccountList }));
        };
        const forbid = async (more: object, ...Members_Account: string[]) =>
          expect(await im.rest("forbid_send_msg", { GroupId, Members_Account, ...more })).toEqual(ok());
        await muted();
        await forbid({ MuteTime: 60 }, "bob", "peter");
        await muted(["bob", start + 60], ["peter", start + 60]);
        await forbid({ ShutUpTime: 4_294_967_295 }, "alice");
        await forbid({ MuteTime: 0 }, "peter");
        await muted(["bob", start + 60], ["alice", 4_294_967_295]);
        im.clock.now += 59_000;
        await muted(["bob", start + 60], ["alice", 4_294_967_295]);
        im.clock.now += 1_000;
        await muted(["alice", 4_294_967_295]);
        await forbid({ MuteTime: 4_294_967_294 }, "bob");
        await muted(["bob", 4_294_967_295], ["alice", 4_294_967_295]);
      }
    },
  );

  it(
    "mute nobody where something is wrong",
    proves("rest:forbid:500", "rest:forbid:work", "rest:forbid:all-or-none", "rest:forbid:uint32"),
    async () => {
      const im = await startIm();
      const users = await importUsers(im, 501);
      await group(im);
      for (const part of [users.slice(0, 300), users.slice(300)]) {
        await im.rest("add_group_member", { GroupId: "mine", MemberList: accounts(...part) });
      }
      const forbid = (Members_Account: unknown, more: object = { MuteTime: 60 }) =>
        im.rest("forbid_send_msg", { GroupId: "mine", Members_Account, ...more });
      await unchanged(im, "mine", async () => {
        expect(await forbid(users)).toEqual(refused(10005, "Members_Account"));
        expect(await forbid(["bob", "alice"])).toEqual(refused(10004, "Members_Account"));
        for (const names of [[], undefined, "bob", [""]]) {
          expect(await forbid(names)).toEqual(refused(10004, "Members_Account"));
        }
        for (const MuteTime of [undefined, -1, 4_294_967_296, 1.5, "60"]) {
          expect(await forbid(["bob"], { MuteTime })).toEqual(refused(10004, "MuteTime"));
        }
      });
      const GroupId = await im.create({ Type: "Work", MemberList: accounts("bob") });
      expect(await im.rest("forbid_send_msg", { GroupId, Members_Account: ["bob"], MuteTime: 60 })).toEqual(
        refused(10007, "mute"),
      );
      expect(await forbid(users.slice(0, 500))).toEqual(ok());
      expect((await im.rest("get_group_muted_account", { GroupId: "mine" }))["MutedAccountList"]).toHaveLength(500);
    },
  );

  it("reach whoever is named in an AVChatRoom", proves("rest:forbid:avchatroom"), async () => {
    const im = await startIm();
    const GroupId = await im.create({ Type: "AVChatRoom", Owner_Account: "leckie" });
    const forbid = (MuteTime: number, ...Members_Account: string[]) =>
      im.rest("forbid_send_msg", { GroupId, Members_Account, MuteTime });
    const muted = async (...list: (readonly [string, number])[]) => {
      const MutedAccountList = list.map(([Member_Account, MutedUntil]) => ({ Member_Account, MutedUntil }));
      expect(await im.rest("get_group_muted_account", { GroupId })).toEqual(ok({ GroupId, MutedAccountList }));
    };
    await muted();
    expect(await forbid(60, "peter", "bob", "leckie")).toEqual(ok());
    expect(await forbid(4_294_967_295, "peter")).toEqual(ok());
    expect(await forbid(0, "leckie", "alice")).toEqual(ok());
    await muted(["bob", NOW_S + 60], ["peter", 4_294_967_295]);
    im.clock.now += 60_000;
    await muted(["peter", 4_294_967_295]);
    // Nothing of it is left in another room of the same id.
    expect(await im.rest("destroy_group", { GroupId })).toEqual(ok());
    await im.create({ Type: "AVChatRoom", GroupId: "live" });
    expect(await im.rest("get_group_muted_account", { GroupId: "live" })).toMatchObject({ MutedAccountList: [] });
  });

  it("need a group to mute in", proves("rest:forbid:not-found"), () =>
    expectGroupNeeded("forbid_send_msg", { Members_Account: ["bob"], MuteTime: 60 }),
  );
  it("need a group to list", proves("rest:muted-list:not-found"), () =>
    expectGroupNeeded("get_group_muted_account", {}),
  );
});

describe("bans", () => {
  it("hold until they run out or are lifted", proves("rest:ban:answer", "rest:ban:unban"), async () => {
    const im = await startIm();
    const GroupId = await im.create({ Type: "AVChatRoom", Owner_Account: "leckie" });
    const banned = async (...list: (readonly [string, number])[]) => {
      const BannedAccountList = list.map(([Member_Account, BannedUntil]) => ({ Member_Account, BannedUntil }));
      expect(await im.rest("get_group_ban_member", { GroupId, Offset: 0 })).toEqual(
        ok({ BannedAccountList, NextOffset: 0 }),
      );
    };
    await banned();
    const ban = { GroupId, Members_Account: ["peter", "bob"], Duration: 60, Description: "spam" };
    expect(await im.rest("ban_group_member", ban)).toEqual(ok());
    await banned(["bob", NOW_S + 60], ["peter", NOW_S + 60]);
    expect(await im.rest("ban_group_member", { GroupId, Members_Account: ["bob"], Duration: 600 })).toEqual(ok());
    expect(await im.rest("unban_group_member", { GroupId, Members_Account: ["peter", "alice"] })).toEqual(ok());
    await banned(["bob", NOW_S + 600]);
    im.clock.now += 600_000;
    await banned();
  });

  it(
    "are refused beyond their bounds",
    proves("rest:ban:20", "rest:ban:description", "rest:ban:duration"),
    async () => {
      const im = await startIm();
      const GroupId = await im.create({ Type: "AVChatRoom" });
      const ban = (more: object) =>
        im.rest("ban_group_member", { GroupId, Members_Account: ["bob"], Duration: 60, ...more });
      expect(await ban({ Members_Account: manyUsers(21) })).toEqual(refused(10005, "Members_Account"));
      expect(await im.rest("unban_group_member", { GroupId, Members_Account: manyUsers(21) })).toEqual(
        refused(10005, "Members_Account"),
      );
      expect(await ban({ Description: "a".repeat(1_001) })).toEqual(refused(10004, "Description"));
      for (const Duration of [undefined, -1, 4_294_967_296, 0.5, "60"]) {
        expect(await ban({ Duration })).toEqual(refused(10004, "Duration"));
      }
      expect(await im.rest("get_group_ban_member", { GroupId, Offset: 0 })).toMatchObject({ BannedAccountList: [] });
      expect(await ban({ Members_Account: manyUsers(20), Description: chinese(1_000) })).toEqual(ok());
      expect(await im.rest("unban_group_member", { GroupId, Members_Account: manyUsers(20) })).toEqual(ok());
    },
  );

  it("need a group, and somebody to ban", proves("rest:ban:not-found", "rest:ban:list-required"), async () => {
    const im = await startIm();
    const GroupId = await im.create({ Type: "AVChatRoom" });
    for (const [command, body] of [
      ["ban_group_member", { Members_Account: ["bob"], Duration: 60 }],
      ["unban_group_member", { Members_Account: ["bob"] }],
      ["get_group_ban_member", { Offset: 0 }],
    ] as const) {
      expect(await im.rest(command, { ...body, GroupId: "nowhere" })).toEqual(refused(10010, "GroupId"));
      expect(await im.rest(command, { ...body, GroupId: "群" })).toEqual(refused(10015, "GroupId"));
      expect(await im.rest(command, body)).toEqual(refused(10004, "GroupId"));
    }
    for (const command of ["ban_group_member", "unban_group_member"]) {
      for (const Members_Account of [undefined, [], "bob", [7], [""]]) {
        expect(await im.rest(command, { GroupId, Members_Account, Duration: 60 })).toEqual(
          refused(10004, "Members_Account"),
        );
      }
    }
  });

  it("are for AVChatRooms only", proves("rest:ban:other-types"), async () => {
    const { rest, create } = await startIm();
    for (const Type of ["Work", "Public", "Meeting", "Community"]) {
      const GroupId = await create({ Type, MemberList: accounts("bob") });
      const Members_Account = ["bob"];
      expect(await rest("ban_group_member", { GroupId, Members_Account, Duration: 60 })).toEqual(refused(10007));
      expect(await rest("unban_group_member", { GroupId, Members_Account })).toEqual(refused(10007));
      expect(await rest("get_group_ban_member", { GroupId, Offset: 0 })).toEqual(refused(10007));
    }
  });

  it("are listed page by page", proves("rest:ban:pages"), async () => {
    const { rest, create } = await startIm();
    const GroupId = await create({ Type: "AVChatRoom" });
    const users = manyUsers(40).toSorted();
    for (const part of [users.slice(0, 20), users.slice(20)]) {
      expect(await rest("ban_group_member", { GroupId, Members_Account: part, Duration: 60 })).toEqual(ok());
    }
    for (const Limit of [undefined, 40, 39, 7]) {
      const listed: string[] = [];
      let Offset: unknown = 0;
      do {
        const answer = await rest("get_group_ban_member", { GroupId, Limit, Offset });
        const page = answer["BannedAccountList"] as { Member_Account: string }[];
        listed.push(...page.map(({ Member_Account }) => Member_Account));
        Offset = answer["NextOffset"];
      } while (Offset !== 0);
      expect(listed).toEqual(users);
    }
    for (const [more, field] of [
      [{ Limit: 101, Offset: 0 }, "Limit"],
      [{ Limit: 0, Offset: 0 }, "Limit"],
      [{}, "Offset"],
    ] as const) {
      expect(await rest("get_group_ban_member", { GroupId, ...more })).toEqual(refused(10004, field));
    }
  });
});

describe("import_group_member", () => {
  it("brings members in", proves("rest:import-member:results", "rest:import-member:role"), async () => {
    const im = await startIm();
    const imported = { Type: "Public", Name: "n", GroupId: "mine", Owner_Account: "leckie", CreateTime: NOW_S - 1_000 };
    await im.rest("import_group", imported);
    const JoinTime = NOW_S - 500;
    const MemberList = [
      { Member_Account: "bob", Role: "Admin", JoinTime, UnreadMsgNum: 5 },
      { Member_Account: "leckie" },
      { Member_Account: "nobody" },
      { Member_Account: "peter" },
      { Member_Account: "peter" },
    ];
    expect(await im.rest("import_group_member", { GroupId: "mine", MemberList })).toEqual(
      ok({ MemberList: MemberList.map(({ Member_Account }, i) => ({ Member_Account, Result: [1, 2, 0, 1, 2][i] })) }),
    );
    expect(await im.members("mine")).toMatchObject({
      leckie: { Role: "Owner" },
      bob: { Role: "Admin", JoinTime },
      peter: { Role: "Member", JoinTime: NOW_S },
    });
    expect(await im.told()).toEqual([]);
    const work = await im.create({ Type: "Work" });
    const admin = [{ Member_Account: "bob", Role: "Admin" }];
    expect(await im.rest("import_group_member", { GroupId: work, MemberList: admin })).toEqual(refused(10007, "Role"));
    const owner = [{ Member_Account: "alice", Role: "Owner" }];
    expect(await im.rest("import_group_member", { GroupId: "mine", MemberList: owner })).toEqual(
      refused(10004, "MemberList[0].Role"),
    );
  });

  it(
    "refuses what cannot have been",
    proves("rest:import-member:join-time", "rest:import-member:300", "rest:import-member:avchatroom"),
    async () => {
      const im = await startIm();
      await im.rest("import_group", { Type: "Public", Name: "n", GroupId: "mine", CreateTime: NOW_S - 1_000 });
      const users = await importUsers(im, 301);
      const bring = (MemberList: unknown, GroupId = "mine") => im.rest("import_group_member", { GroupId, MemberList });
      await unchanged(im, "mine", async () => {
        for (const JoinTime of [NOW_S - 1_001, NOW_S + 1]) {
          expect(await bring([{ Member_Account: "peter" }, { Member_Account: "bob", JoinTime }])).toEqual(
            refused(10004, "JoinTime"),
          );
        }
        expect(await bring(accounts(...users))).toEqual(refused(10005, "MemberList"));
        for (const list of [undefined, [], ["bob"]]) expect(await bring(list)).toEqual(refused(10004, "MemberList"));
        expect(await bring(accounts("bob"), await im.create({ Type: "AVChatRoom" }))).toEqual(refused(10007));
        await im.told();
      });
      for (const JoinTime of [NOW_S - 1_000, NOW_S]) {
        const list = [{ Member_Account: JoinTime === NOW_S ? "bob" : "peter", JoinTime }];
        expect(await bring(list)).toMatchObject({ ErrorCode: 0, MemberList: [{ Result: 1 }] });
      }
      expect(await bring(accounts(...users.slice(0, 300)))).toMatchObject({ ErrorCode: 0 });
    },
  );
});

describe("import_group_member, beside others", () => {
  it("needs a group", proves("rest:import-member:not-found"), () =>
    expectGroupNeeded("import_group_member", { MemberList: accounts("bob") }),
  );

  it("brings in as many as there is room for", proves("rest:import-member:full"), async () => {
    const im = await startIm();
    await group(im, { MaxMemberCount: 3 });
    await im.told();
    const MemberList = [{ Member_Account: "peter", UnreadMsgNum: 7 }, { Member_Account: "alice" }];
    expect(await im.rest("import_group_member", { GroupId: "mine", MemberList })).toEqual(
      ok({
        MemberList: [
          { Member_Account: "peter", Result: 1 },
          { Member_Account: "alice", Result: 0 },
        ],
      }),
    );
    expect(Object.keys(await im.members("mine"))).toEqual(["leckie", "bob", "peter"]);
    expect(await im.told()).toEqual([]);
  });
});

describe("send_group_system_notification", () => {
  it(
    "sends a text to members",
    proves("rest:notification:answer", "rest:notification:500", "rest:notification:avchatroom"),
    async () => {
      const im = await startIm();
      await group(im);
      await im.told();
      const send = (more: object) =>
        im.rest("send_group_system_notification", { GroupId: "mine", Content: "hello", ...more });
      expect(await send({})).toEqual(ok());
      expect(await send({ ToMembers_Account: ["bob", "peter"] })).toEqual(ok());
      expect(await send({ ToMembers_Account: manyUsers(500) })).toEqual(ok());
      expect(await send({ ToMembers_Account: manyUsers(501) })).toEqual(refused(10005, "ToMembers_Account"));
      expect(await send({ Content: undefined })).toEqual(refused(10004, "Content"));
      expect(await send({ Content: { text: "hello" } })).toEqual(refused(10004, "Content"));
      expect(await im.told()).toEqual([]);
      const GroupId = await im.create({ Type: "AVChatRoom" });
      expect(await send({ GroupId })).toEqual(ok());
      expect(await send({ GroupId, ToMembers_Account: ["bob"] })).toEqual(refused(10007));
    },
  );

  it("needs a group", proves("rest:notification:not-found"), () =>
    expectGroupNeeded("send_group_system_notification", { Content: "hello" }),
  );
});
