import { describe, expect, it } from "vitest";

import { accounts, chinese, manyUsers, NOW, ok, refused, startIm, unchanged, type Im } from "./im.ts";
import { proves } from "./proves.ts";

/** Which of the users have an account, as `account_check` says. */
async function statuses({ rest }: Im, ...userIds: readonly string[]): Promise<unknown[]> {
  const answer = await rest("account_check", { CheckItem: userIds.map((UserID) => ({ UserID })) });
  return (answer["ResultItem"] as { AccountStatus: string }[]).map(({ AccountStatus }) => AccountStatus);
}

describe("account_import", () => {
  it("makes a user known, again and again", proves("rest:account-import:answer"), async () => {
    const im = await startIm();
    for (const more of [{}, {}, { Nick: "Carol", FaceUrl: "http://x/y.png" }]) {
      expect(await im.rest("account_import", { UserID: "carol", ...more })).toEqual(ok());
      expect(await statuses(im, "carol")).toEqual(["Imported"]);
    }
    expect(await im.told()).toEqual([]);
  });

  it("takes ids of 32 bytes", proves("rest:account-import:id-32-bytes"), async () => {
    const im = await startIm();
    for (const UserID of ["a", "a".repeat(32), chinese(32), "Leckie"]) {
      expect(await im.rest("account_import", { UserID })).toEqual(ok());
      expect(await statuses(im, UserID)).toEqual(["Imported"]);
    }
    for (const UserID of ["", "a".repeat(33), `${chinese(32)}a`, undefined, 7, null, ["a"], "a\ud800"]) {
      expect(await im.rest("account_import", { UserID })).toEqual(refused(70402, "UserID"));
    }
    expect(await statuses(im, "a".repeat(33))).toEqual(["NotImported"]);
    // Ids count with their case.
    expect(await statuses(im, "LECKIE", "leckie")).toEqual(["NotImported", "Imported"]);
  });

  it("takes profiles of 500 bytes a field", proves("rest:account-import:profile-500-bytes"), async () => {
    const im = await startIm();
    for (const field of ["Nick", "FaceUrl"]) {
      for (const text of ["a".repeat(500), chinese(500)]) {
        expect(await im.rest("account_import", { UserID: "carol", [field]: text })).toEqual(ok());
      }
      for (const text of ["a".repeat(501), `${chinese(500)}a`]) {
        expect(await im.rest("account_import", { UserID: "dave", [field]: text })).toEqual(refused(40601, field));
      }
      expect(await im.rest("account_import", { UserID: "dave", [field]: 7 })).toEqual(refused(70402, field));
      expect(await im.rest("account_import", { UserID: "dave", [field]: "\ud800" })).toEqual(refused(70402, field));
    }
    expect(await statuses(im, "dave")).toEqual(["NotImported"]);
  });
});

describe("multiaccount_import", () => {
  it("tells which failed", proves("rest:multi-import:answer"), async () => {
    const im = await startIm();
    const tooLong = "a".repeat(33);
    expect(await im.rest("multiaccount_import", { Accounts: ["carol", tooLong, "", "carol"] })).toEqual(
      ok({ FailAccounts: [tooLong, ""] }),
    );
    const AccountList = [
      { UserID: "dave", Nick: "Dave" },
      { UserID: "erin", Nick: "a".repeat(501) },
    ];
    expect(await im.rest("multiaccount_import", { AccountList })).toEqual(ok({ FailAccounts: ["erin"] }));
    expect(await statuses(im, "carol", "dave", "erin")).toEqual(["Imported", "Imported", "NotImported"]);
  });

  it("takes 100 at once", proves("rest:multi-import:100"), async () => {
    const im = await startIm();
    for (const body of [{ Accounts: manyUsers(101) }, { Accounts: [] }, {}, { Accounts: [7] }, { Accounts: "carol" }]) {
      expect(await im.rest("multiaccount_import", body)).toEqual(refused(70402));
    }
    expect(await statuses(im, "user1")).toEqual(["NotImported"]);
    expect(await im.rest("multiaccount_import", { Accounts: manyUsers(100) })).toEqual(ok({ FailAccounts: [] }));
    expect(await statuses(im, "user1", "user100")).toEqual(["Imported", "Imported"]);
  });
});

describe("account_check", () => {
  it("tells who has an account", proves("rest:account-check:answer", "rest:account-check:100"), async () => {
    const { rest } = await startIm();
    const check = (userIds: readonly string[]) =>
      rest("account_check", { CheckItem: userIds.map((UserID) => ({ UserID })) });
    const item = (UserID: string, AccountStatus: string) => ({ UserID, ResultCode: 0, ResultInfo: "", AccountStatus });
    expect(await check(["leckie", "nobody", "administrator", "leckie", "leckie\ud800"])).toEqual(
      ok({
        ResultItem: [
          item("leckie", "Imported"),
          item("nobody", "NotImported"),
          item("administrator", "Imported"),
          item("leckie", "Imported"),
          item("leckie\ud800", "NotImported"),
        ],
      }),
    );
    expect(await check(manyUsers(100))).toMatchObject({ ErrorCode: 0 });
    expect(await check(manyUsers(101))).toEqual(refused(70402, "CheckItem"));
    for (const CheckItem of [undefined, [], ["leckie"], [{}], [{ UserID: 7 }]]) {
      expect(await rest("account_check", { CheckItem })).toEqual(refused(70402, "CheckItem"));
    }
  });
});

