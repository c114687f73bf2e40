import { BAN_MAX, restCommands } from "@muster/protocol";

import { banMembers } from "../commands/ban-members.ts";
import { endpoint } from "./rest-endpoint.ts";

/** `group_open_http_svc/ban_group_member` */
export const banGroupMemberEndpoint = endpoint(restCommands.banGroupMember, async (executor, app, caller, body) => {
  const { GroupId: groupId, Members_Account: userIds, Duration: banFor } = body;
  const present = await executor.presence.among(app.sdkAppId, groupId, userIds);
  const input = { groupId, userIds, banFor, most: BAN_MAX, ...present };
  const outcome = await executor.execute(app, caller, banMembers, input);
  return outcome.ok ? { ok: true, fields: {} } : outcome;
});

/** `group_open_http_svc/unban_group_member` */
export const unbanGroupMemberEndpoint = endpoint(restCommands.unbanGroupMember, async (executor, app, caller, body) => {
  const nobody = { audience: [], newest: new Set<string>() };
  const input = { groupId: body.GroupId, userIds: body.Members_Account, banFor: 0, most: BAN_MAX, ...nobody };
  const outcome = await executor.execute(app, caller, banMembers, input);
  return outcome.ok ? { ok: true, fields: {} } : outcome;
});
