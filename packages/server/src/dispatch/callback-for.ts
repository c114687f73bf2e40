import { wireEventTime, wireTypeName, type CallbackCommand } from "@muster/protocol";

import type { Context } from "../context.ts";
import type { GroupCreated, GroupDestroyed, GroupEvent, TopicCreated, TopicsDeleted } from "../group/group-events.ts";
import type { NewCallback } from "../ports.ts";

type Body = Readonly<Record<string, unknown>>;

/** Each kind of event, the callback that tells of it, and how. */
const callbacks: {
  readonly [K in GroupEvent["kind"]]: {
    readonly command: CallbackCommand;
    readonly body: (context: Context, event: Extract<GroupEvent, { kind: K }>) => Body;
  };
} = {
  "group-created": { command: "Group.CallbackAfterCreateGroup", body: createdBody },
  "group-destroyed": { command: "Group.CallbackAfterGroupDestroyed", body: destroyedBody },
  "topic-created": { command: "Group.CallbackAfterCreateTopic", body: topicCreatedBody },
  "topics-deleted": { command: "Group.CallbackAfterTopicDestroyed", body: topicsDeletedBody },
};

/**
 * The callback that tells an app's backend of an event, with the body as it will be sent; `undefined` where the
 * app has no URL or has that callback's switch off.
 */
export function callbackFor(context: Context, event: GroupEvent): NewCallback | undefined {
  const { app, caller, now, ids } = context;
  const { command } = callbacks[event.kind];
  if (!app.callback?.enabled.has(command)) return undefined;
  return {
    id: ids.callbackId(),
    lane: event.group.groupId,
    command,
    body: JSON.stringify({ CallbackCommand: command, ...bodyOf(context, event) }),
    clientIp: caller.clientIp,
    platform: caller.platform,
    acceptedAt: now,
  };
}

function bodyOf<K extends GroupEvent["kind"]>(context: Context, event: Extract<GroupEvent, { kind: K }>): Body {
  return callbacks[event.kind].body(context, event);
}

function accounts(userIds: readonly string[]): Body[] {
  return userIds.map((userId) => ({ Member_Account: userId }));
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
    EventTime: wireEventTime(context.app.profile, context.now),
  };
}

function destroyedBody({ app, now }: Context, { group, members }: GroupDestroyed): Body {
  return {
    GroupId: group.groupId,
    Type: wireTypeName(app.profile, group.type),
    Owner_Account: group.owner,
    Name: group.name,
    ...(group.type === "Community" ? {} : { MemberList: accounts(members) }),
    EventTime: wireEventTime(app.profile, now),
  };
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

function topicsDeletedBody({ app }: Context, { group, topicIds }: TopicsDeleted): Body {
  return {
    GroupId: group.groupId,
    Type: wireTypeName(app.profile, group.type),
    TopicIdList: topicIds,
  };
}
