import { ErrorCode, GET_ROLE_MAX, restCommands } from "@muster/protocol";

import { refuse } from "../commands/command.ts";
import { findGroup } from "../commands/find-group.ts";
import { capabilities } from "../group/capabilities.ts";
import { endpoint } from "./rest-endpoint.ts";

/** `group_open_http_svc/get_role_in_group` */
export const getRoleInGroupEndpoint = endpoint(restCommands.getRoleInGroup, async (executor, app, _caller, body) => {
  const reads = executor.store.read(app.sdkAppId);
  const found = await findGroup(reads, body.GroupId);
  if (!found.ok) return found;
  const { groupId, type } = found.group;
  if (!capabilities[type].keepsMembers) {
    return refuse(ErrorCode.NotPermitted, `a group of type ${type} keeps no members that could have a role`);
  }
  if (body.User_Account.length > GET_ROLE_MAX) {
    return refuse(
      ErrorCode.TooManyAccounts,
      `User_Account names ${body.User_Account.length} users, one call takes ${GET_ROLE_MAX}`,
    );
  }
  const list = [];
  for (const userId of body.User_Account) {
    const member = await reads.member(groupId, userId);
    list.push({ Member_Account: userId, Role: member?.role ?? "NotMember" });
  }
  return { ok: true, fields: { UserIdList: list } };
});
