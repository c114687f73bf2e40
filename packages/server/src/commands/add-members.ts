import { ErrorCode } from "@muster/protocol";

import type { GroupEvent } from "../group/group-events.ts";
import { newMember } from "../group/group.ts";
import { done, refuse } from "./command.ts";
import { onGroup } from "./on-group.ts";

/** What became of one who was to be added, as the wire counts it. */
export const ADDED = { failed: 0, added: 1, wasMember: 2, waits: 3 } as const;
export type Added = (typeof ADDED)[keyof typeof ADDED];

export interface AddMembers {
  readonly groupId: string;
  readonly userIds: readonly string[];
  readonly silent: boolean;
  /** Most members that one call takes: the doors differ. */
  readonly most: number;
}

export type AddedMembers = readonly { readonly userId: string; readonly result: Added }[];

/**
 * Adds members to a group, as many as there is room for. Each has a result of its own; whoever has no account
 * cannot be added.
 */
export const addMembers = onGroup<AddMembers, AddedMembers>("invite", async (tx, context, input, group) => {
  const { groupId, userIds, most, silent } = input;
  if (userIds.length > most) {
    return refuse(ErrorCode.TooManyAccounts, `MemberList names ${userIds.length} members, one call takes ${most}`);
  }
  const room = group.maxMembers - (await tx.memberCount(groupId));
  if (room <= 0) return refuse(ErrorCode.GroupFull, `the group has the ${group.maxMembers} members that it may have`);

  const missing = new Set(await tx.missingAccounts(userIds));
  const present = new Set(await tx.membersAmong(groupId, userIds));
  const joined = new Set<string>();
  const results = userIds.map((userId) => {
    if (present.has(userId) || joined.has(userId)) return { userId, result: ADDED.wasMember };
    if (missing.has(userId) || context.refusedMembers.has(userId) || joined.size >= room)
      return { userId, result: ADDED.failed };
    joined.add(userId);
    return { userId, result: ADDED.added };
  });
  if (joined.size === 0) return done(results);

  const joinTime = Math.floor(context.now / 1000);
  await tx.addMembers(
    groupId,
    [...joined].map((userId) => newMember(userId, "Member", joinTime)),
  );
  const events: GroupEvent[] = [{ kind: "members-joined", group, userIds: [...joined], how: "Invited", silent }];
  if (joined.size === room) events.push({ kind: "group-full", group });
  return done(results, ...events);
});
