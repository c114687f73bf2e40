import { restCommands } from "@muster/protocol";

import { changeMember } from "../commands/change-member.ts";
import { endpoint } from "./rest-endpoint.ts";

/** `group_open_http_svc/modify_group_member_info` */
export const modifyGroupMemberInfoEndpoint = endpoint(
  restCommands.modifyGroupMemberInfo,
  async (executor, app, caller, body) => {
    const outcome = await executor.execute(app, caller, changeMember, {
      groupId: body.GroupId,
      userId: body.Member_Account,
      role: body.Role,
      nameCard: body.NameCard,
      msgFlag: body.MsgFlag,
      muteFor: body.MuteTime ?? body.ShutUpTime,
      customFields: (body.AppMemberDefinedData ?? []).map(({ Key, Value }) => [Key, Value] as const),
    });
    return outcome.ok ? { ok: true, fields: {} } : outcome;
  },
);
