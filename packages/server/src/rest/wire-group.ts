import { wireTypeName } from "@muster/protocol";

import type { App } from "../app-settings.ts";
import type { Fields, Group, Member } from "../group/group.ts";

/** How groups and members stand in answers, under the wire's names. */

export type WireFields = Readonly<Record<string, unknown>>;

/** Those of the fields that a filter names; all where there is no filter. */
export function only(names: readonly string[] | undefined, fields: WireFields): WireFields {
  if (!names) return fields;
  return Object.fromEntries(Object.entries(fields).filter(([name]) => names.includes(name)));
}

/** A group's own fields, without its id. Muster carries no messages, so theirs are those of a group without any. */
export function wireGroup(app: App, group: Group, memberCount: number): WireFields {
  return {
    Type: wireTypeName(app.profile, group.type),
    Name: group.name,
    Appid: app.sdkAppId,
    Introduction: group.introduction,
    Notification: group.notification,
    FaceUrl: group.faceUrl,
    Owner_Account: group.owner,
    CreateTime: group.createTime,
    LastInfoTime: group.lastInfoTime,
    LastMsgTime: 0,
    NextMsgSeq: 1,
    MemberNum: memberCount,
    MaxMemberNum: group.maxMembers,
    ApplyJoinOption: group.applyJoinOption,
    InviteJoinOption: group.inviteJoinOption,
    MuteAllMember: onOff(group.muteAll),
    ...(group.type === "Community" ? { SupportTopic: group.supportTopic ? 1 : 0 } : {}),
  };
}

/** A member's own fields, without the id. */
export function wireMember({ role, joinTime, msgFlag, nameCard, mutedUntil }: Member): WireFields {
  return {
    Role: role,
    JoinTime: joinTime,
    MsgSeq: 0,
    MsgFlag: msgFlag,
    LastSendMsgTime: 0,
    NameCard: nameCard,
    MuteUntil: mutedUntil,
  };
}

/** Custom fields as a list of keys and values, narrowed by a filter where there is one. */
export function wireFields(names: readonly string[] | undefined, fields: Fields): WireFields[] {
  return Object.entries(only(names, fields)).map(([Key, Value]) => ({ Key, Value }));
}

export function onOff(on: boolean): "On" | "Off" {
  return on ? "On" : "Off";
}

/** `On` is true; `undefined` where nothing is said. */
export function isOn(text: "On" | "Off" | undefined): boolean | undefined {
  return text === undefined ? undefined : text === "On";
}
