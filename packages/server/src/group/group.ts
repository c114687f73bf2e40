import type { GroupType } from "@muster/protocol";

export type Role = "Owner" | "Admin" | "Member";
export type ApplyJoinOption = "FreeAccess" | "NeedPermission" | "DisableApply";
export type InviteJoinOption = "FreeAccess" | "NeedPermission" | "DisableInvite";

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
  readonly customFields: Readonly<Record<string, string>>;
}

export interface Member {
  readonly userId: string;
  readonly role: Role;
  readonly joinTime: number;
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
}

export interface Account {
  readonly userId: string;
  readonly nick: string;
  readonly faceUrl: string;
}
