import { wireTypeName, type CallbackCommand } from "@muster/protocol";

import type { Context } from "../context.ts";
import type {
  ApplicationHandled,
  ApplicationsMade,
  AttributesChanged,
  DailyQuotaAlarm,
  GroupCreated,
  GroupDestroyed,
  GroupEvent,
  GroupFull,
  GroupInfoChanged,
  MemberChanged,
  MembersJoined,
  MembersLeft,
  OwnerChanged,
  PresenceChanged,
  ProfileTexts,
  TextSent,
  TopicChanged,
  TopicCreated,
  TopicsDeleted,
} from "../group/group-events.ts";
import type { Group } from "../group/group.ts";
import type { NewCallback } from "../ports/outbox.ts";
import { accounts, eventTime, whichGroup, type Body } from "./wire-body.ts";

/** Events that apps hear of: an application is none, because nobody has joined yet or will, nor is the app's own text. */
type ToldEvent = Exclude<GroupEvent, ApplicationsMade | ApplicationHandled | TextSent>;

/** Each kind of event, the callback that tells of it, and how. */
const callbacks: {
  readonly [K in ToldEvent["kind"]]: {
    readonly command: CallbackCommand;
    readonly body: (context: Context, event: Extract<ToldEvent, { kind: K }>) => Body;
  };
} = {
  "group-created": { command: "Group.CallbackAfterCreateGroup", body: createdBody },
  "group-destroyed": { command: "Group.CallbackAfterGroupDestroyed", body: destroyedBody },
  "group-info-changed": { command: "Group.CallbackAfterGroupInfoChanged", body: infoChangedBody },
  "owner-changed": { command: "Group.CallbackAfterChangeGroupOwner", body: ownerChangedBody },
  "members-joined": { command: "Group.CallbackAfterNewMemberJoin", body: joinedBody },
  "members-left": { command: "Group.CallbackAfterMemberExit", body: leftBody },
  "group-full": { command: "Group.CallbackAfterGroupFull", body: fullBody },
  "member-changed": { command: "Group.CallbackAfterMemberFieldChanged", body: memberChangedBody },
  "attributes-changed": { command: "Group.CallbackAfterGroupAttrChanged", body: attributesChangedBody },
  "topic-changed": { command: "Group.CallbackAfterTopicInfoChanged", body: topicChangedBody },
  "topic-created": { command: "Group.CallbackAfterCreateTopic", body: topicCreatedBody },
  "daily-quota-alarm": { command: "Group.CallbackOnDailyGroupQuotaAlarm", body: quotaAlarmBody },
  "topics-deleted": { command: "Group.CallbackAfterTopicDestroyed", body: topicsDeletedBody },
  "presence-changed": { command: "Group.CallbackOnMemberStateChange", body: presenceChangedBody },
};

/**
 * The callback that tells an app's backend of an event, with the body as it will be sent; `undefined` where there
 * is none for it, or the app has no URL or has that callback's switch off.
 */
export function callbackFor(context: Context, event: GroupEvent): NewCallback | undefined {
  if (!isTold(event)) return undefined;
  const { app, caller, now, ids } = context;
  const { command } = callbacks[event.kind];
  if (!app.callback?.enabled.has(command)) return undefined;
  return {
    id: ids.callbackId(),
    // What concerns no group has the app's own lane.
    lane: event.kind === "daily-quota-alarm" ? "" : event.group.groupId,
    command,
    body: JSON.stringify({ CallbackCommand: command, ...bodyOf(context, event) }),
    clientIp: caller.clientIp,
    platform: caller.platform,
    traceparent: caller.traceparent,
    acceptedAt: now,
  };
}

function isTold(event: GroupEvent): event is ToldEvent {
  return Object.hasOwn(callbacks, event.kind);
}

function bodyOf<K extends ToldEvent["kind"]>(context: Context, event: Extract<ToldEvent, { kind: K }>): Body {
  return callbacks[event.kind].body(context, event);
}

function customFields(context: Context, fields: Readonly<Record<string, string>>): Body {
  const list = Object.entries(fields).filter(([key]) => context.app.groupCustomFields.has(key));
  return list.length > 0 ? { UserDefinedDataList: list.map(([Key, Value]) => ({ Key, Value })) } : {};
}

