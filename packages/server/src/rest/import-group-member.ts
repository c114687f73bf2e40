import { IMPORT_GROUP_MEMBER_MAX, restCommands } from "@muster/protocol";

import { importMembers } from "../commands/import-members.ts";
import { wireResults } from "./add-group-member.ts";
import { endpoint } from "./rest-endpoint.ts";

/** `group_open_http_svc/import_group_member` */
export const importGroupMemberEndpoint = endpoint(
  restCommands.importGroupMember,
  async (executor, app, caller, body) => {
    const outcome = await executor.execute(app, caller, importMembers, {
      groupId: body.GroupId,
      members: body.MemberList.map(({ Member_Account, Role, JoinTime }) => ({
        userId: Member_Account,
        role: Role ?? ("Member" as const),
        joinTime: JoinTime,
      })),
      most: IMPORT_GROUP_MEMBER_MAX,
    });
    return outcome.ok ? { ok: true, fields: { MemberList: wireResults(outcome.result) } } : outcome;
  },
);
