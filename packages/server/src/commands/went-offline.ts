import type { PresenceChange, PresenceChanged } from "../group/group-events.ts";
import type { Group } from "../group/group.ts";

/** The event of users going offline in a group that keeps no members; none where there are none. */
export function wentOffline(
  group: Group,
  userIds: readonly string[],
  change: Extract<PresenceChange, "Quit" | "HeartbeatInterrupt">,
): PresenceChanged[] {
  return userIds.length === 0 ? [] : [{ kind: "presence-changed", group, userIds, change }];
}
