import type { CreateGroupOptions, CreateTopicOptions, DeleteTopicsOptions, GroupType } from "@muster/client";
import fc from "fast-check";

import type { RestName } from "./requests.ts";

/** Something that is asked of the server, and how many seconds after what came before. */
export type Command = RestCommand | UserCommand;

export interface RestCommand {
  readonly name: RestName;
  readonly body: Record<string, unknown>;
  readonly wait: number;
}

/** What an app user asks over the connection; the options are those of the client library. */
export type UserCommand = { readonly user: string; readonly wait: number } & (
  | { readonly asks: "createGroup"; readonly options: CreateGroupOptions & { readonly type: GroupType } }
  | { readonly asks: "dismissGroup"; readonly groupID: string }
  | { readonly asks: "createTopic"; readonly options: CreateTopicOptions }
  | { readonly asks: "deleteTopics"; readonly options: DeleteTopicsOptions }
);

/** Users who connect, and so have an account; the others have one as long as it is imported. */
const users = ["leckie", "peter", "bob"] as const;
/** Everybody whom commands can be about. */
export const everybody = [...users, "ann", "eve", "nobody", "administrator"] as const;

const { constantFrom, record, array, oneof, nat } = fc;

/** A few ids for many commands, so that they meet, and are used again after a group was disbanded. */
const chosenIds = ["chess", "go"] as const;
const communityIds = ["@TGS#_chess", "@TGS#_go"] as const;
/** `#group0` stands for the first group that there is, and so on; see `withRealIds`. */
const realGroup = nat(7).map((i) => `#group${i}`);
const realCommunity = nat(2).map((i) => `#community${i}`);
const realTopic = nat(3).map((i) => `#topic${i}`);

function mostly<T>(usual: fc.Arbitrary<T>, wrong: fc.Arbitrary<T>, oneIn = 12): fc.Arbitrary<T> {
  return oneof({ arbitrary: usual, weight: oneIn - 1 }, { arbitrary: wrong, weight: 1 });
}

/** There or not: `present` times as often there. */
function maybe<T>(usual: fc.Arbitrary<T>, present = 1): fc.Arbitrary<T | undefined> {
  return oneof({ arbitrary: usual, weight: present }, { arbitrary: fc.constant(undefined), weight: 1 });
}

const waits = constantFrom(0, 0, 0, 1, 30, 4000);
const someone = constantFrom(...everybody.slice(0, 5), "leckie", "peter");
const anyone = mostly(someone, constantFrom("nobody", "nobody", "administrator", "é", "x".repeat(33)), 25);
const few = array(anyone, { minLength: 1, maxLength: 2 });
const people = array(anyone, { minLength: 1, maxLength: 4 });
const knownGroup = mostly(realGroup, constantFrom(...chosenIds, ...communityIds), 8);
const group = mostly(knownGroup, constantFrom("nowhere", "", "ü", "x".repeat(49), "@TGS#2NONE", "go@TOPIC#_a"));
const community = mostly(realCommunity, knownGroup, 8);
const name = mostly(constantFrom("a", "b", "群".repeat(10)), constantFrom("", "群".repeat(10) + "a"), 20);
const texts = {
  Introduction: maybe(constantFrom("", "i", "j"), 1),
  Notification: maybe(constantFrom("", "n", "m"), 1),
};
const anyType = mostly(
  constantFrom("Work", "Private", "Public", "Meeting", "ChatRoom", "AVChatRoom", "Community", "Community"),
  constantFrom("Live", "public", ""),
  20,
);
const apply = maybe(constantFrom("FreeAccess", "NeedPermission", "DisableApply"), 1);
const groupFields = maybe(
  array(record({ Key: mostly(fc.constant("Colour"), fc.constant("Smell")), Value: constantFrom("red", "blue") }), {
    minLength: 1,
    maxLength: 1,
  }),
  1,
);
const memberFields = maybe(
  array(record({ Key: mostly(fc.constant("Team"), fc.constant("Rank")), Value: constantFrom("1", "2", "") }), {
    minLength: 1,
    maxLength: 1,
  }),
  1,
);
const muteTime = constantFrom(0, 60, 3600, 4_294_967_295);
const silence = maybe(constantFrom(0, 1));
const onOff = constantFrom("On", "Off");
/** Before and after groups are made, and in the future. */
const moment = (now: number) =>
  maybe(mostly(constantFrom(-9000, -100, 0, 1), fc.constant(9_000_000), 10).map((after) => now + after));

