import { restCommands } from "@muster/protocol";

import { changeOwner } from "../commands/change-owner.ts";
import { actingAs, endpoint } from "./rest-endpoint.ts";

/** `group_open_http_svc/change_group_owner` */
export const changeGroupOwnerEndpoint = endpoint(restCommands.changeGroupOwner, async (executor, app, caller, body) => {
  const input = { groupId: body.GroupId, newOwner: body.NewOwner_Account };
  const acting = await actingAs(executor, app, caller, body.From_Account);
  if (!acting.ok) return acting;
  const outcome = await executor.execute(app, acting.caller, changeOwner, input);
  return outcome.ok ? { ok: true, fields: {} } : outcome;
});
