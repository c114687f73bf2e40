import { restCommands } from "@muster/protocol";

import { destroyGroup } from "../commands/destroy-group.ts";
import { endpoint } from "./rest-endpoint.ts";

/** `group_open_http_svc/destroy_group` */
export const destroyGroupEndpoint = endpoint(restCommands.destroyGroup, async (executor, app, caller, body) => {
  const outcome = await executor.execute(app, caller, destroyGroup, { groupId: body.GroupId });
  return outcome.ok ? { ok: true, fields: {} } : outcome;
});
