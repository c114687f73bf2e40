import type { GroupType } from "@muster/protocol";

import { capabilities } from "./capabilities.ts";

/** How much of everything an app may have: what a plan of Tencent's sets. */
export interface Quantities {
  /** Most that the groups of a day may outnumber those disbanded on it. */
  readonly newGroupsPerDay: number;
  /** Most groups at a time; as many as come where it is absent. */
  readonly groups?: number | undefined;
  /** Most AVChatRooms at a time; as many as come where it is absent. */
  readonly avChatRooms?: number | undefined;
  /** Most groups that a user may be in, whoever created them. */
  readonly groupsPerUser: number;
  readonly topicsPerCommunity: number;
  /** Most members that a group may be given, the default as well. An AVChatRoom takes whoever comes. */
  readonly membersPerGroup: Readonly<Record<Exclude<GroupType, "AVChatRoom">, number>>;
}

/** Those of the highest plan that the documents know. */
export const defaultQuantities: Quantities = {
  newGroupsPerDay: 10_000,
  groupsPerUser: 5_000,
  topicsPerCommunity: 200,
  membersPerGroup: {
    Work: capabilities.Work.maxMembers,
    Public: capabilities.Public.maxMembers,
    Meeting: capabilities.Meeting.maxMembers,
    Community: capabilities.Community.maxMembers,
  },
};

/** Most members that the app's groups of a type may be given. */
export function mostMembers({ membersPerGroup }: Quantities, type: GroupType): number {
  return type === "AVChatRoom" ? capabilities.AVChatRoom.maxMembers : membersPerGroup[type];
}

/** By how much an app's groups have become more on one day. */
export interface Growth {
  /** Groups created less groups disbanded; below 0 where more were disbanded. */
  readonly net: number;
  /** Whether the app was told that most of the day's quantity is used. */
  readonly alarmed: boolean;
}

/** The part of a day's new groups whose use the app is told of, in percent. */
const ALARM_PERCENT = 70;

/** Whether so many of a day's new groups are more than the app should use without knowing. */
export function isAlarming(used: number, quota: number): boolean {
  return used * 100 > quota * ALARM_PERCENT;
}

const DAY_MS = 86_400_000;

/** The number of the day, in UTC, that a time lies in (ms since 1970). */
export function dayOf(time: number): number {
  return Math.floor(time / DAY_MS);
}
