import { restCommands } from "@muster/protocol";

import { changeGroup } from "../commands/change-group.ts";
import { profileTexts } from "./profile-fields.ts";
import { actingAs, endpoint } from "./rest-endpoint.ts";
import { isOn } from "./wire-group.ts";

/** `group_open_http_svc/modify_group_base_info` */
export const modifyGroupBaseInfoEndpoint = endpoint(
  restCommands.modifyGroupBaseInfo,
  async (executor, app, caller, body) => {
    const acting = await actingAs(executor, app, caller, body.From_Account);
    if (!acting.ok) return acting;
    const outcome = await executor.execute(app, acting.caller, changeGroup, {
      groupId: body.GroupId,
      ...profileTexts(body.Name, body),
      maxMembers: body.MaxMemberNum,
      applyJoinOption: body.ApplyJoinOption,
      inviteJoinOption: body.InviteJoinOption,
      muteAll: isOn(body.MuteAllMember ?? body.ShutUpAllMember),
      customFields: (body.AppDefinedData ?? []).map(({ Key, Value }) => [Key, Value] as const),
    });
    return outcome.ok ? { ok: true, fields: {} } : outcome;
  },
);
