import type { RoomStay } from "../ports/notice-log.ts";
import { NEWEST } from "../presence-board.ts";

/**
 * Who is in the groups that keep no members: whoever came in and is connected, or was until just now. Nothing of it is
 * stored.
 */
export interface Rooms {
  /** A user comes in, and is told what has a position behind `since`. For who is in already, the earlier one counts. */
  enter(sdkAppId: number, groupId: string, userId: string, since: number): void;
  leave(sdkAppId: number, groupId: string, userIds: Iterable<string>): void;
  /** Those who are in a room, in the order in which they came. */
  audience(sdkAppId: number, groupId: string): string[];
  /** Those of them who came last. */
  newest(sdkAppId: number, groupId: string): ReadonlySet<string>;
  /** The rooms that a user is in. */
  of(sdkAppId: number, userId: string): RoomStay[];
}

interface Room {
  /** Since when each is in, in the order in which they came. */
  readonly stays: Map<string, number>;
  readonly newest: Set<string>;
}

interface AppRooms {
  readonly byId: Map<string, Room>;
  /** The rooms that each user is in. */
  readonly byUser: Map<string, Set<string>>;
}

const NOBODY: ReadonlySet<string> = new Set();

export function createRooms(): Rooms {
  const apps = new Map<number, AppRooms>();

  return {
    enter(sdkAppId, groupId, userId, since) {
      const app = entry<number, AppRooms>(apps, sdkAppId, () => ({ byId: new Map(), byUser: new Map() }));
      const room = entry<string, Room>(app.byId, groupId, () => ({ stays: new Map(), newest: new Set() }));
      const present = room.stays.get(userId);
      room.stays.set(userId, Math.min(since, present ?? since));
      if (present !== undefined) return;
      room.newest.add(userId);
      const [oldest] = room.newest;
      if (room.newest.size > NEWEST && oldest !== undefined) room.newest.delete(oldest);
      entry(app.byUser, userId, () => new Set<string>()).add(groupId);
    },
    leave(sdkAppId, groupId, userIds) {
      const app = apps.get(sdkAppId);
      const room = app?.byId.get(groupId);
      if (!app || !room) return;
      for (const userId of userIds) {
        if (!room.stays.delete(userId)) continue;
        room.newest.delete(userId);
        const own = app.byUser.get(userId);
        own?.delete(groupId);
        if (own?.size === 0) app.byUser.delete(userId);
      }
      if (room.stays.size === 0) app.byId.delete(groupId);
      if (app.byId.size === 0) apps.delete(sdkAppId);
    },
    audience: (sdkAppId, groupId) => [...(apps.get(sdkAppId)?.byId.get(groupId)?.stays.keys() ?? [])],
    newest: (sdkAppId, groupId) => apps.get(sdkAppId)?.byId.get(groupId)?.newest ?? NOBODY,
    of(sdkAppId, userId) {
      const app = apps.get(sdkAppId);
      return [...(app?.byUser.get(userId) ?? [])].map((id) => [id, app?.byId.get(id)?.stays.get(userId) ?? 0]);
    },
  };
}

function entry<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const present = map.get(key);
  if (present !== undefined) return present;
  const made = make();
  map.set(key, made);
  return made;
}
