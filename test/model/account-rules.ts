import { exit } from "./tell.ts";
import { ok, refused, type Rules } from "./verdict.ts";
import { app } from "./world.ts";

/** Users who are known to the app. */
export const accountRules = {
  "im_open_login/account_import"(world, { UserID, Nick = "", FaceUrl = "" }) {
    if (Buffer.byteLength(Nick) > 500 || Buffer.byteLength(FaceUrl) > 500) return refused(40601);
    world.accounts.add(UserID);
    return ok();
  },

  "im_open_login/multiaccount_import"(world, { Accounts = [], AccountList = [] }) {
    const all = [...Accounts.map((UserID) => ({ UserID, Nick: "" })), ...AccountList];
    if (all.length === 0 || all.length > 100) return refused(70402);
    const failed = all.filter(({ UserID, Nick = "" }) => {
      const bytes = Buffer.byteLength(UserID);
      return bytes === 0 || bytes > 32 || Buffer.byteLength(Nick) > 500;
    });
    for (const one of all) if (!failed.includes(one)) world.accounts.add(one.UserID);
    return ok({ FailAccounts: failed.map(({ UserID }) => UserID) });
  },

  "im_open_login/account_delete"(world, { DeleteItem }, at) {
    if (DeleteItem.length > 100) return refused(70402);
    const results = DeleteItem.map(({ UserID }) => {
      if (UserID === app.administrator) return { UserID, ResultCode: 70402 };
      if (!world.accounts.delete(UserID)) return { UserID, ResultCode: 70107 };
      // Nobody but accounts is in groups or owns them.
      const inOrder = [...world.groups.values()].toSorted(
        (a, b) => (a.members.get(UserID)?.place ?? 0) - (b.members.get(UserID)?.place ?? 0),
      );
      for (const group of inOrder) {
        if (group.owner === UserID) group.owner = "";
        if (group.members.delete(UserID)) exit(world, group, [UserID], at);
      }
      return { UserID, ResultCode: 0 };
    });
    return ok({ ResultItem: results });
  },

  "im_open_login/account_check"(world, { CheckItem }) {
    const results = CheckItem.map(({ UserID }) => ({
      UserID,
      ResultCode: 0,
      AccountStatus: world.accounts.has(UserID) ? "Imported" : "NotImported",
    }));
    return ok({ ResultItem: results });
  },
} satisfies Partial<Rules>;
