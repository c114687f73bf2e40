import { ErrorCode } from "@muster/protocol";

import { capabilities } from "../group/capabilities.ts";
import type { GroupEvent } from "../group/group-events.ts";
import { done, refuse } from "./command.ts";
import { onGroup } from "./on-group.ts";

/**
 * The caller leaves a group. A group that its owner leaves has none from then on; a group that its last member
 * leaves ends.
 */
export const quitGroup = onGroup<{ readonly groupId: string }, { readonly groupId: string }>(
  undefined,
  async (tx, { caller: { userId } }, { groupId }, group) => {
    if (group.owner === userId && !capabilities[group.type].ownerMayQuit) {
      const info = `the owner of a group of type ${group.type} may not leave it: hand it over or disband it`;
      return refuse(ErrorCode.OwnerMayNotQuit, info);
    }
    if (!(await tx.member(groupId, userId))) return refuse(ErrorCode.NotPermitted, "the user is not a member");

    await tx.removeMembers(groupId, [userId]);
    const after = group.owner === userId ? { ...group, owner: "" } : group;
    if (after !== group) await tx.changeGroup(after);
    const left: GroupEvent = { kind: "members-left", group: after, userIds: [userId], how: "Quit", silent: false };
    if ((await tx.memberCount(groupId)) > 0) return done({ groupId }, left);

    await tx.removeGroup(groupId);
    return done({ groupId }, left, { kind: "group-destroyed", group: after, members: [] });
  },
);
