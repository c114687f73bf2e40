/** The types of groups, named and spelt as in Tencent's web SDK. */
export const TYPES = {
  GRP_WORK: "Private",
  GRP_PUBLIC: "Public",
  GRP_MEETING: "ChatRoom",
  GRP_AVCHATROOM: "AVChatRoom",
  GRP_COMMUNITY: "Community",
  /** The older name of `GRP_WORK`. */
  GRP_PRIVATE: "Private",
  /** The older name of `GRP_MEETING`. */
  GRP_CHATROOM: "ChatRoom",

  GRP_MBR_ROLE_OWNER: "Owner",
  GRP_MBR_ROLE_ADMIN: "Admin",
  GRP_MBR_ROLE_MEMBER: "Member",

  JOIN_OPTIONS_FREE_ACCESS: "FreeAccess",
  JOIN_OPTIONS_NEED_PERMISSION: "NeedPermission",
  JOIN_OPTIONS_DISABLE_APPLY: "DisableApply",

  INVITE_OPTIONS_FREE_ACCESS: "FreeAccess",
  INVITE_OPTIONS_NEED_PERMISSION: "NeedPermission",
  INVITE_OPTIONS_DISABLE_INVITE: "DisableInvite",

  /** What became of `joinGroup`. */
  JOIN_STATUS_SUCCESS: "JoinedSuccess",
  JOIN_STATUS_ALREADY_IN_GROUP: "AlreadyInGroup",
  JOIN_STATUS_WAIT_APPROVAL: "WaitAdminApproval",

  /** The type of a message that tells what happened in a group, and what its `operationType` can be. */
  MSG_GRP_TIP: "TIMGroupTipElem",
  GRP_TIP_MBR_JOIN: 1,
  GRP_TIP_MBR_QUIT: 2,
  GRP_TIP_MBR_KICKED_OUT: 3,
  GRP_TIP_MBR_SET_ADMIN: 4,
  GRP_TIP_MBR_CANCELED_ADMIN: 5,
  GRP_TIP_GRP_PROFILE_UPDATED: 6,
  GRP_TIP_MBR_PROFILE_UPDATED: 7,

  /** Why the user was logged out: the app ended the user's sessions. */
  KICKED_OUT_REST_API: "REST_API_Kick",
  /** Why the user was logged out: the UserSig has expired, or is not accepted any more. */
  KICKED_OUT_USERSIG_EXPIRED: "userSigExpired",

  /** The connection is there, again. */
  NET_STATE_CONNECTED: "connected",
  /** The connection was lost and is being restored. */
  NET_STATE_CONNECTING: "connecting",
  /** That has failed so far: there is no way to the server. It is tried further. */
  NET_STATE_DISCONNECTED: "disconnected",
} as const;

type Types = typeof TYPES;

/** One of the `TYPES.GRP_…` that are types of groups. */
export type GroupType = Types[
  | "GRP_WORK"
  | "GRP_PUBLIC"
  | "GRP_MEETING"
  | "GRP_AVCHATROOM"
  | "GRP_COMMUNITY"
  | "GRP_PRIVATE"
  | "GRP_CHATROOM"];

/** One of `TYPES.GRP_MBR_ROLE_…`. */
export type MemberRole = Types["GRP_MBR_ROLE_OWNER" | "GRP_MBR_ROLE_ADMIN" | "GRP_MBR_ROLE_MEMBER"];

/** One of `TYPES.JOIN_OPTIONS_…`. */
export type JoinOption = Types[
  | "JOIN_OPTIONS_FREE_ACCESS"
  | "JOIN_OPTIONS_NEED_PERMISSION"
  | "JOIN_OPTIONS_DISABLE_APPLY"];

/** One of `TYPES.INVITE_OPTIONS_…`. */
export type InviteOption = Types[
  | "INVITE_OPTIONS_FREE_ACCESS"
  | "INVITE_OPTIONS_NEED_PERMISSION"
  | "INVITE_OPTIONS_DISABLE_INVITE"];

/** One of `TYPES.JOIN_STATUS_…`. */
export type JoinStatus = Types["JOIN_STATUS_SUCCESS" | "JOIN_STATUS_ALREADY_IN_GROUP" | "JOIN_STATUS_WAIT_APPROVAL"];

/** One of `TYPES.NET_STATE_…`. */
export type NetState = Types["NET_STATE_CONNECTED" | "NET_STATE_CONNECTING" | "NET_STATE_DISCONNECTED"];

/** One of `TYPES.KICKED_OUT_…`. */
export type KickedOut = Types["KICKED_OUT_REST_API" | "KICKED_OUT_USERSIG_EXPIRED"];
