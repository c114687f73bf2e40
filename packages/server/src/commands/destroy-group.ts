import { done, sharing } from "./command.ts";
import { disband } from "./group-growth.ts";
import { onGroupAnd } from "./on-group.ts";

/**
 * Disbands a group, for good. Its members are read before they are removed, so that the callback can name
 * them; a community's topics go with it, without callbacks of their own.
 */
export const destroyGroup = sharing(
  onGroupAnd<{ readonly groupId: string }, { readonly groupId: string }, readonly string[] | undefined>(
    "dismiss",
    // Who may be refused does not make all members be read.
    async (reads, { caller }, { groupId }) => (caller.isAdministrator ? await reads.memberIds(groupId) : undefined),
    async (tx, context, { groupId }, group, along) => {
      const members = along ?? (await tx.memberIds(groupId));
      await disband(tx, context, groupId);
      return done({ groupId }, { kind: "group-destroyed", group, members });
    },
  ),
);
