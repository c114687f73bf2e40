import type { Group, Member, Topic } from "../group/group.ts";

/** A value as both stores take it: 1 is true to PostgreSQL, and the file's only way to say so. */
type Values = (string | number)[];

/** What a group's row holds beside what names it. */
export function groupValues(group: Group): Values {
  return [
    group.type,
    group.name,
    group.introduction,
    group.notification,
    group.faceUrl,
    group.owner,
    group.createTime,
    group.lastInfoTime,
    group.maxMembers,
    group.applyJoinOption,
    group.inviteJoinOption,
    Number(group.supportTopic),
    Number(group.muteAll),
    JSON.stringify(group.customFields),
  ];
}

/** The same of a member. */
export function memberValues(member: Member): Values {
  return [
    member.role,
    member.joinTime,
    member.nameCard,
    member.msgFlag,
    member.mutedUntil,
    JSON.stringify(member.customFields),
  ];
}

/** The same of a topic. */
export function topicValues(topic: Topic): Values {
  return [
    topic.name,
    topic.introduction,
    topic.notification,
    topic.faceUrl,
    topic.customString,
    topic.creator,
    topic.createTime,
    Number(topic.muteAll),
  ];
}
