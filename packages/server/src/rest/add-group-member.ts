import { ADD_GROUP_MEMBER_MAX, restCommands } from "@muster/protocol";

import { addMembers, type AddedMembers } from "../commands/add-members.ts";
import { endpoint } from "./rest-endpoint.ts";

/** `group_open_http_svc/add_group_member` */
export const addGroupMemberEndpoint = endpoint(restCommands.addGroupMember, async (executor, app, caller, body) => {
  const outcome = await executor.execute(app, caller, addMembers, {
    groupId: body.GroupId,
    userIds: body.MemberList.map(({ Member_Account }) => Member_Account),
    silent: body.Silence === 1,
    most: ADD_GROUP_MEMBER_MAX,
  });
  return outcome.ok ? { ok: true, fields: { MemberList: wireResults(outcome.result) } } : outcome;
});

/** What became of each who was to be a member. */
export function wireResults(results: AddedMembers): readonly unknown[] {
  return results.map(({ userId, result }) => ({ Member_Account: userId, Result: result }));
}