function topicOf(groupId: string): fc.Arbitrary<string> {
  const chosen = constantFrom(`${groupId}@TOPIC#_rules`, `${groupId}@TOPIC#_news`);
  const wrong = constantFrom(`${groupId}@TOPIC#_`, "@TGS#_other@TOPIC#_rules", "rules");
  return oneof({ arbitrary: realTopic, weight: 6 }, { arbitrary: chosen, weight: 6 }, { arbitrary: wrong, weight: 1 });
}

function newTopicId(groupId: string): fc.Arbitrary<string> {
  const chosen = constantFrom("rules", "news", "@TOPIC#c", "").map((own) => `${groupId}@TOPIC#_${own}`);
  return mostly(chosen, topicOf(groupId), 10);
}

/** The id of a group to be made; one of the wrong kind now and then. */
function idFor(typeName: string): fc.Arbitrary<string> {
  const [right, wrong] = typeName === "Community" ? [communityIds, chosenIds] : [chosenIds, communityIds];
  return mostly(constantFrom(...right), constantFrom<string>(...wrong, "", "x".repeat(49), "a@TOPIC#_b"), 15);
}

function newGroup(now: number) {
  return anyType.chain((Type) =>
    record({
      Type: fc.constant(Type),
      Name: name,
      GroupId: maybe(idFor(Type), 2),
      Owner_Account: maybe(anyone, 3),
      MaxMemberCount: maybe(mostly(constantFrom(2, 3, 4), constantFrom(0, 6001, 100_001)), 1),
      ApplyJoinOption: apply,
      AppDefinedData: groupFields,
      SupportTopic:
        Type === "Community" ? maybe(constantFrom(1, 1, 1, 0), 4) : mostly(fc.constant(undefined), fc.constant(1), 20),
      ...texts,
    }).chain((body) => record({ body: fc.constant(body), CreateTime: moment(now), MemberList: initialMembers(Type) })),
  );
}

function initialMembers(typeName: string) {
  const one = record({ Member_Account: anyone, Role: maybe(constantFrom("Admin", "Member"), 1) });
  return typeName === "AVChatRoom"
    ? mostly(fc.constant(undefined), array(one), 8)
    : maybe(array(one, { maxLength: 4 }), 2);
}

const newTopic = community.chain((GroupId) =>
  record({
    GroupId: fc.constant(GroupId),
    TopicId: maybe(newTopicId(GroupId)),
    TopicName: name,
    From_Account: maybe(anyone, 1),
    CustomString: maybe(constantFrom("c", "d"), 1),
    ...texts,
  }),
);

const baseInfo = array(constantFrom("Type", "Name", "Owner_Account", "MemberNum", "Nothing"), { maxLength: 3 });
const selfInfo = array(constantFrom("Role", "JoinTime", "NameCard", "MuteUntil"), { maxLength: 3 });
const attributeKey = mostly(constantFrom("colour", "mood", "__proto__", "a", "b"), fc.constant("k".repeat(33)), 20);
const attributeValue = mostly(constantFrom("", "red", "blue"), fc.constant("v".repeat(4001)), 20);
const attributes = array(record({ key: attributeKey, value: attributeValue }), { minLength: 1, maxLength: 3 });

