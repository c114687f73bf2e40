import { ErrorCode } from "@muster/protocol";

import { standsAtLeast } from "../group/capabilities.ts";
import { mergeFields, type Member, type MsgFlag } from "../group/group.ts";
import { done, refuse } from "./command.ts";
import { customFieldRefusal } from "./custom-field-refusal.ts";
import { muteEnd } from "./mute-members.ts";
import { onGroup, refusalOf, standingOf } from "./on-group.ts";

interface ChangeMember {
  readonly groupId: string;
  readonly userId: string;
  readonly role: "Admin" | "Member" | undefined;
  readonly nameCard: string | undefined;
  readonly msgFlag: MsgFlag | undefined;
  /** For how many seconds from now; 0 unmutes. */
  readonly muteFor: number | undefined;
  /** An empty value deletes the field. */
  readonly customFields: readonly (readonly [key: string, value: string])[];
}

/**
 * Changes what a group knows of a member: one's own name card and way of receiving, others' by those who stand
 * above them. A change of role or name card has a callback.
 */
export const changeMember = onGroup<ChangeMember, Member>(undefined, async (tx, context, input, group) => {
  const { groupId, userId, role, nameCard, msgFlag, muteFor } = input;
  const member = await tx.member(groupId, userId);
  if (!member) return refuse(ErrorCode.InvalidParameter, `Member_Account ${userId} is not a member of the group`);
  const own = await standingOf(tx, context.caller, group);
  if (userId !== context.caller.userId && standsAtLeast(member.role, own)) {
    return refuse(ErrorCode.NotPermitted, `${userId} stands no lower than the caller`);
  }
  if (role !== undefined) {
    if (member.role === "Owner") return refuse(ErrorCode.InvalidParameter, "Role: the owner's cannot be changed here");
    const refusal = await refusalOf(tx, context, group, "setAdmins");
    if (refusal) return { ok: false, refusal };
  }
  if (muteFor !== undefined) {
    const refusal = await refusalOf(tx, context, group, "mute");
    if (refusal) return { ok: false, refusal };
  }
  const { memberCustomFields } = context.app;
  const unknown = customFieldRefusal(input.customFields, memberCustomFields, "AppMemberDefinedData");
  if (unknown) return { ok: false, refusal: unknown };
  const after: Member = {
    ...member,
    role: role ?? member.role,
    nameCard: nameCard ?? member.nameCard,
    msgFlag: msgFlag ?? member.msgFlag,
    customFields: mergeFields(member.customFields, input.customFields),
    mutedUntil: muteFor === undefined ? member.mutedUntil : muteEnd(muteFor, context.now),
  };
  await tx.changeMember(groupId, after);
  if (after.role === member.role && after.nameCard === member.nameCard) return done(after);
  return done(after, {
    kind: "member-changed",
    group,
    member: after,
    changed: {
      ...(role === undefined || role === member.role ? {} : { role }),
      ...(nameCard === undefined || nameCard === member.nameCard ? {} : { nameCard }),
    },
  });
});
