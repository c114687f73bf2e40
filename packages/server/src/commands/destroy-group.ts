import { done } from "./command.ts";
import { disband } from "./group-growth.ts";
import { onGroup } from "./on-group.ts";

/**
 * Disbands a group, for good. Its members are read before they are removed, so that the callback can name
 * them; a community's topics go with it, without callbacks of their own.
 */
export const destroyGroup = onGroup<{ readonly groupId: string }, { readonly groupId: string }>(
  "dismiss",
  async (tx, context, { groupId }, group) => {
    const members = await tx.memberIds(groupId);
    await disband(tx, context, groupId);
    return done({ groupId }, { kind: "group-destroyed", group, members });
  },
);
