import { restCommands } from "@muster/protocol";

import { importAccount } from "../commands/import-account.ts";
import { endpoint } from "./rest-endpoint.ts";

/** `im_open_login_svc/account_import` */
export const accountImportEndpoint = endpoint(restCommands.accountImport, async (executor, app, caller, body) => {
  const outcome = await executor.execute(app, caller, importAccount, {
    userId: body.UserID,
    nick: body.Nick ?? "",
    faceUrl: body.FaceUrl ?? "",
  });
  return outcome.ok ? { ok: true, fields: {} } : outcome;
});
