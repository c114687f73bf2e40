import { ErrorCode, MUTED_FOR_GOOD } from "@muster/protocol";

import { capabilities, standsAtLeast } from "../group/capabilities.ts";
import { done, refuse } from "./command.ts";
import { findTopic } from "./find-topic.ts";
import { onGroup, standingOf } from "./on-group.ts";

interface MuteMembers {
  readonly groupId: string;
  /** The topic in which they may not write; `undefined` for the whole group. */
  readonly topicId: string | undefined;
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

/**
 * Mutes members in a group or in one of its topics, or lets them write again, all or none. Where the group keeps no
 * members whoever is named is muted, whether in it or not: else leaving and coming back would end it.
 */
export const muteMembers = onGroup<MuteMembers, Record<string, never>>("mute", async (tx, context, input, group) => {
  const { groupId, topicId, userIds, most } = input;
  if (userIds.length > most) {
    return refuse(ErrorCode.TooManyAccounts, `Members_Account names ${userIds.length} members, one call takes ${most}`);
  }
  if (topicId !== undefined) {
    const found = await findTopic(tx, context.app, group, topicId);
    if (!found.ok) return found;
  }
  const own = await standingOf(tx, context.caller, group);
  const { keepsMembers } = capabilities[group.type];
  const members = [];
  for (const userId of userIds) {
    const member = await tx.member(groupId, userId);
    if (keepsMembers && !member) {
      return refuse(ErrorCode.InvalidParameter, `Members_Account: ${userId} is not a member of the group`);
    }
    const role = member?.role ?? (userId === group.owner ? "Owner" : "None");
    if (standsAtLeast(role, own)) {
      return refuse(ErrorCode.NotPermitted, `Members_Account: ${userId} stands no lower than the caller`);
    }
    if (member) members.push(member);
  }
  const until = muteEnd(input.muteFor, context.now);
  if (topicId === undefined && keepsMembers) {
    for (const member of members) await tx.changeMember(groupId, { ...member, mutedUntil: until });
  } else {
    const mutes = userIds.map((userId) => ({ userId, until }));
    await tx.setMutes(groupId, topicId ?? "", mutes);
  }
  return done({});
});
