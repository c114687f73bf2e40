import type { Clock } from "@muster/foundation";
import type { OptPlatform } from "@muster/protocol";

import type { Notice, RoomStay } from "../ports/notice-log.ts";
import type { Departure } from "../presence-board.ts";
import { createRooms } from "./rooms.ts";

/** One device of an app user that is connected and logged in. */
export interface Session {
  readonly sdkAppId: number;
  readonly userId: string;
  readonly platform: OptPlatform;
  readonly clientIp: string;
  /** When it logged in, ms since 1970. */
  readonly since: number;
  tell(notice: Notice): void;
  /** Ends the connection, because the app ended the user's sessions. */
  end(): void;
  /** Ends the connection without a word: the device comes back, and is told what it missed. */
  cut(): void;
}

/**
 * How a connection ended: closed on purpose; lost, so that the user has not been away if back within 30 s; or given up
 * because nothing had come over it for that long.
 */
export type SessionEnd = "closed" | "lost" | "silent";

/** The app users that are connected here, each with all of their devices, and the rooms that they are in. */
export interface Sessions {
  /** The platforms of a user's devices. */
  platforms(sdkAppId: number, userId: string): OptPlatform[];
  /** Ends a user's connections, as the app asked for: those that logged in before a time, where one is given. */
  kick(sdkAppId: number, userId: string, before?: number): void;
  /** Ends every connection of an app's users. */
  kickAll(sdkAppId: number): void;
  /** The users who are connected. */
  users(sdkAppId: number): string[];
  /** Whether a user is connected, or was until just now and is waited for. */
  has(sdkAppId: number, userId: string): boolean;
  /** The users of a room. */
  audience(sdkAppId: number, groupId: string): string[];
  /** Those of them whose coming and going apps are told of: the last that came. */
  newest(sdkAppId: number, groupId: string): ReadonlySet<string>;
  add(session: Session): void;
  /** A device's connection has ended. */
  remove(session: Session, end: SessionEnd): void;
  /** Tells those of the users who are connected, with all their devices. */
  tell(notice: Notice, userIds: Iterable<string>): void;
  /** Cuts every connection of an app's users. */
  cut(sdkAppId: number): void;
  /** The apps that have users here. */
  apps(): Iterable<number>;
  enterRoom(sdkAppId: number, groupId: string, userId: string, since: number): void;
  leaveRoom(sdkAppId: number, groupId: string, userIds: Iterable<string>): void;
  rooms(sdkAppId: number, userId: string): RoomStay[];
  /** Calls `listener` for those of the newest in a room who are gone with their last connection. */
  onDeparture(listener: (departure: Departure) => void): void;
  /** Calls `listener` where a user has come with another device, has one less, or is gone: `change` says how. */
  onChanged(listener: (sdkAppId: number, userId: string, change?: Departure["change"]) => void): void;
  /** From now on nobody departs: the server stops, and they will be back. */
  stop(): void;
  readonly count: number;
  /** How many of an app's users are connected. */
  userCount(sdkAppId: number): number;
}

/** Without a sign of life for so long somebody is away, in ms. */
export const AWAY_AFTER = 30_000;

interface User {
  readonly devices: Set<Session>;
  /** Calls off the departure of a user without devices. */
  stay: () => void;
}

