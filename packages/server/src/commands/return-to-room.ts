import { ErrorCode } from "@muster/protocol";

import { capabilities } from "../group/capabilities.ts";
import { done, refuse } from "./command.ts";
import { onGroup } from "./on-group.ts";

/**
 * The caller is back in a group that keeps no members, after a connection was lost for long. Nobody else is told:
 * nobody was told of the loss either.
 */
export const returnToRoom = onGroup<{ readonly groupId: string }, Record<string, never>>(
  undefined,
  async (tx, { caller: { userId }, now }, { groupId }, group) => {
    if (capabilities[group.type].keepsMembers) return refuse(ErrorCode.NotPermitted, "the group keeps its members");
    if (await tx.isBanned(groupId, userId, Math.floor(now / 1000))) {
      return refuse(ErrorCode.NotPermitted, "the user is banned from the group");
    }
    return done({}, { kind: "presence-changed", group, userIds: [userId], change: "HeartbeatRecover" });
  },
);
