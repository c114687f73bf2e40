import type { Account, Application, Ban, Fields, Group, Member, Mute, Role, Topic } from "../group/group.ts";
import type { Growth } from "../group/quantities.ts";
import type { NewNotice } from "./notice-log.ts";
import type { NewCallback } from "./outbox.ts";

/** Reading one app's groups: what is committed, or inside `Store.write` what that work has changed as well. */
export interface GroupReads {
  /** Those of the users who have no account in the app, in the order given. */
  missingAccounts(userIds: readonly string[]): Promise<string[]>;
  /** UserSigs of the user that were signed before this time are void: seconds since 1970, 0 where none are. */
  kickedAt(userId: string): Promise<number>;
  group(groupId: string): Promise<Group | undefined>;
  /** Groups in the order of their creation, from behind a place in it; `next` is the place of the last one. */
  groupPage(query: { type?: string; after: number; limit: number }): Promise<{ groupIds: string[]; next: number }>;
  groupCount(type?: string): Promise<number>;
  /** By how much the groups have become more on a day (its number since 1970), if it is the last that was counted. */
  growth(day: number): Promise<Growth>;
  /** The groups that a user is a member of, in order of joining. */
  joinedGroups(userId: string): Promise<JoinedGroup[]>;
  /** Those of the users who are members of at least so many groups, in the order given. */
  usersInGroups(userIds: readonly string[], atLeast: number): Promise<string[]>;
  /** The groups that a user owns, also those that keep no members, in order of creation. */
  ownedGroups(userId: string): Promise<Group[]>;
  /** The owner first, then in order of joining. */
  members(groupId: string): Promise<Member[]>;
  /** The same, their ids alone. */
  memberIds(groupId: string): Promise<string[]>;
  /** Members in order of joining, from behind a place in it; `next` is the place of the last one. */
  memberPage(groupId: string, query: MemberQuery): Promise<{ members: Member[]; next: number }>;
  member(groupId: string, userId: string): Promise<Member | undefined>;
  memberCount(groupId: string): Promise<number>;
  /** Those of the users who are members. */
  membersAmong(groupId: string, userIds: readonly string[]): Promise<string[]>;
  /** Members who are muted at a time (seconds since 1970). */
  mutedMembers(groupId: string, now: number): Promise<Member[]>;
  /**
   * Mutes that have not run out at a time (seconds since 1970), in the order of the users' ids: in one topic, or with
   * an empty topic's id those in a group that keeps no members.
   */
  mutes(groupId: string, topicId: string, now: number): Promise<Mute[]>;
  /** Until when a user is muted in a group's topics, in seconds since 1970, by their ids. */
  mutesOf(groupId: string, userId: string): Promise<ReadonlyMap<string, number>>;
  /** Bans that have not run out at a time (seconds since 1970), in the order of the users' ids. */
  bans(groupId: string, now: number, limit: number, offset: number): Promise<Ban[]>;
  /** Those that wait, in the order in which they were made. */
  applications(groupId: string): Promise<Application[]>;
  application(groupId: string, userId: string): Promise<Application | undefined>;
  /** Whether a user is banned at a time (seconds since 1970). */
  isBanned(groupId: string, userId: string, now: number): Promise<boolean>;
  attributes(groupId: string): Promise<Fields>;
  /** In order of creation. */
  topics(groupId: string): Promise<Topic[]>;
  topic(groupId: string, topicId: string): Promise<Topic | undefined>;
  topicCount(groupId: string): Promise<number>;
}

export interface MemberQuery {
  readonly roles?: readonly Role[];
  /** A place in the order of joining, 0 for the beginning. */
  readonly after: number;
  /** How many to pass over behind that place. */
  readonly offset: number;
  readonly limit: number;
}

/** A group as one of its members sees it. */
export interface JoinedGroup {
  readonly group: Group;
  readonly member: Member;
}

/** Changing one app's groups inside a transaction. */
export interface GroupWrites extends GroupReads {
  /** Adds the account, or changes the profile of the one that is there. */
  putAccount(account: Account): Promise<void>;
  /** Removes the account with its applications; whether there was one. Its memberships are the caller's to end. */
  removeAccount(userId: string): Promise<boolean>;
  /** Makes UserSigs void that were signed before a time (seconds since 1970). */
  setKickedAt(userId: string, time: number): Promise<void>;
  addGroup(group: Group, members?: readonly Member[]): Promise<void>;
  /** Replaces the group of the same id by what it has become. */
  changeGroup(group: Group): Promise<void>;
  addMembers(groupId: string, members: readonly Member[]): Promise<void>;
  changeMember(groupId: string, member: Member): Promise<void>;
  /** Removes members with their mutes in topics. */
  removeMembers(groupId: string, userIds: readonly string[]): Promise<void>;
  /** Mutes users where `mutes` tells of it, or changes until when they are; 0 lifts the mute. */
  setMutes(groupId: string, topicId: string, mutes: readonly Mute[]): Promise<void>;
  /** Bans users, or changes until when they are; 0 lifts the ban. */
  setBans(groupId: string, bans: readonly Ban[]): Promise<void>;
  /** Adds an application; of one user to one group only the last stays. */
  putApplication(application: Application): Promise<void>;
  removeApplication(groupId: string, userId: string): Promise<void>;
  /** Replaces all attributes. */
  setAttributes(groupId: string, attributes: Fields): Promise<void>;
  /** Removes the group with all that belongs to it. The number of its last callback stays. */
  removeGroup(groupId: string): Promise<void>;
  addTopic(topic: Topic): Promise<void>;
  changeTopic(topic: Topic): Promise<void>;
  removeTopic(groupId: string, topicId: string): Promise<void>;
  /** Counts groups that have become more, or less, on a day; never one before the last that was counted. */
  addGrowth(day: number, by: number): Promise<void>;
  /** Notes that the app is told of the day's growth; whether it was not before. */
  raiseAlarm(day: number): Promise<boolean>;
  /** Puts a callback into the outbox under the next number of its lane. */
  enqueue(callback: NewCallback): Promise<void>;
  /** Whether the app's users have devices that may ask for what they missed; for others nothing is kept. */
  readonly hasListeners: boolean;
  /** Keeps what those concerned are told, under the next position. */
  addNotice(notice: NewNotice): Promise<void>;
}

/** The groups of all apps, kept. */
export interface Store {
  read(sdkAppId: number): GroupReads;
  /**
   * Runs `work` in a transaction and resolves once that is on disk. Throwing undoes it. `work` may await
   * nothing but the transaction, and is run anew where another node's transaction came in its way. What it has read of
   * a group stays so until it is over; what it counts of an app or a user may become more meanwhile.
   */
  write<T>(sdkAppId: number, work: (tx: GroupWrites) => Promise<T>, plan?: WritePlan): Promise<T>;
}

/** What is known of work before it is run. */
export interface WritePlan {
  /** It touches one group, reads all before it writes, and is likely to be one of many: those can be written together. */
  readonly sharesCommit?: boolean;
}
