import { ACCOUNTS_MAX, ErrorCode, restCommands } from "@muster/protocol";

import { refuse } from "../commands/command.ts";
import { missingAmong } from "./missing-among.ts";
import { endpoint } from "./rest-endpoint.ts";

/** `im_open_login_svc/account_check` */
export const accountCheckEndpoint = endpoint(
  restCommands.accountCheck,
  async (executor, app, _caller, { CheckItem }) => {
    if (CheckItem.length > ACCOUNTS_MAX) {
      return refuse(
        ErrorCode.AccountParameterInvalid,
        `CheckItem names ${CheckItem.length} users, one call takes ${ACCOUNTS_MAX}`,
      );
    }
    const userIds = CheckItem.map(({ UserID }) => UserID);
    const missing = await missingAmong(executor.store.read(app.sdkAppId), userIds);
    const items = userIds.map((UserID) => ({
      UserID,
      ResultCode: ErrorCode.Ok,
      ResultInfo: "",
      AccountStatus: missing.has(UserID) ? "NotImported" : "Imported",
    }));
    return { ok: true, fields: { ResultItem: items } };
  },
);
