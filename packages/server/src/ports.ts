import type { CallbackCommand, NoticeFrame, OptPlatform } from "@muster/protocol";

import type { App, Destination } from "./app-settings.ts";
import type { Context } from "./context.ts";
import type { GroupEvent } from "./group/group-events.ts";
import type { Growth } from "./group/quantities.ts";
import type { Account, Application, Ban, Fields, Group, Member, Mute, Role, Topic } from "./group/group.ts";

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

/** What app users are told of something that has happened. */
export interface NewNotice {
  readonly groupId: string;
  /**
   * Who is told: the `members` that the group has then, those who come and go with it included; whoever is in the
   * `room`, where the group keeps no members; or only the `users`.
   */
  readonly audience: "members" | "room" | "users";
  /** Who is told whatever else they are. */
  readonly users: readonly string[];
  readonly frame: NoticeFrame;
  /** ms since 1970 */
  readonly at: number;
}

/** A notice that is kept. */
export interface Notice extends NewNotice {
  readonly sdkAppId: number;
  /** Its place in the order of what happened in its app. */
  readonly position: number;
  /** The position of the first notice of the same command. */
  readonly change: number;
  /** Another node has committed it. */
  readonly elsewhere?: true;
}

/** What a device is told of what it missed: nothing where that is not all there any more, or too much. */
export type Missed =
  | { readonly complete: true; readonly frames: readonly NoticeFrame[] }
  | { readonly complete: false; readonly position: number };

/** A room that a user is in, and the position from which on: what happened in it later is for the user. */
export type RoomStay = readonly [groupId: string, since: number];

/** What app users are told, kept in order for devices that are away. All times in ms since 1970. */
export interface NoticeLog {
  /**
   * Calls `listener` with notices in the order of their positions: those of this node before whoever wrote them knows
   * that they are on disk, those of other nodes soon after.
   */
  onCommitted(listener: (added: readonly Notice[]) => void): void;
  /** From now on the app's notices are kept. */
  listen(sdkAppId: number, now: number): Promise<void>;
  /** The position of the last one of an app. */
  position(sdkAppId: number): Promise<number>;
  /** Those whom a notice with the audience `members` concerned, as far as they are among the users, and perhaps others. */
  recipients(notice: Notice, users: readonly string[]): Promise<readonly string[]>;
  /** What a user was told after a position, in order, if it is `limit` at the most. */
  missed(sdkAppId: number, userId: string, after: number, rooms: readonly RoomStay[], limit: number): Promise<Missed>;
  /** Whether a user was told, after a position, of having left a group that keeps no members, or of its end. */
  hasLeft(sdkAppId: number, userId: string, groupId: string, after: number): Promise<boolean>;
  /** Forgets some of what is older than a time; whether there may be more of it. */
  forget(before: number): Promise<boolean>;
}

/** A callback on its way into the outbox. */
export interface NewCallback {
  /** The same on every attempt; letters, digits, `-` and `_`. */
  readonly id: string;
  /** The callbacks of one lane are numbered and delivered in order: a group's id, or `""` for the app itself. */
  readonly lane: string;
  readonly command: CallbackCommand;
  /** The body as it will be sent. */
  readonly body: string;
  readonly clientIp: string;
  readonly platform: OptPlatform;
  /** When it happened, ms since 1970. */
  readonly acceptedAt: number;
  /** The trace that its attempts belong to, where there is one. */
  readonly traceparent?: string | undefined;
  /** The callback that is delivered once more, in a lane of its own. */
  readonly replayOf?: Original;
}

/** The callback that a replay delivers once more. */
export interface Original {
  readonly position: number;
  /** Its number within its own lane, which the replay carries too. */
  readonly sequence: number;
}

/** A callback in the outbox that waits for its delivery. */
export interface PendingCallback extends NewCallback {
  readonly sdkAppId: number;
  /** Its place in the outbox: names it to the outbox. */
  readonly position: number;
  /** Its number within the lane: 1, 2, 3 … */
  readonly sequence: number;
  /** Attempts made so far: only a lane's head, as `Outbox.dueLanes` gives it, can have had any. */
  readonly attempts: number;
  /** When the first of them was, ms since 1970. */
  readonly firstAttemptAt?: number;
}

/** How one attempt went. */
export interface Attempt {
  /** 1 for the first. */
  readonly number: number;
  /** ms since 1970. */
  readonly startedAt: number;
  readonly durationMs: number;
  /** `delivered`, or the class of what went wrong. */
  readonly outcome: AttemptOutcome;
  /** The HTTP status, where there was one. */
  readonly status?: number;
  /** `ErrorCode` of the answer, where it had one. For after-callbacks it changes nothing. */
  readonly code?: number;
  /** The first 4 KiB of the answer, where there was one. */
  readonly answer?: string;
  /** What went wrong, in words. */
  readonly error?: string;
  /** How long the endpoint asked to be left alone (`Retry-After`), in ms; not kept. */
  readonly retryAfterMs?: number;
}