/** How often each command comes, and its body. */
function bodies(now: number): readonly (readonly [weight: number, RestName, fc.Arbitrary<object>])[] {
  const GroupId = group;
  const Members_Account = people;
  return [
    [
      10,
      "group_open/create_group",
      newGroup(now).map(({ body, MemberList }) => ({ ...body, ...(MemberList ? { MemberList } : {}) })),
    ],
    [3, "group_open/import_group", newGroup(now).map(({ body, CreateTime }) => ({ ...body, CreateTime }))],
    [4, "group_open/destroy_group", record({ GroupId })],
    [
      5,
      "group_open/modify_group_base_info",
      record({
        GroupId,
        From_Account: maybe(anyone, 1),
        Name: maybe(name, 1),
        ...texts,
        FaceUrl: maybe(mostly(constantFrom("", "f"), fc.constant("f".repeat(101))), 1),
        MaxMemberNum: maybe(constantFrom(1, 2, 4, 6000, 6001, 100_001), 1),
        ApplyJoinOption: apply,
        InviteJoinOption: maybe(constantFrom("FreeAccess", "NeedPermission", "DisableInvite"), 1),
        AppDefinedData: groupFields,
        MuteAllMember: maybe(onOff, 1),
        ShutUpAllMember: maybe(onOff, 1),
      }),
    ],
    [4, "group_open/change_group_owner", record({ GroupId, NewOwner_Account: anyone, From_Account: maybe(anyone, 1) })],
    [
      9,
      "group_open/add_group_member",
      record({
        GroupId,
        Silence: silence,
        MemberList: people.map((ids) => ids.map((id) => ({ Member_Account: id }))),
      }),
    ],
    [
      4,
      "group_open/import_group_member",
      record({
        GroupId,
        MemberList: array(
          record({ Member_Account: anyone, Role: maybe(fc.constant("Admin"), 1), JoinTime: moment(now) }),
          { minLength: 1, maxLength: 3 },
        ),
      }),
    ],
    [6, "group_open/delete_group_member", record({ GroupId, Silence: silence, MemberToDel_Account: people })],
    [
      6,
      "group_open/modify_group_member_info",
      record({
        GroupId,
        Member_Account: anyone,
        Role: maybe(constantFrom("Admin", "Admin", "Member"), 1),
        NameCard: maybe(mostly(constantFrom("", "Boss"), fc.constant("b".repeat(51))), 1),
        MsgFlag: maybe(constantFrom("AcceptAndNotify", "Discard"), 1),
        AppMemberDefinedData: memberFields,
        MuteTime: maybe(muteTime, 1),
      }),
    ],
    [5, "group_open/forbid_send_msg", record({ GroupId, Members_Account: few, MuteTime: maybe(muteTime, 9) })],
    [1, "group_open/forbid_send_msg", record({ GroupId, Members_Account: few, ShutUpTime: muteTime })],
    [2, "group_open/get_group_muted_account", record({ GroupId })],
    [
      3,
      "group_open/forbid_send_msg",
      community.chain((id) =>
        record({ GroupId: fc.constant(id), TopicId: topicOf(id), Members_Account: few, MuteTime: muteTime }),
      ),
    ],
    [
      3,
      "group_open/get_group_muted_account",
      community.chain((id) => record({ GroupId: fc.constant(id), TopicId: topicOf(id) })),
    ],
    [3, "group_open/ban_group_member", record({ GroupId, Members_Account, Duration: constantFrom(0, 60, 3600) })],
    [1, "group_open/unban_group_member", record({ GroupId, Members_Account })],
    [2, "group_open/get_group_ban_member", record({ GroupId, Limit: maybe(constantFrom(1, 2), 1), Offset: nat(2) })],
    [2, "group_open/set_group_attr", record({ GroupId, GroupAttr: attributes })],
    [2, "group_open/modify_group_attr", record({ GroupId, GroupAttr: attributes })],
    [
      2,
      "group_open/delete_group_attr",
      record({ GroupId, GroupAttr: array(record({ key: attributeKey }), { minLength: 1, maxLength: 2 }) }),
    ],
    [1, "group_open/clear_group_attr", record({ GroupId })],
    [2, "group_open_attr/get_group_attr", record({ GroupId })],
    [
      3,
      "group_open/get_group_info",
      record({
        GroupIdList: array(group, { minLength: 1, maxLength: 3 }),
        ResponseFilter: maybe(
          record({
            GroupBaseInfoFilter: maybe(baseInfo, 3),
            MemberInfoFilter: maybe(selfInfo, 1),
            AppDefinedDataFilter_Group: maybe(fc.constant(["Colour"]), 1),
            AppDefinedDataFilter_GroupMember: maybe(constantFrom(["Team"], ["Rank"]), 1),
          }),
          1,
        ),
      }),
    ],
    [
      3,
      "group_open/get_joined_group_list",
      record({
        Member_Account: anyone,
        Limit: maybe(constantFrom(1, 3, 5000, 5001), 1),
        Offset: maybe(nat(2), 1),
        GroupType: maybe(anyType, 1),
        SupportTopic: maybe(constantFrom(0, 1), 1),
        ResponseFilter: maybe(record({ GroupBaseInfoFilter: maybe(baseInfo), SelfInfoFilter: maybe(selfInfo) }), 2),
      }),
    ],
    [3, "group_open/get_role_in_group", record({ GroupId, User_Account: people })],
    [
      3,
      "group_open/get_group_member_info",
      record({
        GroupId,
        MemberInfoFilter: maybe(selfInfo, 1),
        MemberRoleFilter: maybe(array(constantFrom("Owner", "Admin", "Member"), { minLength: 1, maxLength: 2 }), 1),
        Limit: maybe(constantFrom(50, 100, 101, 6001), 1),
      }),
    ],
    [
      2,
      "group_open/get_appid_group_list",
      record({ GroupType: maybe(anyType, 1), Limit: maybe(constantFrom(1, 3), 1) }),
    ],
    [9, "million_group_open/create_topic", newTopic],
    [
      3,
      "group_open/import_topic",
      record({ topic: newTopic, CreateTime: moment(now) }).map(({ topic, CreateTime }) => ({ ...topic, CreateTime })),
    ],
    [
      4,
      "million_group_open/modify_topic",
      newTopic.chain((topic) =>
        record({
          GroupId: fc.constant(topic.GroupId),
          TopicId: topicOf(topic.GroupId),
          TopicName: maybe(name, 1),
          ...texts,
          CustomString: maybe(constantFrom("c", "d"), 1),
          From_Account: maybe(anyone, 1),
          MuteAllMember: maybe(onOff, 1),
        }),
      ),
    ],
    [
      5,
      "million_group_open/destroy_topic",
      community.chain((id) =>
        record({ GroupId: fc.constant(id), TopicIdList: array(topicOf(id), { minLength: 1, maxLength: 4 }) }),
      ),
    ],
    [
      3,
      "million_group_open/get_topic",
      community.chain((id) =>
        record({
          GroupId: fc.constant(id),
          From_Account: maybe(anyone, 1),
          TopicIdList: maybe(array(topicOf(id), { maxLength: 3 }), 1),
          ResponseFilter: maybe(array(constantFrom("TopicName", "CreateTime"), { maxLength: 2 }), 1),
        }),
      ),
    ],
    [
      4,
      "im_open_login/account_import",
      record({ UserID: anyone, Nick: maybe(mostly(fc.constant("n"), fc.constant("n".repeat(501))), 1) }),
    ],
    [
      2,
      "im_open_login/multiaccount_import",
      record({
        Accounts: maybe(array(mostly(someone, constantFrom("", "x".repeat(33))), { maxLength: 3 }), 2),
        AccountList: maybe(array(record({ UserID: someone }), { maxLength: 2 }), 1),
      }),
    ],
    [
      1,
      "im_open_login/account_delete",
      record({ DeleteItem: array(record({ UserID: anyone }), { minLength: 1, maxLength: 2 }) }),
    ],
    [
      1,
      "im_open_login/account_check",
      record({ CheckItem: array(record({ UserID: anyone }), { minLength: 1, maxLength: 4 }) }),
    ],
  ];
}

