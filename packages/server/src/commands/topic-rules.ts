import { ErrorCode } from "@muster/protocol";

import type { Group } from "../group/group.ts";
import type { GroupReads } from "../ports.ts";
import type { Refusal } from "./command.ts";
import type { Context } from "../context.ts";

/** Why the caller may not create or delete topics in a group, or `undefined` where that is allowed. */
export async function topicRefusal(
  reads: GroupReads,
  { app, caller }: Context,
  group: Group,
): Promise<Refusal | undefined> {
  if (!app.features.community || !app.features.topic) {
    return { code: ErrorCode.FeatureNotEnabled, info: "communities with topics are not enabled for this app" };
  }
  if (group.type !== "Community") {
    return { code: ErrorCode.NotPermitted, info: `a group of type ${group.type} has no topics` };
  }
  if (!group.supportTopic) {
    return { code: ErrorCode.NotPermitted, info: "the community was made without SupportTopic" };
  }
  if (caller.isAdministrator) return undefined;
  const member = await reads.member(group.groupId, caller.userId);
  if (member?.role === "Owner" || member?.role === "Admin") return undefined;
  return { code: ErrorCode.NotPermitted, info: "only the community's owner and admins may create and delete topics" };
}
