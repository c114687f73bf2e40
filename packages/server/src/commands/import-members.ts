import { ErrorCode } from "@muster/protocol";

import { capabilities } from "../group/capabilities.ts";
import type { Member, Role } from "../group/group.ts";
import { newMember } from "../group/new-member.ts";
import { ADDED, type AddedMembers } from "./add-members.ts";
import { done, refuse } from "./command.ts";
import { onGroup } from "./on-group.ts";

interface ImportMembers {
  readonly groupId: string;
  readonly members: readonly { readonly userId: string; readonly role: Role; readonly joinTime: number | undefined }[];
  /** Most members that one call takes. */
  readonly most: number;
}

/** Brings in members from elsewhere, with the times of their joining. Nobody is told of it. */
export const importMembers = onGroup<ImportMembers, AddedMembers>(undefined, async (tx, { now }, input, group) => {
  const { groupId, members, most } = input;
  const { canBeImported, hasAdmins } = capabilities[group.type];
  if (!canBeImported) {
    return refuse(ErrorCode.NotPermitted, `members of a group of type ${group.type} cannot be imported`);
  }
  if (members.length > most) {
    return refuse(ErrorCode.TooManyAccounts, `MemberList names ${members.length} members, one call takes ${most}`);
  }
  const seconds = Math.floor(now / 1000);
  // Who comes now comes behind the creation, also where the clock that the group was created by was ahead of this one.
  const atOnce = Math.max(seconds, group.createTime);
  for (const { userId, role, joinTime } of members) {
    if (role === "Admin" && !hasAdmins) {
      return refuse(ErrorCode.NotPermitted, `Role: a group of type ${group.type} has no admins`);
    }
    if (joinTime !== undefined && (joinTime < group.createTime || joinTime > seconds)) {
      return refuse(
        ErrorCode.InvalidParameter,
        `JoinTime of ${userId} lies before the group's creation or in the future`,
      );
    }
  }
  const userIds = members.map(({ userId }) => userId);
  const missing = new Set(await tx.missingAccounts(userIds));
  const present = new Set(await tx.membersAmong(groupId, userIds));
  let room = group.maxMembers - (await tx.memberCount(groupId));
  const results = [];
  const joining: Member[] = [];
  for (const { userId, role, joinTime = atOnce } of members) {
    if (present.has(userId)) results.push({ userId, result: ADDED.wasMember });
    else if (missing.has(userId) || room <= 0) results.push({ userId, result: ADDED.failed });
    else {
      joining.push(newMember(group.type, userId, role, joinTime));
      present.add(userId);
      room -= 1;
      results.push({ userId, result: ADDED.added });
    }
  }
  await tx.addMembers(groupId, joining);
  // Whoever comes in by another way no longer waits.
  for (const { userId } of joining) await tx.removeApplication(groupId, userId);
  return done(results);
});
