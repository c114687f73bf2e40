import { restCommands } from "@muster/protocol";

import { createGroup } from "../commands/create-group.ts";
import { newTexts } from "./profile-fields.ts";
import { endpoint } from "./rest-endpoint.ts";

/** `group_open_http_svc/import_group` */
export const importGroupEndpoint = endpoint(restCommands.importGroup, async (executor, app, caller, body) => {
  const outcome = await executor.execute(app, caller, createGroup, {
    type: body.Type,
    name: body.Name,
    groupId: body.GroupId,
    owner: body.Owner_Account,
    ...newTexts(body),
    maxMembers: body.MaxMemberCount,
    applyJoinOption: body.ApplyJoinOption,
    inviteJoinOption: body.InviteJoinOption,
    supportTopic: body.SupportTopic === 1,
    customFields: (body.AppDefinedData ?? []).map(({ Key, Value }) => [Key, Value] as const),
    members: [],
    mostMembers: 0,
    imported: { createTime: body.CreateTime },
  });
  return outcome.ok ? { ok: true, fields: { GroupId: outcome.result.groupId } } : outcome;
});
