import { ErrorCode, ONLINE_STATUS_MAX, restCommands } from "@muster/protocol";

import { refuse } from "../commands/command.ts";
import { missingAmong } from "./missing-among.ts";
import { endpoint } from "./rest-endpoint.ts";

/** `openim/query_online_status`: fails as a whole only where none of the users exists. */
export const queryOnlineStatusEndpoint = endpoint(
  restCommands.queryOnlineStatus,
  async (executor, app, _caller, body) => {
    const { To_Account, IsNeedDetail } = body;
    if (To_Account.length > ONLINE_STATUS_MAX) {
      return refuse(
        ErrorCode.TooManyTargets,
        `To_Account names ${To_Account.length} users, one call takes ${ONLINE_STATUS_MAX}`,
      );
    }
    const missing = await missingAmong(executor.store.read(app.sdkAppId), To_Account);
    if (To_Account.every((userId) => missing.has(userId))) {
      return refuse(ErrorCode.AccountNotFound, "To_Account: none of the accounts exists");
    }
    const connected = await executor.presence.platforms(
      app.sdkAppId,
      To_Account.filter((userId) => !missing.has(userId)),
    );
    const result = To_Account.filter((userId) => !missing.has(userId)).map((userId) => {
      const platforms = connected.get(userId) ?? [];
      const State = platforms.length > 0 ? "Online" : "Offline";
      const Detail = platforms.map((Platform) => ({ Platform, Status: "Online" }));
      return { To_Account: userId, State, ...(IsNeedDetail === 1 ? { Detail } : {}) };
    });
    const errors = [...missing].map((userId) => ({ To_Account: userId, ErrorCode: ErrorCode.AccountNotFound }));
    return { ok: true, fields: { QueryResult: result, ...(errors.length > 0 ? { ErrorList: errors } : {}) } };
  },
);