/** Puts something in the place of one field that has the wrong form, or leaves the field out. */
const spoiled = record({
  at: nat(9),
  by: constantFrom<unknown>(undefined, null, 7, "", "x".repeat(5000), [], {}, [7], -1),
});

function restCommands(now: number): { weight: number; arbitrary: fc.Arbitrary<RestCommand> }[] {
  return bodies(now).map(([weight, requestName, body]) => {
    const spoil = mostly(fc.constant(undefined), spoiled, 15);
    const arbitrary = record({ body, spoil, wait: waits }).map(({ body: fields, spoil: wrong, wait }) => {
      const entries = Object.entries(fields).filter(([, value]) => value !== undefined);
      const at = wrong && entries.length > 0 ? wrong.at % entries.length : -1;
      const kept = entries.map(([key, value]: [string, unknown], i) => [key, i === at ? wrong?.by : value] as const);
      return { name: requestName, body: Object.fromEntries(kept.filter(([, value]) => value !== undefined)), wait };
    });
    return { weight, arbitrary };
  });
}

const userFields = array(
  record({ key: mostly(fc.constant("Colour"), fc.constant("Smell")), value: fc.constant("red") }),
  { minLength: 1, maxLength: 1 },
);

function newGroupOfUser(type: GroupType) {
  const groupID = idFor(type);
  const isSupportTopic = type === "Community" ? mostly(fc.constant(true), fc.constant(false), 5) : fc.constant(false);
  const memberList = array(record({ userID: anyone }), { maxLength: 3 });
  const some = { groupID, memberList, introduction: fc.constant("i"), groupCustomField: userFields };
  return record({ type: fc.constant(type), name, isSupportTopic, ...some }, { requiredKeys: ["type", "name"] });
}

