import { ErrorCode } from "@muster/protocol";

import { capabilities, standsAtLeast } from "../group/capabilities.ts";
import { done, refuse } from "./command.ts";
import { onGroup, refusalOf, standingOf } from "./on-group.ts";

interface RemoveMembers {
  readonly groupId: string;
  readonly userIds: readonly string[];
  readonly silent: boolean;
  /** Most members that one call takes: the doors differ. */
  readonly most: number;
}

/**
 * Removes members from a group, all or none: whoever is named must stand below the caller. Who is no member is
 * passed over. Returns those who were removed.
 */
export const removeMembers = onGroup<RemoveMembers, readonly string[]>(undefined, async (tx, context, input, group) => {
  const { groupId, userIds, most, silent } = input;
  if (userIds.length > most) {
    return refuse(
      ErrorCode.TooManyAccounts,
      `MemberToDel_Account names ${userIds.length} members, one call takes ${most}`,
    );
  }
  if (!capabilities[group.type].keepsMembers) {
    return refuse(
      ErrorCode.InvalidParameter,
      `GroupId: a group of type ${group.type} keeps no members that could be removed`,
    );
  }
  const refusal = await refusalOf(tx, context, group, "kick");
  if (refusal) return { ok: false, refusal };

  const own = await standingOf(tx, context.caller, group);
  const leaving = new Set<string>();
  for (const userId of userIds) {
    const member = await tx.member(groupId, userId);
    if (!member) continue;
    if (member.role === "Owner")
      return refuse(ErrorCode.NotPermitted, `MemberToDel_Account: ${userId} is the owner: hand the group over first`);
    if (standsAtLeast(member.role, own))
      return refuse(ErrorCode.NotPermitted, `MemberToDel_Account: ${userId} stands no lower than the caller`);
    leaving.add(userId);
  }
  if (leaving.size === 0) return done([]);
  await tx.removeMembers(groupId, [...leaving]);
  return done([...leaving], { kind: "members-left", group, userIds: [...leaving], how: "Kicked", silent });
});
