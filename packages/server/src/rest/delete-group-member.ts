import { DELETE_GROUP_MEMBER_MAX, restCommands } from "@muster/protocol";

import { removeMembers } from "../commands/remove-members.ts";
import { endpoint } from "./rest-endpoint.ts";

/** `group_open_http_svc/delete_group_member` */
export const deleteGroupMemberEndpoint = endpoint(
  restCommands.deleteGroupMember,
  async (executor, app, caller, body) => {
    const outcome = await executor.execute(app, caller, removeMembers, {
      groupId: body.GroupId,
      userIds: body.MemberToDel_Account,
      silent: body.Silence === 1,
      most: DELETE_GROUP_MEMBER_MAX,
    });
    return outcome.ok ? { ok: true, fields: {} } : outcome;
  },
);
