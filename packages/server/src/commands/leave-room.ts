import type { PresenceChange } from "../group/group-events.ts";
import { done } from "./command.ts";
import { onGroup } from "./on-group.ts";
import { wentOffline } from "./went-offline.ts";

interface LeaveRoom {
  readonly groupId: string;
  readonly userId: string;
  readonly change: Extract<PresenceChange, "Quit" | "HeartbeatInterrupt">;
}

/** A user's last connection has ended: the user is in a group that keeps no members no more. Nobody else is told. */
export const leaveRoom = onGroup<LeaveRoom, Record<string, never>>(
  undefined,
  async (_tx, _context, { userId, change }, group) => done({}, ...wentOffline(group, [userId], change)),
);