export function createSessions(clock: Clock): Sessions {
  const apps = new Map<number, Map<string, User>>();
  const rooms = createRooms();
  const departed: ((departure: Departure) => void)[] = [];
  const changed: ((sdkAppId: number, userId: string, change?: Departure["change"]) => void)[] = [];
  const userCounts = new Map<number, number>();
  let count = 0;
  let isStopped = false;

  function userOf(sdkAppId: number, userId: string): User {
    const users = apps.get(sdkAppId) ?? new Map<string, User>();
    apps.set(sdkAppId, users);
    const user = users.get(userId) ?? { devices: new Set(), stay: () => undefined };
    users.set(userId, user);
    return user;
  }

  function tellChanged(sdkAppId: number, userId: string, change?: Departure["change"]): void {
    for (const listener of changed) listener(sdkAppId, userId, change);
  }

  /** A user has come, or one whose last device is gone has left. */
  function countUser(sdkAppId: number, change: 1 | -1): void {
    userCounts.set(sdkAppId, (userCounts.get(sdkAppId) ?? 0) + change);
  }

  function depart(sdkAppId: number, userId: string, change: Departure["change"]): void {
    const users = apps.get(sdkAppId);
    users?.delete(userId);
    if (users?.size === 0) apps.delete(sdkAppId);
    for (const [groupId] of rooms.of(sdkAppId, userId)) {
      const isSeen = rooms.newest(sdkAppId, groupId).has(userId);
      rooms.leave(sdkAppId, groupId, [userId]);
      if (isSeen) for (const listener of departed) listener({ sdkAppId, userId, groupId, change });
    }
    tellChanged(sdkAppId, userId, change);
  }

  function departLater(sdkAppId: number, userId: string): void {
    if (isStopped) return;
    const goes = (): void => depart(sdkAppId, userId, "HeartbeatInterrupt");
    userOf(sdkAppId, userId).stay = clock.after(AWAY_AFTER, goes);
    tellChanged(sdkAppId, userId);
  }

  return {
    add(session) {
      const user = userOf(session.sdkAppId, session.userId);
      user.stay();
      if (user.devices.size === 0) countUser(session.sdkAppId, 1);
      user.devices.add(session);
      count += 1;
      tellChanged(session.sdkAppId, session.userId);
    },
    remove(session, end) {
      const { sdkAppId, userId } = session;
      const user = apps.get(sdkAppId)?.get(userId);
      if (!user?.devices.delete(session)) return;
      count -= 1;
      if (user.devices.size === 0) countUser(sdkAppId, -1);
      if (isStopped) return;
      if (user.devices.size > 0) tellChanged(sdkAppId, userId);
      else if (end === "lost" && rooms.of(sdkAppId, userId).length > 0) departLater(sdkAppId, userId);
      else depart(sdkAppId, userId, end === "closed" ? "Quit" : "HeartbeatInterrupt");
    },
    tell(notice, userIds) {
      const users = apps.get(notice.sdkAppId);
      if (!users) return;
      for (const userId of userIds) for (const session of users.get(userId)?.devices ?? []) session.tell(notice);
    },
    platforms: (sdkAppId, userId) =>
      [...(apps.get(sdkAppId)?.get(userId)?.devices ?? [])].map(({ platform }) => platform),
    kick(sdkAppId, userId, before = Infinity) {
      for (const session of apps.get(sdkAppId)?.get(userId)?.devices ?? []) if (session.since < before) session.end();
    },
    kickAll(sdkAppId) {
      for (const { devices } of apps.get(sdkAppId)?.values() ?? []) for (const session of devices) session.end();
    },
    has: (sdkAppId, userId) => apps.get(sdkAppId)?.has(userId) ?? false,
    cut(sdkAppId) {
      for (const { devices } of apps.get(sdkAppId)?.values() ?? []) for (const session of devices) session.cut();
    },
    users: (sdkAppId) =>
      [...(apps.get(sdkAppId) ?? [])].filter(([, { devices }]) => devices.size > 0).map(([userId]) => userId),
    apps: () => apps.keys(),
    enterRoom(sdkAppId, groupId, userId, since) {
      rooms.enter(sdkAppId, groupId, userId, since);
      // Whose last connection has ended while this was under way.
      if (!apps.get(sdkAppId)?.has(userId)) departLater(sdkAppId, userId);
    },
    leaveRoom: rooms.leave,
    rooms: rooms.of,
    audience: rooms.audience,
    newest: rooms.newest,
    onDeparture: (listener) => {
      departed.push(listener);
    },
    onChanged: (listener) => {
      changed.push(listener);
    },
    stop() {
      isStopped = true;
      for (const users of apps.values()) for (const { stay } of users.values()) stay();
    },
    userCount: (sdkAppId) => userCounts.get(sdkAppId) ?? 0,
    get count() {
      return count;
    },
  };
}
