import { COMMUNITY_MEMBER_PAGE_MAX, ErrorCode, MEMBER_PAGE_MAX, restCommands } from "@muster/protocol";

import { refuse } from "../commands/command.ts";
import { findGroup } from "../commands/find-group.ts";
import { capabilities } from "../group/capabilities.ts";
import { endpoint } from "./rest-endpoint.ts";
import { only, wireFields, wireMember } from "./wire-group.ts";

/** `group_open_http_svc/get_group_member_info`: a community's by `Next`, a place in the order of joining. */
export const getGroupMemberInfoEndpoint = endpoint(
  restCommands.getGroupMemberInfo,
  async (executor, app, _caller, body) => {
    const reads = executor.store.read(app.sdkAppId);
    const found = await findGroup(reads, body.GroupId);
    if (!found.ok) return found;
    const { groupId, type } = found.group;
    if (!capabilities[type].keepsMembers) {
      return refuse(ErrorCode.NotPermitted, `a group of type ${type} keeps no members that could be listed`);
    }
    const byNext = type === "Community";
    const most = byNext ? COMMUNITY_MEMBER_PAGE_MAX : MEMBER_PAGE_MAX;
    const limit = body.Limit ?? most;
    if (limit > most) return refuse(ErrorCode.InvalidParameter, `Limit is at most ${most} for a group of type ${type}`);
    if (byNext && !/^\d{0,15}$/.test(body.Next ?? "")) {
      return refuse(ErrorCode.InvalidParameter, 'Next must be "" or what the last answer gave');
    }
    const roles = body.MemberRoleFilter;
    const page = await reads.memberPage(groupId, {
      ...(roles ? { roles } : {}),
      after: byNext ? Number(body.Next ?? "") : 0,
      offset: body.Offset ?? 0,
      limit,
    });
    const MemberList = page.members.map((member) => ({
      Member_Account: member.userId,
      ...only(body.MemberInfoFilter, wireMember(member)),
      AppMemberDefinedData: wireFields(body.AppDefinedDataFilter_GroupMember, member.customFields),
    }));
    const next = byNext ? { Next: page.members.length < limit ? "" : String(page.next) } : {};
    return { ok: true, fields: { MemberNum: await reads.memberCount(groupId), MemberList, ...next } };
  },
);
