import { requests, type Request, type RequestName } from "./requests.ts";

/**
 * The group system once more, as the documents tell of it, small enough to be checked by reading: a second opinion on
 * what the server does. It has no store, no doors and no order of checks: where a request breaks several rules, any of
 * their codes will do, as the documents don't say which comes first.
 */
export interface World {
  readonly sdkAppId: number;
  readonly accounts: Set<string>;
  /** In order of creation. */
  readonly groups: Map<string, Group>;
  /** What each group's id has had of callbacks, in order, also before it was disbanded and used again. */
  readonly callbacks: Map<string, Fields[]>;
  /** Counts joins, so that they have an order across groups. */
  joins: number;
}

type Fields = Record<string, unknown>;
type TypeName = keyof typeof types;

interface Group {
  readonly id: string;
  readonly type: TypeName;
  readonly texts: { Name: string; Introduction: string; Notification: string; FaceUrl: string };
  owner: string;
  readonly created: number;
  changed: number;
  most: number;
  apply: string;
  invite: string;
  muteAll: string;
  readonly supportsTopics: boolean;
  readonly fields: Map<string, string>;
  /** In order of joining. */
  readonly members: Map<string, Member>;
  readonly topics: Map<string, Topic>;
  readonly bans: Map<string, number>;
  readonly attributes: Map<string, string>;
}

interface Member {
  readonly id: string;
  readonly place: number;
  readonly joined: number;
  role: "Owner" | "Admin" | "Member";
  card: string;
  flag: string;
  mutedUntil: number;
  readonly fields: Map<string, string>;
}

interface Topic {
  readonly id: string;
  readonly texts: { Name: string; Introduction: string; Notification: string; FaceUrl: string };
  readonly created: number;
  custom: string;
  muteAll: string;
}

/** Who asks, when, and which id the server gave where the request left that to it. */
export interface Circumstances {
  readonly user: string;
  /** By REST, as an administrator of the app. */
  readonly isAdministrator: boolean;
  /** ms since 1970 */
  readonly now: number;
  readonly givenId: string | undefined;
}

/** What the server must answer: one of the codes, and with code 0 these fields. */
export interface Verdict {
  readonly codes: readonly number[];
  readonly fields: Fields;
}

/** What the types of groups are like. */
const types = {
  Work: { wire: "Private", mark: "1", most: 6000, dismissable: false, listed: true, admins: false, mutes: false },
  Public: { wire: "Public", mark: "2", most: 6000, dismissable: true, listed: true, admins: true, mutes: true },
  Meeting: { wire: "ChatRoom", mark: "3", most: 6000, dismissable: true, listed: true, admins: true, mutes: true },
  // It keeps no list of members: nobody can be added, imported, removed, made owner or admin.
  AVChatRoom: {
    wire: "AVChatRoom",
    mark: "a",
    most: 4_294_967_295,
    dismissable: true,
    listed: false,
    admins: false,
    mutes: true,
  },
  Community: {
    wire: "Community",
    mark: "_@TGS#c",
    most: 100_000,
    dismissable: true,
    listed: true,
    admins: true,
    mutes: true,
  },
} as const;

/** The custom fields that the app is configured for, and the administrators that it has. */
export const app = { groupFields: ["Colour"], memberFields: ["Team"], administrator: "administrator" } as const;

const FOREVER = 4_294_967_295;

export function emptyWorld(sdkAppId: number): World {
  return { sdkAppId, accounts: new Set([app.administrator]), groups: new Map(), callbacks: new Map(), joins: 0 };
}

/** Whoever connects for the first time becomes known to the app. */
export function connected(world: World, user: string): World {
  return { ...world, accounts: new Set([...world.accounts, user]) };
}

/** What comes of a request. The world that is handed in stays as it was. */
export function step(
  world: World,
  name: RequestName,
  body: unknown,
  circumstances: Circumstances,
): { readonly world: World; readonly verdict: Verdict } {
  const after = structuredClone(world);
  const verdict = answer(after, name, body, circumstances);
  return { world: verdict.codes.includes(0) ? after : world, verdict };
}

type Rules = {
  readonly [N in RequestName]: (world: World, request: Request<N>, circumstances: Circumstances) => Verdict;
};

function answer<N extends RequestName>(world: World, name: N, body: unknown, circumstances: Circumstances): Verdict {
  const shape: (typeof requests)[N] = requests[name];
  const parsed = shape.safeParse(body);
  if (!parsed.success) return refused(name.startsWith("im_open_login") ? 70402 : 10004);
  return rules[name](world, parsed.data as Request<N>, circumstances);
}

