import { ErrorCode } from "@muster/protocol";

import type { Caller } from "../context.ts";
import { capabilities } from "../group/capabilities.ts";
import type { Group, Role } from "../group/group.ts";
import type { GroupReads } from "../ports/store.ts";
import { refuse, type Refusal } from "./command.ts";
import { findGroup } from "./find-group.ts";

/**
 * The group that an app user wants to look at, or why not. What `members` alone may see of it is hidden from the
 * others; what `everybody` may see is so where the group can be found by those who know its id. A group that keeps
 * no members hides nothing.
 */
export async function visibleGroup(
  reads: GroupReads,
  groupId: string,
  { userId }: Caller,
  to: "members" | "everybody",
): Promise<
  | { readonly ok: true; readonly group: Group; readonly role: Role | undefined }
  | { readonly ok: false; readonly refusal: Refusal }
> {
  const found = await findGroup(reads, groupId);
  if (!found.ok) return found;
  const { group } = found;
  const { keepsMembers, joining } = capabilities[group.type];
  const role = (await reads.member(groupId, userId))?.role ?? (group.owner === userId ? "Owner" : undefined);
  if (role === undefined && keepsMembers && (to === "members" || joining === "closed")) {
    return refuse(ErrorCode.NotPermitted, "only members may see this");
  }
  return { ok: true, group, role };
}
