import type { GroupType } from "@muster/protocol";

export type Role = "Owner" | "Admin" | "Member";
export type ApplyJoinOption = "FreeAccess" | "NeedPermission" | "DisableApply";
export type InviteJoinOption = "FreeAccess" | "NeedPermission" | "DisableInvite";
export type MsgFlag = "AcceptAndNotify" | "AcceptNotNotify" | "Discard";

/** Values by their keys. */
export type Fields = Readonly<Record<string, string>>;

/** Custom fields after a change; an empty value deletes one. */
export function mergeFields(fields: Fields, changes: readonly (readonly [key: string, value: string])[]): Fields {
  const merged = { ...fields, ...Object.fromEntries(changes) };
  return Object.fromEntries(Object.entries(merged).filter(([, value]) => value !== ""));
}

/** A group as the rules see it. Times in seconds since 1970, as the REST API gives them. */
export interface Group {
  readonly groupId: string;
  readonly type: GroupType;
  readonly name: string;
  readonly introduction: string;
  readonly notification: string;
  readonly faceUrl: string;
  /** Empty where the group has no owner. */
  readonly owner: string;
  readonly createTime: number;
  readonly lastInfoTime: number;
  readonly maxMembers: number;
  readonly applyJoinOption: ApplyJoinOption;
  readonly inviteJoinOption: InviteJoinOption;
  /** Whether a community can have topics. */
  readonly supportTopic: boolean;
  /** Whether nobody but the owner and admins may write. */
  readonly muteAll: boolean;
  readonly customFields: Fields;
}

export interface Member {
  readonly userId: string;
  readonly role: Role;
  readonly joinTime: number;
  readonly nameCard: string;
  readonly msgFlag: MsgFlag;
  /** Until when the member may not write in the whole group, in seconds since 1970; 0 where that is not so. */
  readonly mutedUntil: number;
  readonly customFields: Fields;
}

export interface Topic {
  readonly topicId: string;
  readonly groupId: string;
  readonly name: string;
  readonly introduction: string;
  readonly notification: string;
  readonly faceUrl: string;
  readonly customString: string;
  readonly creator: string;
  readonly createTime: number;
  readonly muteAll: boolean;
}

export interface Account {
  readonly userId: string;
  readonly nick: string;
  readonly faceUrl: string;
}

/** Somebody who wants to join a group, or whom a member wants in it, until an owner or admin has decided. */
export interface Application {
  readonly groupId: string;
  readonly userId: string;
  /** The member who invited the user; empty where the user applied. */
  readonly inviter: string;
  readonly note: string;
  /** Seconds since 1970. */
  readonly time: number;
}

/** A user who may not write before a time, in one topic of a community or in a group that keeps no members. */
export interface Mute {
  readonly userId: string;
  /** Seconds since 1970. */
  readonly until: number;
}

/** A user who may not come back to an AVChatRoom before a time. */
export interface Ban {
  readonly userId: string;
  /** Seconds since 1970. */
  readonly until: number;
}
