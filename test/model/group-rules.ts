import { changeFields, changeTexts, textsOf, unknownKeys } from "./fields.ts";
import { canBeChosen, madeId } from "./ids.ts";
import type { Request } from "./requests.ts";
import { accounts, acted, definedData, tell, tellApp } from "./tell.ts";
import {
  actingAs,
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
import {
  app,
  type Group,
  growthAt,
  hasTooMany,
  join,
  type Member,
  ownerFirst,
  typeCalled,
  types,
  type World,
} from "./world.ts";

/** Groups: made, changed, handed over, disbanded. */
export const groupRules = {
  "group_open/create_group"(world, request, at) {
    const { MemberList = [], ...rest } = request;
    const type = typeCalled(request.Type);
    const named = [...new Map(MemberList.map((one) => [one.Member_Account, one])).keys()];
    const others = named.filter((id) => id !== request.Owner_Account);
    const roleOf = (id: string): Member["role"] =>
      MemberList.find((one) => one.Member_Account === id)?.Role ?? "Member";
    const { quantities } = world;
    const plan = type ? quantities.membersPerGroup[type] : 0;
    const most = request.MaxMemberCount ?? plan;
    const owners = request.Owner_Account === undefined ? [] : [request.Owner_Account];
    const rooms = [...world.groups.values()].filter((one) => one.type === "AVChatRoom");
    const growth = growthAt(world, at.now);
    // The id is taken: by the same owner's group, or by another's.
    const takenCode = ({ owner }: Group) =>
      owner !== "" && owner === (request.Owner_Account ?? at.user) ? 10025 : 10021;
    const verdict = newGroup(world, rest, at, at.now, most, takenCode, [
      MemberList.length > (at.isAdministrator ? 100 : 500) && [10005],
      type !== undefined && MemberList.length > 0 && !types[type].listed && [10007],
      type !== undefined && MemberList.some(({ Role }) => Role === "Admin") && !types[type].admins && [10007],
      type !== undefined &&
        others.length + owners.length > most && [request.MaxMemberCount === undefined ? 10038 : 10014],
      type !== undefined && most > plan && most <= types[type].most && [10038],
      world.groups.size >= quantities.groups && [10058],
      type === "AVChatRoom" && rooms.length >= quantities.avChatRooms && [10036],
      type !== "AVChatRoom" && [...owners, ...others].some((id) => hasTooMany(world, id)) && [10037],
      growth.net >= quantities.newGroupsPerDay && [10006],
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
    const used = growth.net + 1;
    const alarms = !growth.alarmed && used > quantities.newGroupsPerDay * 0.7;
    world.growth = { ...growth, net: used, alarmed: growth.alarmed || alarms };
    if (alarms) {
      const body = { QuotaUsed: used, Quota: quantities.newGroupsPerDay, EventTime: at.now };
      tellApp(world, "OnDailyGroupQuotaAlarm", body);
    }
    return group.supportsTopics ? ok({ GroupId: group.id, HugeGroupFlag: 0, Type: "Community" }) : verdict;
  },

  "group_open/import_group"(world, request, at) {
    const type = typeCalled(request.Type);
    const plan = type ? world.quantities.membersPerGroup[type] : 0;
    const most = request.MaxMemberCount ?? (type === "Community" ? plan : Math.min(plan, 2000));
    const created = request.CreateTime === undefined ? at.now : request.CreateTime * 1000;
    return newGroup(world, request, at, created, most, () => 10021, [
      type === "AVChatRoom" && [10007],
      type !== undefined && most > plan && [10004],
      created > at.now && [10004],
    ]);
  },

  "group_open/destroy_group"(world, { GroupId }, at) {
    return withGroup(world, GroupId, (group) => {
      const mayDismiss = at.isAdministrator || (types[group.type].dismissable && group.owner === at.user);
      if (!mayDismiss) return refused(10007);
      world.groups.delete(group.id);
      const growth = growthAt(world, at.now);
      world.growth = { ...growth, net: growth.net - 1 };
      const members = ownerFirst(group).map(({ id }) => id);
      tell(world, group.id, "AfterGroupDestroyed", {
        Type: types[group.type].wire,
        Owner_Account: group.owner,
        Name: group.texts.Name,
        ...(group.type === "Community" ? {} : { MemberList: accounts(members) }),
        EventTime: at.now,
      });
      return ok();
    });
  },

  "group_open/modify_group_base_info"(world, request, at) {
    const verdict = withGroup(world, request.GroupId, (group) => {
      const most = group.type === "AVChatRoom" ? undefined : request.MaxMemberNum;
      const faults = broken([
        unknownKeys(request.AppDefinedData, app.groupFields) && [10004],
        most !== undefined &&
          (most > world.quantities.membersPerGroup[group.type] || most < group.members.size) && [10004],
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
    return actingAs(world, request.From_Account, verdict);
  },

  "group_open/change_group_owner"(world, { GroupId, NewOwner_Account, From_Account }, at) {
    const verdict = withGroup(world, GroupId, (group) => {
      const heir = group.members.get(NewOwner_Account);
      // Members alone can become owner, and an AVChatRoom has none.
      if (!heir || group.owner === NewOwner_Account) return refused(10007);
      const former = group.members.get(group.owner);
      if (former) former.role = "Member";
      const owners = { OldOwner_Account: group.owner, NewOwner_Account };
      heir.role = "Owner";
      heir.mutedUntil = 0;
      heir.mutedIn.clear();
      group.owner = NewOwner_Account;
      const operator = From_Account ?? at.user;
      tell(world, group.id, "AfterChangeGroupOwner", { ...acted(group, operator), ...owners, EventTime: at.now });
      return ok();
    });
    return actingAs(world, From_Account, verdict);
  },
} satisfies Partial<Rules>;

function newGroup(
  world: World,
  request: Request<"group_open/import_group">,
  at: Circumstances,
  created: number,
  most: number,
  takenCode: (taken: Group) => number,
  faults: Faults,
): Verdict {
  const type = typeCalled(request.Type);
  const { Owner_Account: owner, GroupId: chosen } = request;
  const taken = chosen === undefined ? undefined : world.groups.get(chosen);
  const refusal = broken([
    type === undefined && [10004],
    type !== undefined && most > types[type].most && [10004],
    type !== "Community" && request.SupportTopic === 1 && [10007],
    type !== undefined && chosen !== undefined && !canBeChosen(chosen, type) && [10004],
    unknownKeys(request.AppDefinedData, app.groupFields) && [10004],
    owner !== undefined && !world.accounts.has(owner) && [10019],
    taken !== undefined && [takenCode(taken)],
    ...faults,
  ]);
  if (refusal || !type) return refusal ?? refused(10004);
  const id =
    chosen ?? madeId(at.givenId, `@TGS#${types[type].mark}`, at.givenId !== undefined && world.groups.has(at.givenId));
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
    mutes: new Map(),
    attributes: new Map(),
  };
  changeFields(group.fields, request.AppDefinedData);
  world.groups.set(id, group);
  // The owner of an AVChatRoom still has to come in like everybody else.
  if (owner !== undefined && types[type].listed) join(world, group, owner, group.created, "Owner");
  return ok({ GroupId: id });
}
