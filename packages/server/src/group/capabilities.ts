import type { GroupType } from "@muster/protocol";

/**
 * What each type of group can do and who may do it: the capability matrix of the group system.
 * @see https://trtc.io/document/33529
 */
export interface Capabilities {
  /** Whether an app user may disband it, and who; the app's administrators always may. */
  readonly dismissedBy: "owner" | "administrators";
  readonly hasAdmins: boolean;
  /** Whether the server keeps a list of its members. */
  readonly keepsMembers: boolean;
  /** Most members that it may be given, the default as well. */
  readonly maxMembers: number;
}

const AS_MANY_AS_COME = 4_294_967_295;

export const capabilities: Readonly<Record<GroupType, Capabilities>> = {
  Work: { dismissedBy: "administrators", hasAdmins: false, keepsMembers: true, maxMembers: 6_000 },
  Public: { dismissedBy: "owner", hasAdmins: true, keepsMembers: true, maxMembers: 6_000 },
  Meeting: { dismissedBy: "owner", hasAdmins: true, keepsMembers: true, maxMembers: 6_000 },
  AVChatRoom: { dismissedBy: "owner", hasAdmins: false, keepsMembers: false, maxMembers: AS_MANY_AS_COME },
  Community: { dismissedBy: "owner", hasAdmins: true, keepsMembers: true, maxMembers: 100_000 },
};

/** Most topics of a community. */
export const MAX_TOPICS = 200;