const rules: Rules = {
  "group_open/create_group"(world, request, at) {
    const { MemberList = [], ...rest } = request;
    const type = typeCalled(request.Type);
    const named = [...new Map(MemberList.map((one) => [one.Member_Account, one])).keys()];
    const others = named.filter((id) => id !== request.Owner_Account);
    const roleOf = (id: string): Member["role"] =>
      MemberList.find((one) => one.Member_Account === id)?.Role ?? "Member";
    const most = request.MaxMemberCount ?? (type ? types[type].most : 0);
    // The id is taken: by the same owner's group, or by another's.
    const takenCode = ({ owner }: Group) =>
      owner !== "" && owner === (request.Owner_Account ?? at.user) ? 10025 : 10021;
    const verdict = newGroup(world, rest, at, at.now, most, takenCode, [
      MemberList.length > (at.isAdministrator ? 100 : 500) && [10005],
      type !== undefined && MemberList.length > 0 && !types[type].listed && [10007],
      type !== undefined && MemberList.some(({ Role }) => Role === "Admin") && !types[type].admins && [10004, 10007],
      type !== undefined && others.length + (request.Owner_Account === undefined ? 0 : 1) > most && [10014],
      others.some((id) => !world.accounts.has(id)) && [10019],
    ]);
    const group = world.groups.get(String(verdict.fields["GroupId"]));
    if (!verdict.codes.includes(0) || !group) return verdict;
    for (const id of others) join(world, group, id, seconds(at), roleOf(id));
    tell(world, group.id, "AfterCreateGroup", {
      Operator_Account: at.user,
      Owner_Account: group.owner,
      Type: types[group.type].wire,
      Name: group.texts.Name,
      MemberList: accounts(others),
      ...definedData(group),
      EventTime: at.now,
    });
    return group.supportsTopics ? ok({ GroupId: group.id, HugeGroupFlag: 0, Type: "Community" }) : verdict;
  },

  "group_open/import_group"(world, request, at) {
    const type = typeCalled(request.Type);
    const most = request.MaxMemberCount ?? (type === "Community" ? 100_000 : 2000);
    const created = request.CreateTime === undefined ? at.now : request.CreateTime * 1000;
    return newGroup(world, request, at, created, most, () => 10021, [
      type === "AVChatRoom" && [10007],
      created > at.now && [10004],
    ]);
  },

  "group_open/destroy_group"(world, { GroupId }, at) {
    return withGroup(world, GroupId, (group) => {
      const mayDismiss = at.isAdministrator || (types[group.type].dismissable && group.owner === at.user);
      if (!mayDismiss) return refused(10007);
      world.groups.delete(group.id);
      const members = [...group.members.keys()];
      const ownerFirst = [...members.filter((id) => id === group.owner), ...members.filter((id) => id !== group.owner)];
      tell(world, group.id, "AfterGroupDestroyed", {
        Type: types[group.type].wire,
        Owner_Account: group.owner,
        Name: group.texts.Name,
        ...(group.type === "Community" ? {} : { MemberList: accounts(ownerFirst) }),
        EventTime: at.now,
      });
      return ok();
    });
  },

  "group_open/modify_group_base_info"(world, request, at) {
    return withGroup(world, request.GroupId, (group) => {
      const most = group.type === "AVChatRoom" ? undefined : request.MaxMemberNum;
      const faults = broken([
        unknownKeys(request.AppDefinedData, app.groupFields) && [10004],
        most !== undefined && (most > types[group.type].most || most < group.members.size) && [10004],
      ]);
      if (faults) return faults;
      const changed = changeTexts(group.texts, request);
      group.changed = seconds(at);
      group.most = most ?? group.most;
      group.apply = request.ApplyJoinOption ?? group.apply;
      group.invite = request.InviteJoinOption ?? group.invite;
      group.muteAll = request.MuteAllMember ?? request.ShutUpAllMember ?? group.muteAll;
      changeFields(group.fields, request.AppDefinedData);
      if (changed) {
        const operator = request.From_Account ?? at.user;
        tell(world, group.id, "AfterGroupInfoChanged", { ...acted(group, operator), ...changed, EventTime: at.now });
      }
      return ok();
    });
  },

  "group_open/change_group_owner"(world, { GroupId, NewOwner_Account, From_Account }, at) {
    return withGroup(world, GroupId, (group) => {
      const heir = group.members.get(NewOwner_Account);
      // Members alone can become owner, and an AVChatRoom has none.
      if (!heir || group.owner === NewOwner_Account) return refused(10007);
      const former = group.members.get(group.owner);
      if (former) former.role = "Member";
      const owners = { OldOwner_Account: group.owner, NewOwner_Account };
      heir.role = "Owner";
      heir.mutedUntil = 0;
      group.owner = NewOwner_Account;
      const operator = From_Account ?? at.user;
      tell(world, group.id, "AfterChangeGroupOwner", { ...acted(group, operator), ...owners, EventTime: at.now });
      return ok();
    });
  },

  "group_open/add_group_member"(world, { GroupId, MemberList }, at) {
    return withGroup(world, GroupId, (group) => {
      const faults = broken([
        MemberList.length > 300 && [10005],
        !types[group.type].listed && [10007],
        group.members.size >= group.most && MemberList.some((one) => !group.members.has(one.Member_Account)) && [10014],
      ]);
      if (faults) return faults;
      const joined: string[] = [];
      const results = MemberList.map(({ Member_Account: id }) => {
        if (group.members.has(id)) return { Member_Account: id, Result: 2 };
        if (!world.accounts.has(id) || group.members.size >= group.most) return { Member_Account: id, Result: 0 };
        join(world, group, id, seconds(at), "Member");
        joined.push(id);
        return { Member_Account: id, Result: 1 };
      });
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
      const { listed, admins } = types[group.type];
      const faults = broken([
        MemberList.length > 300 && [10005],
        !listed && [10007],
        !admins && MemberList.some(({ Role }) => Role === "Admin") && [10004, 10007],
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

  "group_open/forbid_send_msg"(world, { GroupId, Members_Account, ...times }, at) {
    return withGroup(world, GroupId, (group) => {
      const faults = broken([
        Members_Account.length > 500 && [10005],
        !types[group.type].mutes && [10007],
        Members_Account.some((id) => !group.members.has(id)) && [10004],
      ]);
      if (faults) return faults;
      for (const id of Members_Account) {
        const member = group.members.get(id);
        if (member) member.mutedUntil = muteEnd(times.MuteTime ?? times.ShutUpTime ?? 0, at);
      }
      return ok();
    });
  },

  "group_open/get_group_muted_account"(world, { GroupId }, at) {
    return withGroup(world, GroupId, ({ members }) => {
      const muted = [...members.values()].filter(({ mutedUntil }) => mutedUntil > seconds(at));
      const list = muted.map(({ id, mutedUntil }) => ({ Member_Account: id, MutedUntil: mutedUntil }));
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

  "group_open/set_group_attr": (world, { GroupId, GroupAttr }, at) =>
    changeAttributes(world, GroupId, "set", GroupAttr, at),

  "group_open/modify_group_attr": (world, { GroupId, GroupAttr }, at) =>
    changeAttributes(world, GroupId, "modify", GroupAttr, at),

  "group_open/delete_group_attr": (world, { GroupId, GroupAttr }, at) =>
    changeAttributes(
      world,
      GroupId,
      "delete",
      GroupAttr.map(({ key }) => ({ key, value: "" })),
      at,
    ),

  "group_open/clear_group_attr": (world, { GroupId }, at) => changeAttributes(world, GroupId, "clear", [], at),

  "group_open_attr/get_group_attr": (world, { GroupId }) =>
    withGroup(world, GroupId, ({ attributes }) => ok({ GroupAttr: listed(attributes) })),

  "group_open/get_group_info"(world, { GroupIdList, ResponseFilter: filter }) {
    const entries = GroupIdList.map((id) => {
      const group = world.groups.get(id);
      const head = { GroupId: id, ErrorCode: group ? 0 : canBeGroupId(id) ? 10010 : 10015 };
      if (!group) return head;
      const members = [...ownerFirst(group)].map((member) => ({
        Member_Account: member.id,
        ...(filter ? pick(memberInfo(member), filter.MemberInfoFilter) : memberInfo(member)),
        ...(filter && !filter.AppDefinedDataFilter_GroupMember
          ? {}
          : { AppMemberDefinedData: keyValues(member.fields, filter?.AppDefinedDataFilter_GroupMember) }),
      }));
      return {
        ...head,
        ...(filter ? pick(groupInfo(world, group), filter.GroupBaseInfoFilter) : groupInfo(world, group)),
        ...(filter && !filter.MemberInfoFilter ? {} : { MemberList: members }),
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

  "million_group_open/create_topic"(world, request, at) {
    return newTopic(world, request, at, seconds(at), 10025, (group, topic) => {
      tell(world, group.id, "AfterCreateTopic", {
        TopicId: topic.id,
        Operator_Account: request.From_Account ?? at.user,
        Owner_Account: group.owner,
        Type: "Community",
        Name: topic.texts.Name,
        ...definedData(group),
      });
    });
  },

  "group_open/import_topic": (world, request, at) =>
    newTopic(world, request, at, request.CreateTime ?? seconds(at), 10021, () => undefined),

  "million_group_open/modify_topic"(world, request, at) {
    return withTopics(world, request.GroupId, at, (group) => {
      const topic = group.topics.get(request.TopicId);
      if (!topic) return isTopicOf(group.id, request.TopicId) ? refused(10010) : refused(10010, 10015);
      const changed = changeTexts(topic.texts, { ...request, Name: request.TopicName });
      topic.custom = request.CustomString ?? topic.custom;
      topic.muteAll = request.MuteAllMember ?? topic.muteAll;
      if (changed) {
        tell(world, group.id, "AfterTopicInfoChanged", {
          ...acted(group, request.From_Account ?? at.user),
          ...changed,
        });
      }
      return ok();
    });
  },

  "million_group_open/destroy_topic": (world, { GroupId, TopicIdList }, at) =>
    deleteTopics(world, GroupId, TopicIdList, at),

  "user/delete_topics"(world, { GroupId, TopicIdList }, at) {
    const { codes, fields } = deleteTopics(world, GroupId, TopicIdList, at);
    // The client library tells first what was deleted.
    const results = (fields["DestroyResultItem"] ?? []) as { ErrorCode: number }[];
    const inOrder = results.toSorted((a, b) => Number(a.ErrorCode !== 0) - Number(b.ErrorCode !== 0));
    return { codes, fields: { DestroyResultItem: inOrder } };
  },

  "million_group_open/get_topic"(world, { GroupId, TopicIdList = [], ResponseFilter }, at) {
    return withTopics(world, GroupId, at, ({ topics }) => {
      const wanted = TopicIdList.length > 0 ? TopicIdList : [...topics.keys()];
      const list = wanted.map((id) => {
        const topic = topics.get(id);
        if (!topic) return { ErrorCode: 110003, TopicInfo: { GroupID: GroupId, TopicId: id } };
        const info: Fields = {
          GroupID: GroupId,
          TopicId: id,
          TopicName: topic.texts.Name,
          Introduction: topic.texts.Introduction,
          Notification: topic.texts.Notification,
          FaceUrl: topic.texts.FaceUrl,
          CustomString: topic.custom,
          CreateTime: topic.created,
          MuteAllMember: topic.muteAll,
          NextMsgSeq: 1,
          LastMsgTime: 0,
        };
        return {
          ErrorCode: 0,
          SelfInfo: { ShutUpTime: 0, MsgSeq: 0, MsgFlag: "AcceptAndNotify" },
          TopicInfo: ResponseFilter ? pick(info, [...ResponseFilter, "GroupID", "TopicId"]) : info,
        };
      });
      return ok({ TopicAndSelfInfo: list });
    });
  },

  "im_open_login/account_import"(world, { UserID, Nick = "", FaceUrl = "" }) {
    if (Buffer.byteLength(Nick) > 500 || Buffer.byteLength(FaceUrl) > 500) return refused(40601);
    world.accounts.add(UserID);
    return ok();
  },

  "im_open_login/multiaccount_import"(world, { Accounts = [], AccountList = [] }) {
    const all = [...Accounts.map((UserID) => ({ UserID, Nick: "" })), ...AccountList];
    if (all.length === 0 || all.length > 100) return refused(70402);
    const failed = all.filter(({ UserID, Nick = "" }) => {
      const bytes = Buffer.byteLength(UserID);
      return bytes === 0 || bytes > 32 || Buffer.byteLength(Nick) > 500;
    });
    for (const one of all) if (!failed.includes(one)) world.accounts.add(one.UserID);
    return ok({ FailAccounts: failed.map(({ UserID }) => UserID) });
  },

  "im_open_login/account_delete"(world, { DeleteItem }, at) {
    if (DeleteItem.length > 100) return refused(70402);
    const results = DeleteItem.map(({ UserID }) => {
      if (UserID === app.administrator) return { UserID, ResultCode: 70402 };
      if (!world.accounts.delete(UserID)) return { UserID, ResultCode: 70107 };
      // Nobody but accounts is in groups or owns them.
      const inOrder = [...world.groups.values()].toSorted(
        (a, b) => (a.members.get(UserID)?.place ?? 0) - (b.members.get(UserID)?.place ?? 0),
      );
      for (const group of inOrder) {
        if (group.owner === UserID) group.owner = "";
        if (group.members.delete(UserID)) exit(world, group, [UserID], at);
      }
      return { UserID, ResultCode: 0 };
    });
    return ok({ ResultItem: results });
  },

  "im_open_login/account_check"(world, { CheckItem }) {
    const results = CheckItem.map(({ UserID }) => ({
      UserID,
      ResultCode: 0,
      AccountStatus: world.accounts.has(UserID) ? "Imported" : "NotImported",
    }));
    return ok({ ResultItem: results });
  },
};

/** Deletes topics of a community, all where none is named; what comes of each stands in the answer. */
function deleteTopics(
  world: World,
  groupId: string,
  topicIds: readonly string[] | undefined,
  at: Circumstances,
): Verdict {
  // "Group not found" is none of this command's codes: 10015 says that as well.
  if (!world.groups.has(groupId)) return refused(10015);
  return withTopics(world, groupId, at, (group) => {
    const deleted: string[] = [];
    const results = (topicIds ?? [...group.topics.keys()]).map((TopicId) => {
      if (!isTopicOf(groupId, TopicId)) return { TopicId, ErrorCode: 10015 };
      if (!group.topics.delete(TopicId)) return { TopicId, ErrorCode: 110003 };
      deleted.push(TopicId);
      return { TopicId, ErrorCode: 0 };
    });
    if (deleted.length > 0) {
      tell(world, groupId, "AfterTopicDestroyed", { Type: "Community", TopicIdList: deleted });
    }
    return ok({ DestroyResultItem: results });
  });
}

function ok(fields: Fields = {}): Verdict {
  return { codes: [0], fields };
}

function refused(...codes: number[]): Verdict {
  return { codes, fields: {} };
}

/** The refusal for whatever rules are broken: any of their codes. */
function broken(faults: readonly (false | readonly number[])[]): Verdict | undefined {
  const codes = faults.flatMap((fault) => fault || []);
  return codes.length > 0 ? refused(...codes) : undefined;
}

function withGroup(world: World, groupId: string, decide: (group: Group) => Verdict): Verdict {
  const group = world.groups.get(groupId);
  if (group) return decide(group);
  return refused(canBeGroupId(groupId) ? 10010 : 10015);
}

/** A community with topics, of which the owner, its admins and the app are in charge. */
function withTopics(
  world: World,
  groupId: string,
  at: Circumstances,
  decide: (group: Group) => Verdict,
  faultsOf: (group: Group) => readonly (false | readonly number[])[] = () => [],
): Verdict {
  return withGroup(world, groupId, (group) => {
    const role = group.members.get(at.user)?.role;
    const faults = broken([
      group.type !== "Community" && [10007],
      group.type === "Community" && !group.supportsTopics && [11000],
      !at.isAdministrator && role !== "Owner" && role !== "Admin" && [10007],
      ...faultsOf(group),
    ]);
    return faults ?? decide(group);
  });
}

function typeCalled(name: string): TypeName | undefined {
  const all: readonly TypeName[] = ["Work", "Public", "Meeting", "AVChatRoom", "Community"];
  return all.find((type) => type === name || types[type].wire === name);
}

function canBeGroupId(text: string): boolean {
  return /^[\x20-\x7e]{1,48}$/.test(text) && !text.includes("@TOPIC#_");
}

function canBeChosen(id: string, type: TypeName): boolean {
  if (!canBeGroupId(id)) return false;
  if (type !== "Community") return !id.startsWith("@TGS#");
  return id.startsWith("@TGS#_") && id !== "@TGS#_" && !id.startsWith("@TGS#_@TGS#");
}

function isTopicOf(groupId: string, id: string): boolean {
  return /^[\x20-\x7e]{1,96}$/.test(id) && id.startsWith(`${groupId}@TOPIC#_`) && id.length > groupId.length + 8;
}

function canBeChosenTopic(id: string, groupId: string): boolean {
  const own = id.slice(groupId.length + "@TOPIC#_".length);
  return isTopicOf(groupId, id) && !own.includes("@TGS#_") && !own.startsWith("@TOPIC#");
}

/** The id that the server gave, if it can be one: otherwise what was expected instead. */
function given(world: World, id: string | undefined, pattern: string, taken: boolean): string {
  const fits = id !== undefined && id.startsWith(pattern) && /^[0-9A-Z]+$/.test(id.slice(pattern.length)) && !taken;
  return fits ? id : `a new id that begins with ${pattern}`;
}

function newGroup(
  world: World,
  request: Request<"group_open/import_group">,
  at: Circumstances,
  created: number,
  most: number,
  takenCode: (taken: Group) => number,
  faults: readonly (false | readonly number[])[],
): Verdict {
  const type = typeCalled(request.Type);
  const { Owner_Account: owner, GroupId: chosen } = request;
  const taken = chosen === undefined ? undefined : world.groups.get(chosen);
  const refusal = broken([
    type === undefined && [10004],
    type !== undefined && most > types[type].most && [10004],
    type !== "Community" && request.SupportTopic === 1 && [10004, 10007],
    type !== undefined && chosen !== undefined && !canBeChosen(chosen, type) && [10004, 10015],
    unknownKeys(request.AppDefinedData, app.groupFields) && [10004],
    owner !== undefined && !world.accounts.has(owner) && [10019],
    taken !== undefined && [takenCode(taken)],
    ...faults,
  ]);
  if (refusal || !type) return refusal ?? refused(10004);
  const id =
    chosen ??
    given(world, at.givenId, `@TGS#${types[type].mark}`, at.givenId !== undefined && world.groups.has(at.givenId));
  const group: Group = {
    id,
    type,
    texts: textsOf(request.Name, request),
    owner: owner ?? "",
    created: Math.floor(created / 1000),
    changed: Math.floor(created / 1000),
    most,
    apply: request.ApplyJoinOption ?? "NeedPermission",
    invite: request.InviteJoinOption ?? "FreeAccess",
    muteAll: "Off",
    supportsTopics: request.SupportTopic === 1,
    fields: new Map(),
    members: new Map(),
    topics: new Map(),
    bans: new Map(),
    attributes: new Map(),
  };
  changeFields(group.fields, request.AppDefinedData);
  world.groups.set(id, group);
  // The owner of an AVChatRoom still has to come in like everybody else.
  if (owner !== undefined && types[type].listed) join(world, group, owner, group.created, "Owner");
  return ok({ GroupId: id });
}

function newTopic(
  world: World,
  request: Request<"group_open/import_topic">,
  at: Circumstances,
  created: number,
  takenCode: number,
  done: (group: Group, topic: Topic) => void,
): Verdict {
  const { TopicId: chosen, From_Account: creator } = request;
  return withTopics(
    world,
    request.GroupId,
    at,
    (group) => {
      const mark = `${group.id}@TOPIC#_@TOPIC#c`;
      const id = chosen ?? given(world, at.givenId, mark, at.givenId !== undefined && group.topics.has(at.givenId));
      const topic: Topic = {
        id,
        texts: textsOf(request.TopicName, request),
        created,
        custom: request.CustomString ?? "",
        muteAll: "Off",
      };
      group.topics.set(id, topic);
      done(group, topic);
      return ok({ TopicId: id });
    },
    (group) => [
      creator !== undefined && !world.accounts.has(creator) && [10019],
      chosen !== undefined && !canBeChosenTopic(chosen, group.id) && [10004, 10015],
      chosen !== undefined && group.topics.has(chosen) && [takenCode],
      group.topics.size >= 200 && [10037],
    ],
  );
}

function ban(world: World, groupId: string, users: readonly string[], until: number): Verdict {
  return withGroup(world, groupId, ({ type, bans }) => {
    const faults = broken([type !== "AVChatRoom" && [10007], users.length > 20 && [10005]]);
    if (faults) return faults;
    for (const id of users) bans.set(id, until);
    return ok();
  });
}

function changeAttributes(
  world: World,
  groupId: string,
  how: "set" | "modify" | "delete" | "clear",
  list: readonly { readonly key: string; readonly value: string }[],
  at: Circumstances,
): Verdict {
  return withGroup(world, groupId, (group) => {
    const named = new Map(list.map(({ key, value }) => [key, value]));
    const after = new Map(how === "modify" || how === "delete" ? group.attributes : []);
    for (const [key, value] of named) {
      if (how === "delete") after.delete(key);
      else after.set(key, value);
    }
    const bytes = Buffer.byteLength([...after].flat().join(""));
    const faults = broken([
      [...named.keys()].some((key) => Buffer.byteLength(key) > 32) && [10045],
      [...named.values()].some((value) => Buffer.byteLength(value) > 4000) && [10046],
      after.size > 16 && [10047],
      bytes > 16_000 && [10048],
    ]);
    if (faults) return faults;
    const told = listed(how === "clear" ? group.attributes : named);
    group.attributes.clear();
    for (const [key, value] of after) group.attributes.set(key, value);
    tell(world, groupId, "AfterGroupAttrChanged", {
      ...acted(group, at.user),
      OptionType: how,
      GroupAttr: told,
      EventTime: at.now,
    });
    return ok();
  });
}

function join(world: World, { members }: Group, id: string, joined: number, role: Member["role"]): void {
  world.joins += 1;
  const fields = new Map<string, string>();
  members.set(id, { id, place: world.joins, joined, role, card: "", flag: "AcceptAndNotify", mutedUntil: 0, fields });
}

function exit(world: World, group: Group, leaving: readonly string[], at: Circumstances): void {
  tell(world, group.id, "AfterMemberExit", {
    ...acted(group, at.user),
    ExitType: "Kicked",
    ExitMemberList: accounts(leaving),
    EventTime: at.now,
  });
}

function tell({ callbacks }: World, groupId: string, command: string, body: Fields): void {
  const own = callbacks.get(groupId) ?? [];
  callbacks.set(groupId, [...own, { CallbackCommand: `Group.Callback${command}`, GroupId: groupId, ...body }]);
}

function acted({ type }: Group, operator: string): Fields {
  return { Type: types[type].wire, Operator_Account: operator };
}

function accounts(ids: readonly string[]): Fields[] {
  return ids.map((id) => ({ Member_Account: id }));
}

function definedData({ fields }: Group): Fields {
  return fields.size > 0 ? { UserDefinedDataList: keyValues(fields) } : {};
}

function ownerFirst({ members }: Group): Member[] {
  return [...members.values()].toSorted((a, b) => Number(b.role === "Owner") - Number(a.role === "Owner"));
}

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

function pick(fields: Fields, names: readonly string[] = []): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([name]) => names.includes(name)));
}

function textsOf(
  Name: string,
  given: Partial<Record<"Introduction" | "Notification" | "FaceUrl", string | undefined>>,
) {
  const { Introduction = "", Notification = "", FaceUrl = "" } = given;
  return { Name, Introduction, Notification, FaceUrl };
}

/** Changes those of the texts that are given and differ, and returns them, if there are any. */
function changeTexts(
  texts: Group["texts"],
  given: { readonly [N in keyof Group["texts"]]?: string | undefined },
): Fields | undefined {
  const changed: Fields = {};
  for (const name of ["Name", "Introduction", "Notification", "FaceUrl"] as const) {
    const text = given[name];
    if (text === undefined || text === texts[name]) continue;
    texts[name] = text;
    changed[name] = text;
  }
  return Object.keys(changed).length > 0 ? changed : undefined;
}

type KeyValues = readonly { readonly Key: string; readonly Value: string }[];

function unknownKeys(fields: KeyValues | undefined, known: readonly string[]): boolean {
  return fields?.some(({ Key }) => !known.includes(Key)) ?? false;
}

/** An empty value deletes a field. */
function changeFields(fields: Map<string, string>, changes: KeyValues = []): void {
  for (const { Key, Value } of changes) {
    if (Value === "") fields.delete(Key);
    else fields.set(Key, Value);
  }
}

function keyValues(fields: Map<string, string>, names?: readonly string[]): Fields[] {
  return [...fields].filter(([Key]) => names?.includes(Key) ?? true).map(([Key, Value]) => ({ Key, Value }));
}

function listed(attributes: Map<string, string>): Fields[] {
  return [...attributes].map(([key, value]) => ({ key, value }));
}

function seconds({ now }: Circumstances): number {
  return Math.floor(now / 1000);
}

function muteEnd(time: number, at: Circumstances): number {
  if (time === 0 || time === FOREVER) return time;
  return Math.min(seconds(at) + time, FOREVER);
}
