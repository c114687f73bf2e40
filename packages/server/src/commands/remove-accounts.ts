import { ErrorCode } from "@muster/protocol";

import type { GroupEvent } from "../group/group-events.ts";
import type { GroupWrites } from "../ports/store.ts";
import { done, refuse, type Command, type Refusal } from "./command.ts";

type Removed = readonly { readonly userId: string; readonly refusal: Refusal | undefined }[];

/**
 * Deletes users, each with a result of its own. They leave their groups, which is told like any leaving; a group
 * that was theirs has no owner then. An administrator's account stays.
 */
export const removeAccounts: Command<{ readonly userIds: readonly string[]; readonly most: number }, Removed> = async (
  tx,
  { app },
  { userIds, most },
) => {
  if (userIds.length > most) {
    return refuse(
      ErrorCode.AccountParameterInvalid,
      `DeleteItem names ${userIds.length} users, one call takes ${most}`,
    );
  }
  const results = [];
  const events: GroupEvent[] = [];
  for (const userId of userIds) {
    if (app.administrators.has(userId)) {
      results.push({
        userId,
        refusal: { code: ErrorCode.AccountParameterInvalid, info: "an administrator cannot be deleted" },
      });
      continue;
    }
    // What is no valid Unicode is nobody's id, and a database would take it for another's.
    const existed = userId.isWellFormed() && (await tx.removeAccount(userId));
    if (existed) events.push(...(await leaveGroups(tx, userId)));
    const refusal = { code: ErrorCode.AccountNotFound, info: "the account does not exist" };
    results.push({ userId, refusal: existed ? undefined : refusal });
  }
  return done(results, ...events);
};

async function leaveGroups(tx: GroupWrites, userId: string): Promise<GroupEvent[]> {
  // Not only among the groups that the user is in: an AVChatRoom has an owner, but no members.
  for (const group of await tx.ownedGroups(userId)) await tx.changeGroup({ ...group, owner: "" });
  const events: GroupEvent[] = [];
  for (const { group } of await tx.joinedGroups(userId)) {
    await tx.removeMembers(group.groupId, [userId]);
    events.push({ kind: "members-left", group, userIds: [userId], how: "Kicked", silent: false });
  }
  return events;
}
