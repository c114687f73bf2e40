import type { Application, Fields, Group, Member, Topic } from "./group.ts";

/**
 * What has happened to a group, or to the app as a whole. Commands return these; callbacks and the notices to app
 * users are both made from them. `group` is the group as it is afterwards, or as it was where it is gone.
 */
export type GroupEvent =
  | GroupCreated
  | GroupDestroyed
  | GroupInfoChanged
  | OwnerChanged
  | MembersJoined
  | MembersLeft
  | GroupFull
  | ApplicationsMade
  | ApplicationHandled
  | MemberChanged
  | AttributesChanged
  | TopicCreated
  | TopicChanged
  | TopicsDeleted
  | DailyQuotaAlarm
  | PresenceChanged
  | TextSent;

export interface GroupCreated {
  readonly kind: "group-created";
  readonly group: Group;
  /** The members that the creator named, in that order; the owner is not among them. */
  readonly initialMembers: readonly string[];
}

export interface GroupDestroyed {
  readonly kind: "group-destroyed";
  readonly group: Group;
  /** Everybody who was a member, the owner first, then in order of joining. */
  readonly members: readonly string[];
}

/** The texts of a group's or topic's profile whose change is told; only the changed ones are there. */
export interface ProfileTexts {
  readonly name?: string;
  readonly introduction?: string;
  readonly notification?: string;
  readonly faceUrl?: string;
}

export interface GroupInfoChanged {
  readonly kind: "group-info-changed";
  readonly group: Group;
  readonly changed: ProfileTexts;
}

export interface OwnerChanged {
  readonly kind: "owner-changed";
  readonly group: Group;
  readonly oldOwner: string;
}

export interface MembersJoined {
  readonly kind: "members-joined";
  readonly group: Group;
  readonly userIds: readonly string[];
  readonly how: "Apply" | "Invited";
  /** Whether those concerned are told; the callback comes in any case. */
  readonly silent: boolean;
  /** An application or invitation was accepted that had waited: the app was asked when it was made. */
  readonly hadWaited?: true;
}

export interface MembersLeft {
  readonly kind: "members-left";
  readonly group: Group;
  readonly userIds: readonly string[];
  readonly how: "Kicked" | "Quit";
  readonly silent: boolean;
}

export interface GroupFull {
  readonly kind: "group-full";
  readonly group: Group;
}

/** Somebody applied, or users were invited, and now wait. The app is asked, but not told: nobody has joined yet. */
export interface ApplicationsMade {
  readonly kind: "applications-made";
  readonly group: Group;
  /** One by the applicant, or those of one invitation. */
  readonly applications: readonly Application[];
}

export interface ApplicationHandled {
  readonly kind: "application-handled";
  readonly group: Group;
  readonly application: Application;
  readonly accepted: boolean;
  /** What whoever decided has to say. */
  readonly note: string;
}

export interface MemberChanged {
  readonly kind: "member-changed";
  readonly group: Group;
  /** The member as it is afterwards. */
  readonly member: Member;
  /** What of it has changed. */
  readonly changed: { readonly role?: "Admin" | "Member"; readonly nameCard?: string };
}

export interface AttributesChanged {
  readonly kind: "attributes-changed";
  readonly group: Group;
  readonly how: "set" | "modify" | "delete" | "clear";
  /** The attributes named, or those that were there before a `clear`. */
  readonly attributes: Fields;
  /** All that there are afterwards. */
  readonly after: Fields;
}

export interface TopicCreated {
  readonly kind: "topic-created";
  readonly group: Group;
  readonly topic: Topic;
}

export interface TopicChanged {
  readonly kind: "topic-changed";
  readonly group: Group;
  readonly topic: Topic;
  readonly changed: ProfileTexts;
}

export interface TopicsDeleted {
  readonly kind: "topics-deleted";
  readonly group: Group;
  readonly topicIds: readonly string[];
}

/** Most of the new groups that the app may have on one day are used. Only the app itself is told. */
export interface DailyQuotaAlarm {
  readonly kind: "daily-quota-alarm";
  /** Groups created less groups disbanded on this day. */
  readonly used: number;
  readonly quota: number;
}

/** Users came online in a group that keeps no members, or went offline. */
export interface PresenceChanged {
  readonly kind: "presence-changed";
  readonly group: Group;
  readonly userIds: readonly string[];
  readonly change: PresenceChange;
}

/** Coming on the first device and leaving on the last; a connection that is lost for good, and one that is back. */
export type PresenceChange = "Join" | "Quit" | "HeartbeatInterrupt" | "HeartbeatRecover";

/** The app's backend sent a text to a group. */
export interface TextSent {
  readonly kind: "text-sent";
  readonly group: Group;
  readonly text: string;
  /** The topic in which it is shown; absent where it is the whole group's. */
  readonly topicId?: string;
  /** The members who get it; all where it is absent. */
  readonly userIds?: readonly string[];
}
