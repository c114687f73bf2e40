import { CREATE_GROUP_MAX_MEMBERS, restCommands, wireTypeName } from "@muster/protocol";

import { createGroup } from "../commands/create-group.ts";
import { newTexts } from "./profile-fields.ts";
import { endpoint } from "./rest-endpoint.ts";

/** `group_open_http_svc/create_group` */
export const createGroupEndpoint = endpoint(restCommands.createGroup, async (executor, app, caller, body) => {
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
    members: (body.MemberList ?? []).map(({ Member_Account, Role }) => ({
      userId: Member_Account,
      role: Role ?? "Member",
    })),
    mostMembers: CREATE_GROUP_MAX_MEMBERS,
  });
  if (!outcome.ok) return outcome;
  const { groupId, type, supportTopic } = outcome.result;
  // A community with topics is answered with two more fields, as its sample has it.
  const more = supportTopic ? { HugeGroupFlag: 0, Type: wireTypeName(app.profile, type) } : {};
  return { ok: true, fields: { GroupId: groupId, ...more } };
});
