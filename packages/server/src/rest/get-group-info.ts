import { ErrorCode, restCommands } from "@muster/protocol";

import { findGroup } from "../commands/find-group.ts";
import { headCount } from "../commands/head-count.ts";
import { ANSWER_MAX_BYTES, TOO_LONG } from "./answer-limit.ts";
import { endpoint } from "./rest-endpoint.ts";
import { only, wireFields, wireGroup, wireMember, type WireFields } from "./wire-group.ts";

/** More members than these make an answer too long, however short they are: they are not even read. */
const MOST_MEMBERS = Math.floor(ANSWER_MAX_BYTES / '{"Member_Account":"x"},'.length);

/** Nothing is named: what a filter says of the fields that it does not speak of. */
const NONE: readonly string[] = [];

/**
 * `group_open_http_svc/get_group_info`: a result for each group, whatever became of the others. Where there is a
 * filter, only what it names comes.
 */
export const getGroupInfoEndpoint = endpoint(restCommands.getGroupInfo, async (executor, app, _caller, body) => {
  const reads = executor.store.read(app.sdkAppId);
  const filter = body.ResponseFilter;
  const names = filter && {
    group: filter.GroupBaseInfoFilter ?? NONE,
    groupFields: filter.AppDefinedDataFilter_Group ?? NONE,
    member: filter.MemberInfoFilter ?? NONE,
    memberFields: filter.AppDefinedDataFilter_GroupMember ?? NONE,
  };
  const wantsCount = names === undefined || names.group.includes("MemberNum");
  const wantsFields = names === undefined || names.groupFields.length > 0;
  const wantsMemberFields = names === undefined || names.memberFields.length > 0;
  const wantsMembers = wantsMemberFields || filter?.MemberInfoFilter !== undefined;
  const entries: WireFields[] = [];
  let memberRoom = MOST_MEMBERS;
  for (const groupId of body.GroupIdList) {
    const found = await findGroup(reads, groupId);
    if (!found.ok) {
      entries.push({ GroupId: groupId, ErrorCode: found.refusal.code, ErrorInfo: found.refusal.info });
      continue;
    }
    const { group } = found;
    if (wantsMembers) memberRoom -= await reads.memberCount(groupId);
    if (memberRoom < 0) return { ok: false, refusal: TOO_LONG };
    const members = wantsMembers ? await reads.members(groupId) : [];
    const MemberList = members.map((member) => ({
      Member_Account: member.userId,
      ...only(names?.member, wireMember(member)),
      ...(wantsMemberFields ? { AppMemberDefinedData: wireFields(names?.memberFields, member.customFields) } : {}),
    }));
    entries.push({
      GroupId: groupId,
      ErrorCode: ErrorCode.Ok,
      ErrorInfo: "",
      ...only(names?.group, wireGroup(app, group, wantsCount ? await headCount(executor, app, group) : 0)),
      ...(wantsMembers ? { MemberList } : {}),
      ...(wantsFields ? { AppDefinedData: wireFields(names?.groupFields, group.customFields) } : {}),
    });
  }
  return { ok: true, fields: { GroupInfo: entries } };
});