describe("account_delete", () => {
  const remove = ({ rest }: Im, ...userIds: readonly string[]) =>
    rest("account_delete", { DeleteItem: userIds.map((UserID) => ({ UserID })) });

  it(
    "has a result for each",
    proves("rest:account-delete:per-item", "rest:account-delete:administrator", "rest:account-delete:100"),
    async () => {
      const im = await startIm();
      await im.rest("account_import", { UserID: "a\ufffd" });
      const answer = await remove(im, "bob", "nobody", "bob", "administrator", "a\ud800");
      expect(answer).toEqual(ok({ ResultItem: expect.any(Array) }));
      expect(answer["ResultItem"]).toEqual([
        { UserID: "bob", ResultCode: 0, ResultInfo: "" },
        { UserID: "nobody", ResultCode: 70107, ResultInfo: expect.stringMatching(/./) },
        { UserID: "bob", ResultCode: 70107, ResultInfo: expect.stringMatching(/./) },
        { UserID: "administrator", ResultCode: 70402, ResultInfo: expect.stringMatching(/./) },
        { UserID: "a\ud800", ResultCode: 70107, ResultInfo: expect.stringMatching(/./) },
      ]);
      expect(await statuses(im, "bob", "administrator", "a\ufffd")).toEqual(["NotImported", "Imported", "Imported"]);
      expect(await remove(im, "leckie", ...manyUsers(100))).toEqual(refused(70402, "DeleteItem"));
      for (const DeleteItem of [undefined, [], ["leckie"], [{}], [{ UserID: 7 }]]) {
        expect(await im.rest("account_delete", { DeleteItem })).toEqual(refused(70402, "DeleteItem"));
      }
      expect(await statuses(im, "leckie")).toEqual(["Imported"]);
      expect(await remove(im, "leckie", ...manyUsers(99))).toMatchObject({ ErrorCode: 0 });
      expect(await statuses(im, "leckie")).toEqual(["NotImported"]);
    },
  );

  it("ends memberships and ownership", proves("rest:account-delete:memberships"), async () => {
    const im = await startIm();
    await im.create({ GroupId: "hers", Owner_Account: "leckie", MemberList: accounts("bob") });
    await im.create({ GroupId: "his", Owner_Account: "bob", MemberList: accounts("leckie", "peter") });
    await im.told();
    expect(await remove(im, "leckie")).toMatchObject({ ResultItem: [{ ResultCode: 0 }] });
    expect(await im.group("hers")).toMatchObject({ Owner_Account: "", MemberNum: 1 });
    expect(Object.keys(await im.members("his"))).toEqual(["bob", "peter"]);
    const left = (GroupId: string) => ({
      CallbackCommand: "Group.CallbackAfterMemberExit",
      GroupId,
      Type: "Public",
      ExitType: "Kicked",
      Operator_Account: "administrator",
      ExitMemberList: accounts("leckie"),
      EventTime: NOW,
    });
    const told = await im.told();
    expect(told).toHaveLength(2);
    expect(told).toEqual(expect.arrayContaining([left("hers"), left("his")]));
    await unchanged(im, "his", async () => {
      expect(await remove(im, "leckie")).toMatchObject({ ResultItem: [{ ResultCode: 70107 }] });
    });
    // Whoever comes back under the same id is nobody's member.
    await im.rest("account_import", { UserID: "leckie" });
    expect(await im.rest("get_joined_group_list", { Member_Account: "leckie" })).toMatchObject({ TotalCount: 0 });
  });
});

describe("kick", () => {
  it("answers with the envelope alone", proves("rest:kick:answer"), async () => {
    const { rest } = await startIm();
    expect(await rest("kick", { UserID: "leckie" })).toEqual(ok());
    expect(await rest("kick", { UserID: "nobody" })).toEqual(refused(70107, "UserID"));
    for (const UserID of [undefined, "", 7, "a".repeat(33)]) {
      expect(await rest("kick", { UserID })).toEqual(refused(70402, "UserID"));
    }
  });
});

describe("query_online_status", () => {
  it(
    "tells of each who exists",
    proves("rest:online-status:answer", "rest:online-status:errors", "rest:online-status:500"),
    async () => {
      const { rest } = await startIm();
      const ask = (To_Account: unknown, more: object = {}) => rest("query_online_status", { To_Account, ...more });
      const offline = (To_Account: string) => ({ To_Account, State: "Offline" });
      const missing = (To_Account: string) => ({ To_Account, ErrorCode: 70107 });
      expect(await ask(["leckie", "bob"])).toEqual(ok({ QueryResult: [offline("leckie"), offline("bob")] }));
      expect(await ask(["leckie"], { IsNeedDetail: 1 })).toEqual(
        ok({ QueryResult: [{ ...offline("leckie"), Detail: [] }] }),
      );
      expect(await ask(["nobody", "bob", "leckie\ud800"])).toEqual(
        ok({ QueryResult: [offline("bob")], ErrorList: [missing("nobody"), missing("leckie\ud800")] }),
      );
      expect(await ask(["nobody", "none"])).toEqual(refused(70107, "To_Account"));
      expect(await ask(["leckie", ...manyUsers(499)])).toMatchObject({ ErrorCode: 0 });
      expect(await ask(["leckie", ...manyUsers(500)])).toEqual(refused(90011, "To_Account"));
    },
  );

  it("has codes of its own for a wrong form", proves("rest:online-status:form"), async () => {
    const { rest } = await startIm();
    const ask = (To_Account: unknown) => rest("query_online_status", { To_Account });
    expect(await ask([])).toEqual(refused(90001, "To_Account"));
    for (const wrong of [undefined, "leckie", [7], { leckie: 1 }, null]) {
      expect(await ask(wrong)).toEqual(refused(90003, "To_Account"));
    }
    expect(await rest("query_online_status", [])).toEqual(refused(90001));
  });
});
