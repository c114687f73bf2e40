import { ErrorCode } from "@muster/protocol";

import { capabilities } from "../group/capabilities.ts";
import { done, refuse, type Command } from "./command.ts";
import { findGroup } from "./find-group.ts";

/**
 * Disbands a group, for good. Its members are read before they are removed, so that the callback can name
 * them; a community's topics go with it, without callbacks of their own.
 */
export const destroyGroup: Command<{ readonly groupId: string }, { readonly groupId: string }> = async (
  tx,
  { caller },
  { groupId },
) => {
  const found = await findGroup(tx, groupId);
  if (!found.ok) return found;
  const { group } = found;
  if (!caller.isAdministrator) {
    if (capabilities[group.type].dismissedBy === "administrators") {
      return refuse(
        ErrorCode.NotPermitted,
        `a group of type ${group.type} can be disbanded by the app's administrators only`,
      );
    }
    if (group.owner !== caller.userId) return refuse(ErrorCode.NotPermitted, "only the owner may disband the group");
  }
  const members = (await tx.members(groupId)).map(({ userId }) => userId);
  await tx.removeGroup(groupId);
  return done({ groupId }, { kind: "group-destroyed", group, members });
};
