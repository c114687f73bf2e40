import { restCommands } from "@muster/protocol";

import { kickAccount } from "../commands/kick-account.ts";
import { endpoint } from "./rest-endpoint.ts";

/** `im_open_login_svc/kick` */
export const kickEndpoint = endpoint(restCommands.kick, async (executor, app, caller, { UserID }) => {
  const outcome = await executor.execute(app, caller, kickAccount, { userId: UserID });
  if (!outcome.ok) return outcome;
  executor.presence.kick(app.sdkAppId, UserID);
  return { ok: true, fields: {} };
});
