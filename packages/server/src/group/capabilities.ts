import type { GroupType } from "@muster/protocol";

import type { MsgFlag } from "./group.ts";

/** What may be done to a group. */
export type Action =
  | "dismiss"
  | "changeProfile"
  | "changeOwner"
  | "setAdmins"
  | "invite"
  | "kick"
  | "mute"
  | "handleApplications"
  | "changeAttributes"
  | "manageTopics";

/**
 * How high somebody stands in a group; whoever stands higher may do whatever those below may. An administrator
 * of the app has the owner's powers in every group and some more; `Nobody` is above all.
 */
const standings = ["None", "Member", "Admin", "Owner", "Administrator", "Nobody"] as const;
export type Standing = (typeof standings)[number];

export function standsAtLeast(standing: Standing, needed: Standing): boolean {
  return standings.indexOf(standing) >= standings.indexOf(needed);
}

/**
 * What each type of group can do and who may do it: the capability matrix of the group system.
 * @see https://trtc.io/document/33529
 */
export interface Capabilities {
  /** The lowest standing that each action takes. */
  readonly needs: Readonly<Record<Action, Standing>>;
  readonly hasAdmins: boolean;
  /** Whether the server keeps a list of its members. */
  readonly keepsMembers: boolean;
  /** Whether users may come by themselves: not at all, once somebody agrees, or freely. */
  readonly joining: "closed" | "approval" | "free";
  /** Whether the owner may leave; the group is then without one. */
  readonly ownerMayQuit: boolean;
  /** Whether groups and members of this type can be brought in from elsewhere. */
  readonly canBeImported: boolean;
  /** Most members that any app may have in it. */
  readonly maxMembers: number;
  /** How a new member receives messages: with a push to those who are away, or only while online. */
  readonly msgFlag: MsgFlag;
}

const AS_MANY_AS_COME = 4_294_967_295;

export const capabilities: Readonly<Record<GroupType, Capabilities>> = {
  Work: {
    needs: {
      dismiss: "Administrator",
      changeProfile: "Member",
      changeOwner: "Owner",
      setAdmins: "Nobody",
      invite: "Member",
      kick: "Owner",
      mute: "Nobody",
      handleApplications: "Owner",
      changeAttributes: "Member",
      manageTopics: "Nobody",
    },
    hasAdmins: false,
    keepsMembers: true,
    joining: "closed",
    ownerMayQuit: true,
    canBeImported: true,
    maxMembers: 6_000,
    msgFlag: "AcceptAndNotify",
  },
  Public: {
    needs: {
      dismiss: "Owner",
      changeProfile: "Admin",
      changeOwner: "Owner",
      setAdmins: "Owner",
      invite: "Administrator",
      kick: "Admin",
      mute: "Admin",
      handleApplications: "Admin",
      changeAttributes: "Admin",
      manageTopics: "Nobody",
    },
    hasAdmins: true,
    keepsMembers: true,
    joining: "approval",
    ownerMayQuit: false,
    canBeImported: true,
    maxMembers: 6_000,
    msgFlag: "AcceptAndNotify",
  },
  Meeting: {
    needs: {
      dismiss: "Owner",
      changeProfile: "Owner",
      changeOwner: "Owner",
      setAdmins: "Owner",
      invite: "Administrator",
      kick: "Admin",
      mute: "Admin",
      handleApplications: "Admin",
      changeAttributes: "Owner",
      manageTopics: "Nobody",
    },
    hasAdmins: true,
    keepsMembers: true,
    joining: "free",
    ownerMayQuit: false,
    canBeImported: true,
    maxMembers: 6_000,
    msgFlag: "AcceptNotNotify",
  },
  AVChatRoom: {
    needs: {
      dismiss: "Owner",
      changeProfile: "Owner",
      changeOwner: "Nobody",
      setAdmins: "Nobody",
      invite: "Nobody",
      kick: "Nobody",
      mute: "Owner",
      handleApplications: "Nobody",
      changeAttributes: "Owner",
      manageTopics: "Nobody",
    },
    hasAdmins: false,
    keepsMembers: false,
    joining: "free",
    ownerMayQuit: false,
    canBeImported: false,
    maxMembers: AS_MANY_AS_COME,
    msgFlag: "AcceptNotNotify",
  },
  Community: {
    needs: {
      dismiss: "Owner",
      changeProfile: "Admin",
      changeOwner: "Owner",
      setAdmins: "Owner",
      invite: "Member",
      kick: "Admin",
      mute: "Admin",
      handleApplications: "Admin",
      changeAttributes: "Admin",
      manageTopics: "Admin",
    },
    hasAdmins: true,
    keepsMembers: true,
    joining: "free",
    ownerMayQuit: false,
    canBeImported: true,
    maxMembers: 100_000,
    msgFlag: "AcceptAndNotify",
  },
};
