import { ErrorCode } from "@muster/protocol";

import { capabilities } from "../group/capabilities.ts";
import type { GroupEvent } from "../group/group-events.ts";
import { done, refuse } from "./command.ts";
import { disband } from "./group-growth.ts";
import { onGroup } from "./on-group.ts";
import { wentOffline } from "./went-offline.ts";

interface QuitGroup {
  readonly groupId: string;
  /** Those who are in the group, where it keeps no members. */
  readonly audience: readonly string[];
  /** Those of them whose going the app is told of. */
  readonly newest: ReadonlySet<string>;
}

/**
 * The caller leaves a group. A group that its owner leaves has none from then on; a group that its last member
 * leaves ends.
 */
export const quitGroup = onGroup<QuitGroup, { readonly groupId: string }>(
  undefined,
  async (tx, context, { groupId, audience, newest }, group) => {
    const { userId } = context.caller;
    if (group.owner === userId && !capabilities[group.type].ownerMayQuit) {
      const info = `the owner of a group of type ${group.type} may not leave it: hand it over or disband it`;
      return refuse(ErrorCode.OwnerMayNotQuit, info);
    }
    const { keepsMembers } = capabilities[group.type];
    const isIn = keepsMembers ? (await tx.member(groupId, userId)) !== undefined : audience.includes(userId);
    if (!isIn) return refuse(ErrorCode.NotPermitted, "the user is not a member");

    const after = group.owner === userId ? { ...group, owner: "" } : group;
    const left: GroupEvent = { kind: "members-left", group: after, userIds: [userId], how: "Quit", silent: false };
    if (!keepsMembers) {
      const seen = [userId].filter((one) => newest.has(one));
      return done({ groupId }, left, ...wentOffline(after, seen, "Quit"));
    }

    await tx.removeMembers(groupId, [userId]);
    if (after !== group) await tx.changeGroup(after);
    if ((await tx.memberCount(groupId)) > 0) return done({ groupId }, left);

    await disband(tx, context, groupId);
    return done({ groupId }, left, { kind: "group-destroyed", group: after, members: [] });
  },
);
