import { ErrorCode } from "@muster/protocol";

import { done, refuse } from "./command.ts";
import { onGroup } from "./on-group.ts";

interface ChangeOwner {
  readonly groupId: string;
  readonly newOwner: string;
}

/** Hands a group over to another of its members; the former owner stays a member. */
export const changeOwner = onGroup<ChangeOwner, Record<string, never>>(
  "changeOwner",
  async (tx, _context, { groupId, newOwner }, group) => {
    if (newOwner === group.owner)
      return refuse(ErrorCode.NotPermitted, `NewOwner_Account: ${newOwner} is the owner already`);
    const heir = await tx.member(groupId, newOwner);
    if (!heir) return refuse(ErrorCode.NotPermitted, `NewOwner_Account: ${newOwner} is not a member of the group`);
    const oldOwner = await tx.member(groupId, group.owner);
    if (oldOwner) await tx.changeMember(groupId, { ...oldOwner, role: "Member" });
    await tx.changeMember(groupId, { ...heir, role: "Owner", mutedUntil: 0 });
    for (const topicId of (await tx.mutesOf(groupId, newOwner)).keys()) {
      await tx.setMutes(groupId, topicId, [{ userId: newOwner, until: 0 }]);
    }
    const after = { ...group, owner: newOwner };
    await tx.changeGroup(after);
    return done({}, { kind: "owner-changed", group: after, oldOwner: group.owner });
  },
);
