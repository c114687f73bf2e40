import { ErrorCode } from "@muster/protocol";

import type { GroupEvent } from "../group/group-events.ts";
import type { Application, Group } from "../group/group.ts";
import { newMember } from "../group/new-member.ts";
import type { Context } from "../context.ts";
import type { GroupReads } from "../ports/store.ts";
import { done, refuse } from "./command.ts";
import { onGroup, refusalOf } from "./on-group.ts";
import { groupsOfUser, withoutRoom } from "./quantity-refusals.ts";

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
 * cannot be added, nor whoever is in as many groups as a user may be. Where the group wants its owner or an admin to agree, those whom another member invites wait.
 */
export const addMembers = onGroup<AddMembers, AddedMembers>("invite", async (tx, context, input, group) => {
  const { groupId, userIds, most, silent } = input;
  if (userIds.length > most) {
    return refuse(ErrorCode.TooManyAccounts, `MemberList names ${userIds.length} members, one call takes ${most}`);
  }
  if (group.inviteJoinOption === "DisableInvite" && !context.caller.isAdministrator) {
    return refuse(ErrorCode.NotPermitted, "the group takes no invitations");
  }
  const room = group.maxMembers - (await tx.memberCount(groupId));
  const missing = new Set(await tx.missingAccounts(userIds));
  const present = new Set(await tx.membersAmong(groupId, userIds));
  if (room <= 0 && userIds.some((userId) => !present.has(userId))) {
    return refuse(ErrorCode.GroupFull, `MemberList: the group has the ${group.maxMembers} members that it may have`);
  }
  const full = new Set(await withoutRoom(tx, context, userIds));
  const joined = new Set<string>();
  const results = userIds.map((userId) => {
    if (present.has(userId) || joined.has(userId)) return { userId, result: ADDED.wasMember };
    // Also not who was not asked about, because there was no room then: the app would never have agreed.
    const isUnwanted = context.admitted?.has(userId) === false;
    const cannot = missing.has(userId) || full.has(userId) || isUnwanted;
    if (cannot || joined.size >= room) return { userId, result: ADDED.failed };
    joined.add(userId);
    return { userId, result: ADDED.added };
  });
  if (joined.size === 0) {
    const inTooMany = userIds.filter((userId) => full.has(userId) && !present.has(userId));
    // Somebody who is called alone is to learn why it failed; beside others the results have to do.
    if (inTooMany.length > 0) return { ok: false, refusal: groupsOfUser(context, inTooMany, "MemberList") };
    return done(results);
  }
  if (await mustAgree(tx, context, group)) {
    const inviter = context.caller.userId;
    const time = Math.floor(context.now / 1000);
    const applications = [...joined].map((userId): Application => ({ groupId, userId, inviter, note: "", time }));
    for (const application of applications) await tx.putApplication(application);
    return done(
      results.map(({ userId, result }) => ({ userId, result: result === ADDED.added ? ADDED.waits : result })),
      { kind: "applications-made", group, applications },
    );
  }

  const joinTime = Math.floor(context.now / 1000);
  await tx.addMembers(
    groupId,
    [...joined].map((userId) => newMember(group.type, userId, "Member", joinTime)),
  );
  // Whoever comes in by another way no longer waits.
  for (const userId of joined) await tx.removeApplication(groupId, userId);
  const events: GroupEvent[] = [{ kind: "members-joined", group, userIds: [...joined], how: "Invited", silent }];
  if (joined.size === room) events.push({ kind: "group-full", group });
  return done(results, ...events);
});

/** Whether those whom the caller invites have to wait for the owner or an admin, who is not the caller. */
async function mustAgree(reads: GroupReads, context: Context, group: Group): Promise<boolean> {
  if (group.inviteJoinOption !== "NeedPermission") return false;
  return (await refusalOf(reads, context, group, "handleApplications")) !== undefined;
}
