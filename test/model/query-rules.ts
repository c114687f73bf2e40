import { keyValues, pick } from "./fields.ts";
import { canBeGroupId } from "./ids.ts";
import { broken, ok, refused, type Rules, withGroup } from "./verdict.ts";
import { type Fields, type Group, type Member, ownerFirst, typeCalled, types, type World } from "./world.ts";

/** What is told of groups and their members. */
export const queryRules = {
  "group_open/get_group_info"(world, { GroupIdList, ResponseFilter: filter }) {
    const entries = GroupIdList.map((id) => {
      const group = world.groups.get(id);
      const head = { GroupId: id, ErrorCode: group ? 0 : canBeGroupId(id) ? 10010 : 10015 };
      if (!group) return head;
      const members = ownerFirst(group).map((member) => ({
        Member_Account: member.id,
        ...(filter ? pick(memberInfo(member), filter.MemberInfoFilter) : memberInfo(member)),
        ...(filter && !filter.AppDefinedDataFilter_GroupMember
          ? {}
          : { AppMemberDefinedData: keyValues(member.fields, filter?.AppDefinedDataFilter_GroupMember) }),
      }));
      return {
        ...head,
        ...(filter ? pick(groupInfo(world, group), filter.GroupBaseInfoFilter) : groupInfo(world, group)),
        ...(filter && !filter.MemberInfoFilter && !filter.AppDefinedDataFilter_GroupMember
          ? {}
          : { MemberList: members }),
        ...(filter && !filter.AppDefinedDataFilter_Group
          ? {}
          : { AppDefinedData: keyValues(group.fields, filter?.AppDefinedDataFilter_Group) }),
      };
    });
    return ok({ GroupInfo: entries });
  },

  "group_open/get_joined_group_list"(world, request) {
    const { Member_Account, Limit = Infinity, Offset = 0, GroupType, SupportTopic, ResponseFilter = {} } = request;
    const type = GroupType === undefined ? undefined : typeCalled(GroupType);
    const faults = broken([
      GroupType !== undefined && type === undefined && [10004],
      SupportTopic === 1 && type !== "Community" && [10004],
    ]);
    if (faults) return faults;
    const joined = [...world.groups.values()].flatMap((group) => {
      const member = group.members.get(Member_Account);
      const wanted = type === undefined || group.type === type;
      const topics = SupportTopic === undefined || group.supportsTopics === (SupportTopic === 1);
      return member && wanted && topics ? [{ group, member }] : [];
    });
    const { GroupBaseInfoFilter: base, SelfInfoFilter: self } = ResponseFilter;
    const page = joined.toSorted((a, b) => a.member.place - b.member.place).slice(Offset, Offset + Limit);
    return ok({
      TotalCount: joined.length,
      GroupIdList: page.map(({ group, member }) => ({
        GroupId: group.id,
        ...pick(groupInfo(world, group), base),
        ...(self ? { SelfInfo: pick(memberInfo(member), self) } : {}),
      })),
    });
  },

  "group_open/get_role_in_group"(world, { GroupId, User_Account }) {
    return withGroup(world, GroupId, ({ type, members }) => {
      if (!types[type].listed) return refused(10007);
      const roles = User_Account.map((id) => ({ Member_Account: id, Role: members.get(id)?.role ?? "NotMember" }));
      return ok({ UserIdList: roles });
    });
  },

  "group_open/get_group_member_info"(world, request) {
    return withGroup(world, request.GroupId, ({ type, members }) => {
      const { Offset = 0, Limit = Infinity, MemberRoleFilter: roles, MemberInfoFilter: names } = request;
      const most = type === "Community" ? 100 : 6000;
      const faults = broken([
        !types[type].listed && [10007],
        request.Limit !== undefined && request.Limit > most && [10004],
      ]);
      if (faults) return faults;
      const wanted = [...members.values()].filter(({ role }) => roles?.includes(role) ?? true);
      const page = wanted.slice(Offset, Offset + Limit).map((member) => ({
        Member_Account: member.id,
        ...(names ? pick(memberInfo(member), names) : memberInfo(member)),
        AppMemberDefinedData: keyValues(member.fields),
      }));
      return ok({ MemberNum: members.size, MemberList: page, ...(type === "Community" ? { Next: "" } : {}) });
    });
  },

  "group_open/get_appid_group_list"(world, { Limit = 10_000, Next = 0, GroupType }) {
    const type = GroupType === undefined ? undefined : typeCalled(GroupType);
    if (GroupType !== undefined && type === undefined) return refused(10004);
    const all = [...world.groups.values()].filter((group) => type === undefined || group.type === type);
    // `Next` is the server's own business: here the number of groups passed over.
    const page = all.slice(Next, Next + Limit).map(({ id }) => ({ GroupId: id }));
    return ok({
      TotalCount: all.length,
      GroupIdList: page,
      Next: Next + Limit < all.length ? Next + Limit : 0,
    });
  },
} satisfies Partial<Rules>;

function groupInfo({ sdkAppId }: World, group: Group): Fields {
  return {
    Appid: sdkAppId,
    Type: types[group.type].wire,
    ...group.texts,
    Owner_Account: group.owner,
    CreateTime: group.created,
    LastInfoTime: group.changed,
    MemberNum: group.members.size,
    MaxMemberNum: group.most,
    ApplyJoinOption: group.apply,
    InviteJoinOption: group.invite,
    MuteAllMember: group.muteAll,
    LastMsgTime: 0,
    NextMsgSeq: 1,
    ...(group.type === "Community" ? { SupportTopic: group.supportsTopics ? 1 : 0 } : {}),
  };
}

function memberInfo(member: Member): Fields {
  return {
    Role: member.role,
    JoinTime: member.joined,
    NameCard: member.card,
    MsgFlag: member.flag,
    MuteUntil: member.mutedUntil,
    MsgSeq: 0,
    LastSendMsgTime: 0,
  };
}
