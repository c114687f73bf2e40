import { changeFields, unknownKeys } from "./fields.ts";
import { isTopicOf } from "./ids.ts";
import { accounts, acted, exit, tell } from "./tell.ts";
import {
  broken,
  type Circumstances,
  type Faults,
  ok,
  refused,
  type Rules,
  seconds,
  type Verdict,
  withGroup,
} from "./verdict.ts";
import { app, type Group, hasTooMany, join, types, type World } from "./world.ts";

/** Members: added, removed, changed, muted, banned. */
export const memberRules = {
  "group_open/add_group_member"(world, { GroupId, MemberList }, at) {
    return withGroup(world, GroupId, (group) => {
      const faults = broken([
        MemberList.length > 300 && [10005],
        !types[group.type].listed && [10007],
        group.members.size >= group.most && MemberList.some((one) => !group.members.has(one.Member_Account)) && [10014],
      ]);
      if (faults) return faults;
      const tooMany = new Set(
        MemberList.map((one) => one.Member_Account).filter((id) => !group.members.has(id) && hasTooMany(world, id)),
      );
      const joined: string[] = [];
      const results = MemberList.map(({ Member_Account: id }) => {
        if (group.members.has(id)) return { Member_Account: id, Result: 2 };
        if (!world.accounts.has(id) || tooMany.has(id) || group.members.size >= group.most) {
          return { Member_Account: id, Result: 0 };
        }
        join(world, group, id, seconds(at), "Member");
        joined.push(id);
        return { Member_Account: id, Result: 1 };
      });
      if (joined.length === 0 && tooMany.size > 0) return refused(10037);
      if (joined.length > 0) {
        tell(world, group.id, "AfterNewMemberJoin", {
          ...acted(group, at.user),
          JoinType: "Invited",
          NewMemberList: accounts(joined),
          EventTime: at.now,
        });
        if (group.members.size === group.most) tell(world, group.id, "AfterGroupFull", { EventTime: at.now });
      }
      return ok({ MemberList: results });
    });
  },

  "group_open/import_group_member"(world, { GroupId, MemberList }, at) {
    return withGroup(world, GroupId, (group) => {
      const { admins } = types[group.type];
      const faults = broken([
        MemberList.length > 300 && [10005],
        !types[group.type].listed && [10007],
        !admins && MemberList.some(({ Role }) => Role === "Admin") && [10007],
        MemberList.some(({ JoinTime: time = seconds(at) }) => time < group.created || time > seconds(at)) && [10004],
      ]);
      if (faults) return faults;
      const results = MemberList.map(({ Member_Account: id, Role, JoinTime = seconds(at) }) => {
        if (group.members.has(id)) return { Member_Account: id, Result: 2 };
        if (!world.accounts.has(id) || group.members.size >= group.most) return { Member_Account: id, Result: 0 };
        join(world, group, id, JoinTime, Role ?? "Member");
        return { Member_Account: id, Result: 1 };
      });
      return ok({ MemberList: results });
    });
  },

  "group_open/delete_group_member"(world, { GroupId, MemberToDel_Account }, at) {
    return withGroup(world, GroupId, (group) => {
      const leaving = [...new Set(MemberToDel_Account)].filter((id) => group.members.has(id));
      const faults = broken([
        MemberToDel_Account.length > 100 && [10005],
        !types[group.type].listed && [10004],
        leaving.includes(group.owner) && [10007],
      ]);
      if (faults) return faults;
      for (const id of leaving) group.members.delete(id);
      if (leaving.length > 0) exit(world, group, leaving, at);
      return ok();
    });
  },

  "group_open/modify_group_member_info"(world, request, at) {
    return withGroup(world, request.GroupId, (group) => {
      const member = group.members.get(request.Member_Account);
      if (!member) return refused(10004);
      const { admins, mutes } = types[group.type];
      const mute = request.MuteTime ?? request.ShutUpTime;
      const faults = broken([
        request.Role !== undefined && member.role === "Owner" && [10004],
        request.Role !== undefined && !admins && [10007],
        mute !== undefined && !mutes && [10007],
        unknownKeys(request.AppMemberDefinedData, app.memberFields) && [10004],
      ]);
      if (faults) return faults;
      const before = { ...member };
      member.role = request.Role ?? member.role;
      member.card = request.NameCard ?? member.card;
      member.flag = request.MsgFlag ?? member.flag;
      if (mute !== undefined) member.mutedUntil = muteEnd(mute, at);
      changeFields(member.fields, request.AppMemberDefinedData);
      if (member.role !== before.role || member.card !== before.card) {
        tell(world, group.id, "AfterMemberFieldChanged", {
          ...acted(group, at.user),
          Member_Account: member.id,
          Role: member.role,
          NameCard: member.card,
          EventTime: at.now,
        });
      }
      return ok();
    });
  },

  "group_open/forbid_send_msg"(world, { GroupId, TopicId, Members_Account, ...times }, at) {
    return withGroup(world, GroupId, (group) => {
      const { listed, mutes } = types[group.type];
      const faults = broken([
        Members_Account.length > 500 && [10005],
        !mutes && [10007],
        listed && Members_Account.some((id) => !group.members.has(id)) && [10004],
        ...topicFaults(group, TopicId),
      ]);
      if (faults) return faults;
      const until = muteEnd(times.MuteTime ?? times.ShutUpTime ?? 0, at);
      for (const id of Members_Account) {
        const member = group.members.get(id);
        if (!member) group.mutes.set(id, until);
        else if (TopicId === undefined) member.mutedUntil = until;
        else member.mutedIn.set(TopicId, until);
      }
      return ok();
    });
  },

  "group_open/get_group_muted_account"(world, { GroupId, TopicId }, at) {
    return withGroup(world, GroupId, (group) => {
      const faults = broken(topicFaults(group, TopicId));
      if (faults) return faults;
      const list = mutedIn(group, TopicId).filter(({ MutedUntil }) => MutedUntil > seconds(at));
      return ok({ GroupId, MutedAccountList: list });
    });
  },

  "group_open/ban_group_member": (world, { GroupId, Members_Account, Duration }, at) =>
    ban(world, GroupId, Members_Account, Duration === 0 ? 0 : seconds(at) + Duration),

  "group_open/unban_group_member": (world, { GroupId, Members_Account }) => ban(world, GroupId, Members_Account, 0),

  "group_open/get_group_ban_member"(world, { GroupId, Limit = 100, Offset }, at) {
    return withGroup(world, GroupId, ({ type, bans }) => {
      if (type !== "AVChatRoom") return refused(10007);
      const running = [...bans].filter(([, until]) => until > seconds(at)).toSorted(([a], [b]) => (a < b ? -1 : 1));
      const page = running.slice(Offset, Offset + Limit);
      return ok({
        BannedAccountList: page.map(([id, until]) => ({ Member_Account: id, BannedUntil: until })),
        NextOffset: Offset + Limit < running.length ? Offset + Limit : 0,
      });
    });
  },
} satisfies Partial<Rules>;