function newTopicOfUser(groupID: string) {
  const all = { groupID: fc.constant(groupID), topicName: name, topicID: newTopicId(groupID) };
  return record(all, { requiredKeys: ["groupID", "topicName"] });
}

function goneTopicsOfUser(groupID: string) {
  const topicIDList = array(topicOf(groupID), { minLength: 1, maxLength: 3 });
  return record({ groupID: fc.constant(groupID), topicIDList }, { requiredKeys: ["groupID"] });
}

const typeOfUser = constantFrom(
  ...(["Private", "Public", "ChatRoom", "AVChatRoom", "Community", "Community"] as const),
);

const userCommand: fc.Arbitrary<UserCommand> = record({ user: constantFrom(...users), wait: waits }).chain((who) =>
  oneof(
    typeOfUser.chain(newGroupOfUser).map((options) => ({ ...who, asks: "createGroup" as const, options })),
    group.map((groupID) => ({ ...who, asks: "dismissGroup" as const, groupID })),
    community.chain(newTopicOfUser).map((options) => ({ ...who, asks: "createTopic" as const, options })),
    community.chain(goneTopicsOfUser).map((options) => ({ ...who, asks: "deleteTopics" as const, options })),
  ),
);

/** What each sequence begins with, so that most commands find somebody and something. */
export const prelude: readonly Command[] = [
  { name: "im_open_login/multiaccount_import", body: { Accounts: everybody.slice(0, 5) }, wait: 0 },
  firstGroup("Community", { GroupId: "@TGS#_chess", SupportTopic: 1 }),
  firstGroup("Public", { GroupId: "chess" }),
  firstGroup("ChatRoom", {}),
  firstGroup("Private", {}),
  { user: "bob", wait: 0, asks: "createGroup", options: { type: "AVChatRoom", name: "a" } },
  ...["rules", "news"].map((topicName): Command => {
    const options = { groupID: "@TGS#_chess", topicName, topicID: `@TGS#_chess@TOPIC#_${topicName}` };
    return { user: "leckie", wait: 0, asks: "createTopic", options };
  }),
];

function firstGroup(Type: string, more: object): Command {
  const MemberList = [{ Member_Account: "peter" }, { Member_Account: "ann" }];
  return {
    name: "group_open/create_group",
    body: { Type, Name: "a", Owner_Account: "leckie", MemberList, ...more },
    wait: 0,
  };
}

/** Any command, about `now` (seconds since 1970). About one in six is wrong in itself. */
export function anyCommand(now: number): fc.Arbitrary<Command> {
  return oneof(...restCommands(now), { weight: 22, arbitrary: userCommand });
}

/** The ids that there are, of groups, of communities with topics, and of topics. */
export interface Ids {
  readonly group: readonly string[];
  readonly community: readonly string[];
  readonly topic: readonly string[];
}

/** A value with an id that there is in each place that stands for one, as long as there is any. */
export function withRealIds(value: unknown, ids: Ids): unknown {
  if (typeof value === "string") {
    return value.replace(/^#(group|community|topic)(\d)/, (mark, kind: keyof Ids, i) => {
      return ids[kind][Number(i) % ids[kind].length] ?? mark;
    });
  }
  if (Array.isArray(value)) return value.map((item) => withRealIds(item, ids));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([key, item]) => [key, withRealIds(item, ids)] as const));
}