function createdBody(context: Context, { group, initialMembers }: GroupCreated): Body {
  return {
    GroupId: group.groupId,
    Operator_Account: context.caller.userId,
    Owner_Account: group.owner,
    Type: wireTypeName(context.app.profile, group.type),
    Name: group.name,
    MemberList: accounts(initialMembers),
    ...customFields(context, group.customFields),
    ...eventTime(context),
  };
}

function destroyedBody(context: Context, { group, members }: GroupDestroyed): Body {
  return {
    ...whichGroup(context, group),
    Owner_Account: group.owner,
    Name: group.name,
    ...(group.type === "Community" ? {} : { MemberList: accounts(members) }),
    ...eventTime(context),
  };
}

/** What most callbacks begin with: which group, of which type, and who acted. */
function acted(context: Context, group: Group): Body {
  return { ...whichGroup(context, group), Operator_Account: context.caller.userId };
}

function texts({ name, introduction, notification, faceUrl }: ProfileTexts): Body {
  return {
    ...(name === undefined ? {} : { Name: name }),
    ...(introduction === undefined ? {} : { Introduction: introduction }),
    ...(notification === undefined ? {} : { Notification: notification }),
    ...(faceUrl === undefined ? {} : { FaceUrl: faceUrl }),
  };
}

function infoChangedBody(context: Context, { group, changed }: GroupInfoChanged): Body {
  return { ...acted(context, group), ...texts(changed), ...eventTime(context) };
}

function ownerChangedBody(context: Context, { group, oldOwner }: OwnerChanged): Body {
  const owners = { OldOwner_Account: oldOwner, NewOwner_Account: group.owner };
  return { ...acted(context, group), ...owners, ...eventTime(context) };
}

function joinedBody(context: Context, { group, how, userIds }: MembersJoined): Body {
  return {
    ...whichGroup(context, group),
    JoinType: how,
    Operator_Account: context.caller.userId,
    NewMemberList: accounts(userIds),
    ...eventTime(context),
  };
}

function leftBody(context: Context, { group, how, userIds }: MembersLeft): Body {
  return {
    ...whichGroup(context, group),
    ExitType: how,
    Operator_Account: context.caller.userId,
    ExitMemberList: accounts(userIds),
    ...eventTime(context),
  };
}

function fullBody(context: Context, { group }: GroupFull): Body {
  return { GroupId: group.groupId, ...eventTime(context) };
}

function memberChangedBody(context: Context, { group, member }: MemberChanged): Body {
  const { userId, role, nameCard } = member;
  return { ...acted(context, group), Member_Account: userId, Role: role, NameCard: nameCard, ...eventTime(context) };
}

function attributesChangedBody(context: Context, { group, how, attributes }: AttributesChanged): Body {
  const GroupAttr = Object.entries(attributes).map(([key, value]) => ({ key, value }));
  return { ...acted(context, group), OptionType: how, GroupAttr, ...eventTime(context) };
}

function topicChangedBody(context: Context, { group, changed }: TopicChanged): Body {
  return { ...acted(context, group), ...texts(changed) };
}

function topicCreatedBody(context: Context, { group, topic }: TopicCreated): Body {
  return {
    GroupId: group.groupId,
    TopicId: topic.topicId,
    Operator_Account: topic.creator,
    Owner_Account: group.owner,
    Type: wireTypeName(context.app.profile, group.type),
    Name: topic.name,
    ...customFields(context, group.customFields),
  };
}

function topicsDeletedBody(context: Context, { group, topicIds }: TopicsDeleted): Body {
  return { ...whichGroup(context, group), TopicIdList: topicIds };
}

function quotaAlarmBody(context: Context, { used, quota }: DailyQuotaAlarm): Body {
  return { QuotaUsed: used, Quota: quota, ...eventTime(context) };
}

function presenceChangedBody(context: Context, { group, userIds, change }: PresenceChanged): Body {
  const isComing = change === "Join" || change === "HeartbeatRecover";
  return {
    GroupId: group.groupId,
    EventType: isComing ? "Online" : "Offline",
    EventCause: change,
    MemberList: accounts(userIds),
    ...eventTime(context),
  };
}
