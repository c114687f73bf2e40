import { ACCOUNTS_MAX, ErrorCode, restCommands } from "@muster/protocol";

import { removeAccounts } from "../commands/remove-accounts.ts";
import { endpoint } from "./rest-endpoint.ts";

/** `im_open_login_svc/account_delete` */
export const accountDeleteEndpoint = endpoint(
  restCommands.accountDelete,
  async (executor, app, caller, { DeleteItem }) => {
    const userIds = DeleteItem.map(({ UserID }) => UserID);
    const outcome = await executor.execute(app, caller, removeAccounts, { userIds, most: ACCOUNTS_MAX });
    if (!outcome.ok) return outcome;
    for (const { userId, refusal } of outcome.result) if (!refusal) executor.presence.kick(app.sdkAppId, userId);
    const items = outcome.result.map(({ userId, refusal }) => ({
      UserID: userId,
      ResultCode: refusal?.code ?? ErrorCode.Ok,
      ResultInfo: refusal?.info ?? "",
    }));
    return { ok: true, fields: { ResultItem: items } };
  },
);
