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
} as const;

/** One of `TYPES`. */
export type GroupType = (typeof TYPES)[keyof typeof TYPES];
