/**
 * Who is in the groups that keep no members: whoever came in and is connected. Nothing of it is stored; it ends
 * with a user's last connection.
 */
export interface Rooms {
  enter(sdkAppId: number, groupId: string, userId: string): void;
  leave(sdkAppId: number, groupId: string, userIds: Iterable<string>): void;
  /** The user leaves every room. */
  leaveAll(sdkAppId: number, userId: string): void;
  /** Those who are in a room, in the order in which they came. */
  audience(sdkAppId: number, groupId: string): string[];
}

export function createRooms(): Rooms {
  const apps = new Map<number, Map<string, Set<string>>>();

  function leave(sdkAppId: number, groupId: string, userIds: Iterable<string>): void {
    const rooms = apps.get(sdkAppId);
    const audience = rooms?.get(groupId);
    if (!rooms || !audience) return;
    for (const userId of userIds) audience.delete(userId);
    if (audience.size === 0) rooms.delete(groupId);
    if (rooms.size === 0) apps.delete(sdkAppId);
  }

  return {
    enter(sdkAppId, groupId, userId) {
      const rooms = apps.get(sdkAppId) ?? new Map<string, Set<string>>();
      apps.set(sdkAppId, rooms);
      const audience = rooms.get(groupId) ?? new Set<string>();
      rooms.set(groupId, audience);
      audience.add(userId);
    },
    leave,
    leaveAll(sdkAppId, userId) {
      for (const groupId of apps.get(sdkAppId)?.keys() ?? []) leave(sdkAppId, groupId, [userId]);
    },
    audience(sdkAppId, groupId) {
      return [...(apps.get(sdkAppId)?.get(groupId) ?? [])];
    },
  };
}
