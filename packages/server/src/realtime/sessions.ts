import type { NoticeFrame, OptPlatform } from "@muster/protocol";

/** One device of an app user that is connected and logged in. */
export interface Session {
  readonly sdkAppId: number;
  readonly userId: string;
  readonly platform: OptPlatform;
  readonly clientIp: string;
  notify(frame: NoticeFrame): void;
}

/** The app users that are connected here, each with all of their devices. */
export interface Sessions {
  add(session: Session): void;
  remove(session: Session): void;
  users(sdkAppId: number): string[];
  notify(sdkAppId: number, userIds: Iterable<string>, frame: NoticeFrame): void;
  readonly count: number;
}

export function createSessions(): Sessions {
  const apps = new Map<number, Map<string, Set<Session>>>();
  let count = 0;
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
      if (devices.size === 0) users.delete(session.userId);
      if (users.size === 0) apps.delete(session.sdkAppId);
    },
    users(sdkAppId) {
      return [...(apps.get(sdkAppId)?.keys() ?? [])];
    },
    notify(sdkAppId, userIds, frame) {
      const users = apps.get(sdkAppId);
      if (!users) return;
      for (const userId of userIds) for (const session of users.get(userId) ?? []) session.notify(frame);
    },
    get count() {
      return count;
    },
  };
}