/** How attempts end; the guide to deliveries explains them. */
export const attemptOutcomes = [
  "delivered",
  "dns",
  "forbidden-address",
  "refused",
  "connect-timeout",
  "tls",
  "reset",
  "headers-timeout",
  "body-timeout",
  "too-large",
  "status",
  "not-json",
  "other",
] as const;

/** `delivered`, or the class of what went wrong. */
export type AttemptOutcome = (typeof attemptOutcomes)[number];

/** What becomes of a callback after an attempt. */
export interface Settlement {
  readonly callback: PendingCallback;
  readonly attempt: Attempt;
  /** `pending` stays at the head of its lane until `retryAt` (ms since 1970). */
  readonly state: "delivered" | "dead" | { readonly pending: true; readonly retryAt: number };
}

/**
 * Why a lane has something to deliver: its head was never tried, has failed before, or is delivered again because
 * somebody asked for it. Each kind has its own share of the attempts, so that none waits behind another.
 */
export type LaneKind = "fresh" | "retrying" | "replay";

/** What delivering has in memory, however much there is to be delivered. */
export interface InMemory {
  /** Lanes of each kind. */
  readonly lanes: Readonly<Record<LaneKind, number>>;
  /** Results of attempts that are not on disk yet. */
  readonly unwritten: number;
}

/** A lane with something to deliver. */
export interface DueLane {
  readonly lane: string;
  /** The number of the last callback there is. */
  readonly last: number;
  /** The first that is pending. */
  readonly head: PendingCallback;
}

/** How many callbacks an app has in each state; `accepted` is the sum of the other four. */
export interface Ledger {
  readonly sdkAppId: number;
  readonly accepted: number;
  readonly delivered: number;
  readonly pending: number;
  readonly dead: number;
  readonly cancelled: number;
}

/** What the dispatcher needs of the outbox. All times in ms since 1970. */
export interface Outbox {
  /**
   * Calls `listener` after each commit, synchronously, with the callbacks that it added, in order, as far as they are
   * this node's to deliver. Commits on several connections may be told of in another order than they were made.
   */
  onCommitted(listener: (added: readonly CommittedCallback[]) => void): void;
  /** Lanes of a kind whose head is due by `now`, the longest due first; a fresh one is due whatever the clock says. */
  dueLanes(sdkAppId: number, kind: LaneKind, now: number, limit: number): Promise<DueLane[]>;
  /** When the next lane after `now` will be due. */
  nextDue(sdkAppId: number, now: number): Promise<number | undefined>;
  /** Of so many lanes the pending callbacks are best asked for in one go: where asking costs as much as what is read. */
  readonly readTogether: number;
  /** A lane's pending callbacks after a number, in order; fewer than `limit` where they are long. */
  pending(sdkAppId: number, lane: string, after: number, limit: number): Promise<PendingCallback[]>;
  /**
   * Stores attempts and what becomes of their callbacks, those of a lane in order; resolves once it is on disk. Of lanes
   * that are not this node's any more nothing is stored.
   */
  settle(settlements: readonly Settlement[], now: number): Promise<void>;
  /** Apps that have something pending. */
  appsWithPending(): Promise<number[]>;
  /** Makes due now what was put off to a later time. */
  hasten(sdkAppId: number, now: number): Promise<void>;
  /** Gives up what an app has pending, because there is nowhere left to send it. */
  cancelPending(sdkAppId: number, now: number): Promise<number>;
  ledger(): Promise<Ledger[]>;
}

/** Which lanes are this node's to deliver, where several nodes share a store. With one they all are, for ever. */
export interface Ownership {
  /** Whether a lane is this node's at this moment. */
  delivers(sdkAppId: number, lane: string): boolean;
  /** Which part of all lanes is this node's, up to 1. */
  part(): number;
  /** Calls `listener` where there may be more to deliver for an app: another node committed it, or has given it up. */
  onWoken(listener: (sdkAppId: number) => void): void;
  /**
   * Calls `listener` when lanes stop being this node's. What it returns resolves when nothing of them is under way any
   * more, and all results are written; it is waited for a while, if there is time.
   */
  onLeaving(listener: (leaves: (sdkAppId: number, lane: string) => boolean) => Promise<void>): void;
}

/** An app's endpoint that is not sent to, or only now and then, because it failed. All times in ms since 1970. */
export interface EndpointState {
  readonly sdkAppId: number;
  readonly failingSince: number;
  /** How often in a row it was found failing. */
  readonly openings: number;
  /** What went wrong the last time. */
  readonly outcome: AttemptOutcome;
  /** When it is tried again; `undefined` where somebody has to say that it is back. */
  readonly until: number | undefined;
}

/** The states of endpoints, kept. */
export interface EndpointStates {
  all(): Promise<EndpointState[]>;
  put(state: EndpointState): Promise<void>;
  remove(sdkAppId: number): Promise<void>;
  /** Puts off when the endpoint is tried again, if the state is still that one; whether it was. */
  claim(state: EndpointState, until: number): Promise<boolean>;
}

