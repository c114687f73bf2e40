import { ErrorCode, isGroupId } from "@muster/protocol";

import type { Group } from "../group/group.ts";
import type { GroupReads } from "../ports/store.ts";
import { refuse, type Refusal } from "./command.ts";

/** The group that a caller names, or the refusal where there is none. */
export async function findGroup(
  reads: GroupReads,
  groupId: string,
): Promise<{ readonly ok: true; readonly group: Group } | { readonly ok: false; readonly refusal: Refusal }> {
  if (!isGroupId(groupId)) return refuse(ErrorCode.GroupIdInvalid, "GroupId cannot be the id of a group");
  const group = await reads.group(groupId);
  return group ? { ok: true, group } : refuse(ErrorCode.GroupNotFound, `GroupId: there is no group ${groupId}`);
}
