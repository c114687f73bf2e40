import type { App } from "../app-settings.ts";
import { capabilities } from "../group/capabilities.ts";
import type { Group } from "../group/group.ts";
import type { Executor } from "./execute.ts";

/** How many are in a group: its members, or, where it keeps none, the users who are in it now. */
export async function headCount({ store, presence }: Executor, { sdkAppId }: App, group: Group): Promise<number> {
  const { groupId, type } = group;
  if (!capabilities[type].keepsMembers) return await presence.headCount(sdkAppId, groupId);
  return await store.read(sdkAppId).memberCount(groupId);
}
