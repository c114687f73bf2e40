import { CREATE_GROUP_MAX_MEMBERS, restCommands, wireTypeName } from "@muster/protocol";
import type * as z from "zod/mini";

import { createGroup, type CreateGroup } from "../commands/create-group.ts";
import { newTexts } from "./profile-fields.ts";
import { endpoint } from "./rest-endpoint.ts";

/** `group_open_http_svc/create_group` */
export const createGroupEndpoint = endpoint(restCommands.createGroup, async (executor, app, caller, body) => {
  const members = (body.MemberList ?? []).map(
    ({ Member_Account, Role = "Member" as const, AppMemberDefinedData = [] }) => ({
      userId: Member_Account,
      role: Role,
      customFields: AppMemberDefinedData.map(({ Key, Value }) => [Key, Value] as const),
    }),
  );
  const input = { ...newGroup(body), members, mostMembers: CREATE_GROUP_MAX_MEMBERS };
  const outcome = await executor.execute(app, caller, createGroup, input);
  if (!outcome.ok) return outcome;
  const { groupId, type, supportTopic } = outcome.result;
  // A community with topics is answered with two more fields, as its sample has it.
  const more = supportTopic ? { HugeGroupFlag: 0, Type: wireTypeName(app.profile, type) } : {};
  return { ok: true, fields: { GroupId: groupId, ...more } };
});

/** `group_open_http_svc/import_group` */
export const importGroupEndpoint = endpoint(restCommands.importGroup, async (executor, app, caller, body) => {
  const imported = { createTime: body.CreateTime };
  const input = { ...newGroup(body), members: [], mostMembers: 0, imported };
  const outcome = await executor.execute(app, caller, createGroup, input);
  return outcome.ok ? { ok: true, fields: { GroupId: outcome.result.groupId } } : outcome;
});

/** What both requests say of the new group itself. */
function newGroup(
  body: z.output<(typeof restCommands)["createGroup" | "importGroup"]["request"]>,
): Omit<CreateGroup, "members" | "mostMembers"> {
  return {
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
  };
}