function ban(world: World, groupId: string, users: readonly string[], until: number): Verdict {
  return withGroup(world, groupId, ({ type, bans }) => {
    const faults = broken([type !== "AVChatRoom" && [10007], users.length > 20 && [10005]]);
    if (faults) return faults;
    for (const id of users) bans.set(id, until);
    return ok();
  });
}

/** What may be wrong with a topic that is named beside a group. */
function topicFaults({ id, type, supportsTopics, topics }: Group, topicId: string | undefined): Faults {
  if (topicId === undefined) return [];
  return [
    (type !== "Community" || !supportsTopics) && [10007],
    !isTopicOf(id, topicId) && [10015],
    isTopicOf(id, topicId) && !topics.has(topicId) && [10010],
  ];
}

/** The whole group's are listed in the order of joining, others by their users. */
function mutedIn(
  { type, members, mutes }: Group,
  topicId: string | undefined,
): { Member_Account: string; MutedUntil: number }[] {
  const all = [...members.values()];
  if (types[type].listed && topicId === undefined) {
    return all.map(({ id, mutedUntil }) => ({ Member_Account: id, MutedUntil: mutedUntil }));
  }
  const ends =
    topicId === undefined ? mutes : new Map(all.map((member) => [member.id, member.mutedIn.get(topicId) ?? 0]));
  return [...ends]
    .map(([id, MutedUntil]) => ({ Member_Account: id, MutedUntil }))
    .toSorted((a, b) => (a.Member_Account < b.Member_Account ? -1 : 1));
}

const FOREVER = 4_294_967_295;

function muteEnd(time: number, at: Circumstances): number {
  if (time === 0 || time === FOREVER) return time;
  return Math.min(seconds(at) + time, FOREVER);
}
