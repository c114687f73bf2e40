import { parseGroupType, type CallbackCommand, type OptPlatform } from "@muster/protocol";

import type {
  Application,
  ApplyJoinOption,
  Fields,
  Group,
  InviteJoinOption,
  Member,
  MsgFlag,
  Role,
  Topic,
} from "../group/group.ts";
import type { Original, PendingCallback } from "../ports/outbox.ts";

/** The tables' rows, alike in all databases, and what is made of them. */

/** Yes or no: 1 or 0 where a database has nothing of its own for that. */
type Flag = boolean | number;

export interface GroupRow {
  readonly created: number;
  readonly group_id: string;
  readonly type: string;
  readonly name: string;
  readonly introduction: string;
  readonly notification: string;
  readonly face_url: string;
  readonly owner: string;
  readonly create_time: number;
  readonly last_info_time: number;
  readonly max_members: number;
  readonly apply_join_option: string;
  readonly invite_join_option: string;
  readonly support_topic: Flag;
  readonly mute_all: Flag;
  readonly custom_fields: string;
}

export function toGroup(row: GroupRow): Group {
  const type = parseGroupType(row.type);
  if (!type) throw new TypeError(`the store holds a group of unknown type ${row.type}`);
  return {
    groupId: row.group_id,
    type,
    name: row.name,
    introduction: row.introduction,
    notification: row.notification,
    faceUrl: row.face_url,
    owner: row.owner,
    createTime: row.create_time,
    lastInfoTime: row.last_info_time,
    maxMembers: row.max_members,
    applyJoinOption: row.apply_join_option as ApplyJoinOption,
    inviteJoinOption: row.invite_join_option as InviteJoinOption,
    supportTopic: Boolean(row.support_topic),
    muteAll: Boolean(row.mute_all),
    customFields: JSON.parse(row.custom_fields) as Fields,
  };
}

export interface MemberRow {
  readonly joined: number;
  readonly user_id: string;
  readonly role: string;
  readonly join_time: number;
  readonly name_card: string;
  readonly msg_flag: string;
  readonly muted_until: number;
  /** Of its own name, so that it can stand beside its group's in one row. */
  readonly member_fields: string;
}

/** The columns of a `MemberRow`. */
export const MEMBER_COLUMNS =
  "member.joined, member.user_id, member.role, member.join_time, member.name_card, member.msg_flag, " +
  "member.muted_until, member.custom_fields AS member_fields";

export function toMember(row: MemberRow): Member {
  return {
    userId: row.user_id,
    role: row.role as Role,
    joinTime: row.join_time,
    nameCard: row.name_card,
    msgFlag: row.msg_flag as MsgFlag,
    mutedUntil: row.muted_until,
    customFields: JSON.parse(row.member_fields) as Fields,
  };
}

export interface TopicRow {
  readonly group_id: string;
  readonly topic_id: string;
  readonly name: string;
  readonly introduction: string;
  readonly notification: string;
  readonly face_url: string;
  readonly custom_string: string;
  readonly creator: string;
  readonly create_time: number;
  readonly mute_all: Flag;
}

export function toTopic(row: TopicRow): Topic {
  return {
    groupId: row.group_id,
    topicId: row.topic_id,
    name: row.name,
    introduction: row.introduction,
    notification: row.notification,
    faceUrl: row.face_url,
    customString: row.custom_string,
    creator: row.creator,
    createTime: row.create_time,
    muteAll: Boolean(row.mute_all),
  };
}

export interface ApplicationRow {
  readonly group_id: string;
  readonly user_id: string;
  readonly inviter: string;
  readonly note: string;
  readonly time: number;
}

export function toApplication(row: ApplicationRow): Application {
  return { groupId: row.group_id, userId: row.user_id, inviter: row.inviter, note: row.note, time: row.time };
}

export interface OutboxRow {
  readonly position: number;
  readonly app: number;
  readonly lane: string;
  readonly sequence: number;
  readonly id: string;
  readonly command: string;
  readonly body: string;
  readonly client_ip: string;
  readonly platform: string;
  readonly accepted_at: number;
  readonly replay_of: number | null;
  readonly traceparent: string | null;
  readonly replay_sequence: number | null;
}

/** The columns of an `OutboxRow`. */
export const OUTBOX_COLUMNS =
  "outbox.position, outbox.app, outbox.lane, outbox.sequence, outbox.id, outbox.command, outbox.body, " +
  "outbox.client_ip, outbox.platform, outbox.accepted_at, outbox.replay_of, outbox.replay_sequence, outbox.traceparent";

export function toPending(row: OutboxRow): PendingCallback {
  const callback = {
    position: row.position,
    sdkAppId: row.app,
    lane: row.lane,
    sequence: row.sequence,
    id: row.id,
    command: row.command as CallbackCommand,
    body: row.body,
    clientIp: row.client_ip,
    platform: row.platform as OptPlatform,
    acceptedAt: row.accepted_at,
    attempts: 0,
  };
  const { traceparent } = row;
  if (traceparent === null && row.replay_of === null) return callback;
  return { ...callback, ...(traceparent === null ? {} : { traceparent }), ...originalOf(row) };
}

/** What a row says of the callback that it delivers once more, if it does. */
export function originalOf({
  replay_of: position,
  replay_sequence: sequence,
}: Pick<OutboxRow, "replay_of" | "replay_sequence">): { readonly replayOf?: Original } {
  return position === null || sequence === null ? {} : { replayOf: { position, sequence } };
}
