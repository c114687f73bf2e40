import { ErrorCode, MUTED_FOR_GOOD } from "@muster/protocol";

import { standsAtLeast } from "../group/capabilities.ts";
import { done, refuse } from "./command.ts";
import { onGroup, standingOf } from "./on-group.ts";

interface MuteMembers {
  readonly groupId: string;
  readonly userIds: readonly string[];
  /** For how many seconds from now; 0 unmutes. */
  readonly muteFor: number;
  /** Most members that one call takes. */
  readonly most: number;
}

/** When a mute ends, in seconds since 1970; 0 where there is none. */
export function muteEnd(muteFor: number, now: number): number {
  if (muteFor === 0) return 0;
  return muteFor === MUTED_FOR_GOOD ? MUTED_FOR_GOOD : Math.min(Math.floor(now / 1000) + muteFor, MUTED_FOR_GOOD);
}

/** Mutes members or lets them write again, all or none. */
export const muteMembers = onGroup<MuteMembers, Record<string, never>>("mute", async (tx, context, input, group) => {
  const { groupId, userIds, most } = input;
  if (userIds.length > most) {
    return refuse(ErrorCode.TooManyAccounts, `Members_Account names ${userIds.length} members, one call takes ${most}`);
  }
  const own = await standingOf(tx, context.caller, group);
  const mutedUntil = muteEnd(input.muteFor, context.now);
  for (const userId of userIds) {
    const member = await tx.member(groupId, userId);
    if (!member) return refuse(ErrorCode.InvalidParameter, `Members_Account: ${userId} is not a member of the group`);
    if (standsAtLeast(member.role, own))
      return refuse(ErrorCode.NotPermitted, `Members_Account: ${userId} stands no lower than the caller`);
    await tx.changeMember(groupId, { ...member, mutedUntil });
  }
  return done({});
});
