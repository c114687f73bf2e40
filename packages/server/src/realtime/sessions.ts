import type { NoticeFrame, OptPlatform } from "@muster/protocol";

import type { Presence } from "../ports.ts";
import { createRooms } from "./rooms.ts";

/** One device of an app user that is connected and logged in. */
export interface Session {
  readonly sdkAppId: number;
  readonly userId: string;
  readonly platform: OptPlatform;
  readonly clientIp: string;
  notify(frame: NoticeFrame): void;
  /** Ends the connection, because the app ended the user's sessions. */
  end(): void;
}

/** The app users that are connected here, each with all of their devices. */
export interface Sessions extends Presence {
  add(session: Session): void;
  remove(session: Session): void;
  notify(sdkAppId: number, userIds: Iterable<string>, frame: NoticeFrame): void;
  readonly count: number;
}

export function createSessions(): Sessions {
  const apps = new Map<number, Map<string, Set<Session>>>();
  const rooms = createRooms();
  let count = 0;
  function notify(sdkAppId: number, userIds: Iterable<string>, frame: NoticeFrame): void {
    const users = apps.get(sdkAppId);
    if (!users) return;
    for (const userId of userIds) for (const session of users.get(userId) ?? []) session.notify(frame);
  }

  return {
    add(session) {
      const users = apps.get(session.sdkAppId) ?? new Map<string, Set<Session>>();
      apps.set(session.sdkAppId, users);
      const devices = users.get(session.userId) ?? new Set<Session>();
      users.set(session.userId, devices);
      devices.add(session);
      count += 1;
    },
    remove(session) {
      const users = apps.get(session.sdkAppId);
      const devices = users?.get(session.userId);
      if (!users || !devices?.delete(session)) return;
      count -= 1;
      if (devices.size === 0) {
        users.delete(session.userId);
        rooms.leaveAll(session.sdkAppId, session.userId);
      }
      if (users.size === 0) apps.delete(session.sdkAppId);
    },
    platforms(sdkAppId, userId) {
      return [...(apps.get(sdkAppId)?.get(userId) ?? [])].map(({ platform }) => platform);
    },
    kick(sdkAppId, userId) {
      for (const session of apps.get(sdkAppId)?.get(userId) ?? []) session.end();
    },
    notifyText(sdkAppId, userIds, groupId, text) {
      notify(sdkAppId, userIds, { event: "systemNotification", body: { groupId, text } });
    },
    enterRoom(sdkAppId, groupId, userId) {
      // Whose last connection has ended meanwhile is nowhere.
      if (apps.get(sdkAppId)?.has(userId)) rooms.enter(sdkAppId, groupId, userId);
    },
    leaveRoom: rooms.leave,
    audience: rooms.audience,
    users(sdkAppId) {
      return [...(apps.get(sdkAppId)?.keys() ?? [])];
    },
    notify,
    get count() {
      return count;
    },
  };
}
