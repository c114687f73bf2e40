import type { Clock } from "@muster/foundation";
import type { OptPlatform } from "@muster/protocol";

import type { PresenceChange } from "../group/group-events.ts";
import type { Notice, Presence, RoomStay } from "../ports.ts";
import { createRooms } from "./rooms.ts";

/** One device of an app user that is connected and logged in. */
export interface Session {
  readonly sdkAppId: number;
  readonly userId: string;
  readonly platform: OptPlatform;
  readonly clientIp: string;
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

/** A user who is in a room no more, because the last connection has ended. */
export interface Departure {
  readonly sdkAppId: number;
  readonly userId: string;
  readonly groupId: string;
  readonly change: Extract<PresenceChange, "Quit" | "HeartbeatInterrupt">;
}

/** The app users that are connected here, each with all of their devices, and the rooms that they are in. */
export interface Sessions extends Presence {
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
  /** From now on nobody departs: the server stops, and they will be back. */
  stop(): void;
  readonly count: number;
  /** How many of an app's users are connected. */
  userCount(sdkAppId: number): number;
}

/** Without a sign of life for so long somebody is away, in ms. */
const AWAY_AFTER = 30_000;

interface User {
  readonly devices: Set<Session>;
  /** Calls off the departure of a user without devices. */
  stay: () => void;
}

export function createSessions(clock: Clock): Sessions {
  const apps = new Map<number, Map<string, User>>();
  const rooms = createRooms();
  const departed: ((departure: Departure) => void)[] = [];
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
  }

  function departLater(sdkAppId: number, userId: string): void {
    if (isStopped) return;
    const goes = (): void => depart(sdkAppId, userId, "HeartbeatInterrupt");
    userOf(sdkAppId, userId).stay = clock.after(AWAY_AFTER, goes);
  }

  return {
    add(session) {
      const user = userOf(session.sdkAppId, session.userId);
      user.stay();
      if (user.devices.size === 0) countUser(session.sdkAppId, 1);
      user.devices.add(session);
      count += 1;
    },
    remove(session, end) {
      const { sdkAppId, userId } = session;
      const user = apps.get(sdkAppId)?.get(userId);
      if (!user?.devices.delete(session)) return;
      count -= 1;
      if (user.devices.size === 0) countUser(sdkAppId, -1);
      if (user.devices.size > 0 || isStopped) return;
      if (end === "lost" && rooms.of(sdkAppId, userId).length > 0) departLater(sdkAppId, userId);
      else depart(sdkAppId, userId, end === "closed" ? "Quit" : "HeartbeatInterrupt");
    },
    tell(notice, userIds) {
      const users = apps.get(notice.sdkAppId);
      if (!users) return;
      for (const userId of userIds) for (const session of users.get(userId)?.devices ?? []) session.tell(notice);
    },
    platforms: (sdkAppId, userId) =>
      [...(apps.get(sdkAppId)?.get(userId)?.devices ?? [])].map(({ platform }) => platform),
    kick(sdkAppId, userId) {
      for (const session of apps.get(sdkAppId)?.get(userId)?.devices ?? []) session.end();
    },
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
