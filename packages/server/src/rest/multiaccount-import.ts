import { ACCOUNTS_MAX, restCommands } from "@muster/protocol";

import { importAccounts } from "../commands/import-accounts.ts";
import { endpoint } from "./rest-endpoint.ts";

/** `im_open_login_svc/multiaccount_import` */
export const multiaccountImportEndpoint = endpoint(
  restCommands.multiaccountImport,
  async (executor, app, caller, { Accounts = [], AccountList = [] }) => {
    const accounts = [
      ...Accounts.map((userId) => ({ userId, nick: "", faceUrl: "" })),
      ...AccountList.map(({ UserID, Nick = "", FaceUrl = "" }) => ({ userId: UserID, nick: Nick, faceUrl: FaceUrl })),
    ];
    const outcome = await executor.execute(app, caller, importAccounts, { accounts, most: ACCOUNTS_MAX });
    return outcome.ok ? { ok: true, fields: { FailAccounts: outcome.result } } : outcome;
  },
);
