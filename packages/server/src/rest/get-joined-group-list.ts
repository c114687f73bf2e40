import { ErrorCode, restCommands } from "@muster/protocol";

import { refuse } from "../commands/command.ts";
import { groupTypeFilter } from "./group-type-filter.ts";
import { endpoint } from "./rest-endpoint.ts";
import { only, wireGroup, wireMember, type WireFields } from "./wire-group.ts";

/**
 * `group_open_http_svc/get_joined_group_list`. A Work group counts as active from the start, as Muster carries no
 * messages that could activate it; an AVChatRoom keeps no members, so nobody is in one.
 */
export const getJoinedGroupListEndpoint = endpoint(
  restCommands.getJoinedGroupList,
  async (executor, app, _caller, { Member_Account, GroupType, SupportTopic, Limit, Offset = 0, ResponseFilter }) => {
    const filter = groupTypeFilter(GroupType);
    if (!filter.ok) return filter;
    const { type } = filter;
    if (SupportTopic === 1 && type !== "Community") {
      return refuse(ErrorCode.InvalidParameter, "SupportTopic goes with the GroupType Community");
    }
    const reads = executor.store.read(app.sdkAppId);
    const joined = (await reads.joinedGroups(Member_Account)).filter(
      ({ group }) =>
        (type === undefined || group.type === type) &&
        (SupportTopic === undefined || group.supportTopic === (SupportTopic === 1)),
    );
    const list: WireFields[] = [];
    for (const { group, member } of joined.slice(Offset, Limit === undefined ? undefined : Offset + Limit)) {
      const base = ResponseFilter?.GroupBaseInfoFilter;
      const self = ResponseFilter?.SelfInfoFilter;
      const count = base?.includes("MemberNum") ? await reads.memberCount(group.groupId) : 0;
      list.push({
        GroupId: group.groupId,
        ...(base ? only(base, wireGroup(app, group, count)) : {}),
        ...(self ? { SelfInfo: only(self, wireMember(member)) } : {}),
      });
    }
    const info = type === "Community" ? { info: "ok" } : {};
    return { ok: true, ...info, fields: { TotalCount: joined.length, GroupIdList: list } };
  },
);
