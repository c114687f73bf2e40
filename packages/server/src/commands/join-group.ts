import { ErrorCode } from "@muster/protocol";

import { capabilities } from "../group/capabilities.ts";
import type { GroupEvent } from "../group/group-events.ts";
import type { Application, Group } from "../group/group.ts";
import { newMember } from "../group/new-member.ts";
import { done, refuse, type Refusal } from "./command.ts";
import { onGroup } from "./on-group.ts";
import { groupsOfUserRefusal } from "./quantity-refusals.ts";

interface JoinGroup {
  readonly groupId: string;
  /** What the user has to say to those who decide. */
  readonly note: string;
  /** Those who are in the group, where it keeps no members. */
  readonly audience: readonly string[];
}

/**
 * The caller joins a group, at once where the group is free to join, else by an application that waits for its
 * owner or an admin. A group that keeps no members has an audience, which is the door's to keep.
 */
export const joinGroup = onGroup<JoinGroup, "joined" | "waits">(undefined, async (tx, context, input, group) => {
  const { userId } = context.caller;
  const { groupId } = group;
  const refusal = closedTo(group);
  if (refusal) return { ok: false, refusal };
  const { keepsMembers } = capabilities[group.type];
  const isIn = keepsMembers ? (await tx.member(groupId, userId)) !== undefined : input.audience.includes(userId);
  if (isIn) return refuse(ErrorCode.AlreadyMember, "the user is a member already");
  if (!keepsMembers) {
    if (await tx.isBanned(groupId, userId, Math.floor(context.now / 1000))) {
      return refuse(ErrorCode.NotPermitted, "the user is banned from the group");
    }
    return done(
      "joined",
      { kind: "members-joined", group, userIds: [userId], how: "Apply", silent: false },
      { kind: "presence-changed", group, userIds: [userId], change: "Join" },
    );
  }
  const room = group.maxMembers - (await tx.memberCount(groupId));
  if (room <= 0) return refuse(ErrorCode.GroupFull, `the group has the ${group.maxMembers} members that it may have`);
  const tooMany = await groupsOfUserRefusal(tx, context, [userId], "the user");
  if (tooMany) return { ok: false, refusal: tooMany };

  const time = Math.floor(context.now / 1000);
  if (capabilities[group.type].joining === "approval" && group.applyJoinOption === "NeedPermission") {
    const application: Application = { groupId, userId, inviter: "", note: input.note, time };
    await tx.putApplication(application);
    return done("waits", { kind: "applications-made", group, applications: [application] });
  }
  await tx.addMembers(groupId, [newMember(group.type, userId, "Member", time)]);
  // Whoever comes in by another way no longer waits.
  await tx.removeApplication(groupId, userId);
  const events: GroupEvent[] = [{ kind: "members-joined", group, userIds: [userId], how: "Apply", silent: false }];
  if (room === 1) events.push({ kind: "group-full", group });
  return done("joined", ...events);
});

/** Why nobody can come to a group unasked, or `undefined` where users can. */
function closedTo({ type, applyJoinOption }: Group): Refusal | undefined {
  const { joining } = capabilities[type];
  if (joining === "closed") {
    return { code: ErrorCode.NotPermitted, info: `a group of type ${type} is joined by invitation only` };
  }
  if (joining === "approval" && applyJoinOption === "DisableApply") {
    return { code: ErrorCode.NotPermitted, info: "the group takes no applications" };
  }
  return undefined;
}
