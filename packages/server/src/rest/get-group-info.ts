import { ErrorCode, restCommands } from "@muster/protocol";

import { findGroup } from "../commands/find-group.ts";
import { endpoint } from "./rest-endpoint.ts";
import { only, wireFields, wireGroup, wireMember, type WireFields } from "./wire-group.ts";

/** `group_open_http_svc/get_group_info`: a result for each group, whatever became of the others. */
export const getGroupInfoEndpoint = endpoint(restCommands.getGroupInfo, async (executor, app, _caller, body) => {
  const reads = executor.store.read(app.sdkAppId);
  const filter = body.ResponseFilter;
  const wantsMembers = filter === undefined || filter.MemberInfoFilter !== undefined;
  const entries: WireFields[] = [];
  for (const groupId of body.GroupIdList) {
    const found = await findGroup(reads, groupId);
    if (!found.ok) {
      entries.push({ GroupId: groupId, ErrorCode: found.refusal.code, ErrorInfo: found.refusal.info });
      continue;
    }
    const { group } = found;
    const members = wantsMembers ? await reads.members(groupId) : [];
    const MemberList = members.map((member) => ({
      Member_Account: member.userId,
      ...only(filter?.MemberInfoFilter, wireMember(member)),
      AppMemberDefinedData: wireFields(filter?.AppDefinedDataFilter_GroupMember, member.customFields),
    }));
    entries.push({
      GroupId: groupId,
      ErrorCode: ErrorCode.Ok,
      ErrorInfo: "",
      ...only(filter?.GroupBaseInfoFilter, wireGroup(app, group, await reads.memberCount(groupId))),
      ...(wantsMembers ? { MemberList } : {}),
      AppDefinedData: wireFields(filter?.AppDefinedDataFilter_Group, group.customFields),
    });
  }
  return { ok: true, fields: { GroupInfo: entries } };
});