/** A callback that was just committed; `isHead` where everything before it in its lane is settled. */
export interface CommittedCallback {
  readonly callback: PendingCallback;
  readonly isHead: boolean;
}

/** What an app said when it was asked. */
export type BeforeVerdict =
  | {
      readonly allowed: true;
      /** Of those who were to be added, the ones whom the app does not want. */
      readonly refusedMembers: readonly string[];
    }
  | { readonly allowed: false; readonly refusal: { readonly code: number; readonly info: string } };

/** Asking an app before something is done. */
export interface BeforeHooks {
  /** Whether the app has switched on any before-callback. */
  isAsked(app: App): boolean;
  /** Asks about an event that is about to happen. Never throws, and never asks twice. */
  ask(context: Context, event: GroupEvent): Promise<BeforeVerdict>;
}

/** App users' devices that are connected, to whichever node. */
export interface Presence {
  /** The platforms of users' devices; of those alone who are connected. */
  platforms(sdkAppId: number, userIds: readonly string[]): Promise<ReadonlyMap<string, readonly OptPlatform[]>>;
  /** Ends a user's connections, as the app asked for. */
  kick(sdkAppId: number, userId: string): void;
  /** How many users are in a group that keeps no members. */
  headCount(sdkAppId: number, groupId: string): Promise<number>;
  /** Which of the users are in a group that keeps no members. */
  among(sdkAppId: number, groupId: string, userIds: readonly string[]): Promise<InRoom>;
}

/** Users who are in a group that keeps no members. */
export interface InRoom {
  readonly audience: readonly string[];
  /** Those of them whose coming and going apps are told of: the last that came to the group. */
  readonly newest: ReadonlySet<string>;
}

/** What is kept of an app beyond the configuration file. */
export interface AppRecord {
  readonly sdkAppId: number;
  /** What the kept changes are made to: the app of the configuration file, or nothing. */
  readonly base: "file" | "none";
  /** The changes, encrypted. */
  readonly sealed: string;
}

/**
 * Where an app is on its way between stores: it is coming, and a part of it is here; all of it is there, and nobody has
 * known it here yet; it is leaving for another store, or has left.
 */
export type AppMove = "coming" | "there" | "leaving";

/** The changes to apps that were made while the server ran, kept. */
export interface AppRecords {
  all(): Promise<AppRecord[]>;
  /**
   * Replaces the app's record that is sealed as `before`, or adds one where there is none; resolves once it is on disk.
   * Whether that was still so: another node may have changed the app.
   */
  put(record: AppRecord, before: string | undefined): Promise<boolean>;
  /** Removes the app's record, if it is still sealed as `before`; whether it was. */
  remove(sdkAppId: number, before: string): Promise<boolean>;
  /** The apps that are not simply here. Those that were leaving and whose move has ended before its time are not among them. */
  moves(): Promise<ReadonlyMap<number, AppMove>>;
  /** An app that has come is known here from now on, like any other. */
  settled(sdkAppId: number): Promise<void>;
}

/** Who is signed in to the console, kept where all nodes find it: by what tells of the sessions' ids without being them. */
export interface SessionRecords {
  /** Adds one that ends at a time; those that are over at `now`, and the oldest beyond `most`, make room. */
  add(session: { readonly digest: string; readonly expiresAt: number }, now: number, most: number): Promise<void>;
  /** When a session ends, ms since 1970; `undefined` where there is none. */
  expiryOf(digest: string): Promise<number | undefined>;
  remove(digest: string): Promise<void>;
}

/** What is looked at when a callback URL is verified, in this order. */
export const verificationSteps = [
  "url",
  "name",
  "address",
  "connection",
  "tls",
  "answer",
  "status",
  "json",
  "code",
  "sign",
] as const;

/** What was found at one step of a verification. */
export interface Finding {
  readonly step: (typeof verificationSteps)[number];
  /** `unknown` where what failed later does not tell how far it came. */
  readonly verdict: "passed" | "noted" | "failed" | "unknown" | "not reached";
  /** What was found, in words. */
  readonly message: string;
  /** What to do about it. */
  readonly remedy?: string;
}

/** What came of calling a callback URL once. */
export interface Verification {
  /** Whether a callback would have been delivered. */
  readonly ok: boolean;
  readonly url: string;
  /** The callback that was sent. */
  readonly command: CallbackCommand;
  /** Whether it carried `Sign` and `RequestTime`. */
  readonly signed: boolean;
  readonly findings: readonly Finding[];
  /** How the call went; absent where none was made. */
  readonly attempt?: Pick<Attempt, "durationMs" | "outcome" | "status" | "code" | "answer">;
}

/** Tries callback URLs out. */
export interface CallbackVerifier {
  /**
   * Calls the URL once, with a callback about a group that cannot exist, and explains what happened. Never throws.
   * @param callback the app's settings, or others that are only tried
   */
  verify(app: App, callback: Destination, clientIp: string): Promise<Verification>;
}
