import { ErrorCode } from "@muster/protocol";

import type { Context } from "../context.ts";
import type { Group } from "../group/group.ts";
import type { GroupReads } from "../ports.ts";
import type { Refusal } from "./command.ts";
import { refusalOf } from "./on-group.ts";

/** Why the caller may not create, change or delete topics in a group, or `undefined` where that is allowed. */
export async function topicRefusal(reads: GroupReads, context: Context, group: Group): Promise<Refusal | undefined> {
  const { features } = context.app;
  if (!features.community || !features.topic) {
    return { code: ErrorCode.FeatureNotEnabled, info: "communities with topics are not enabled for this app" };
  }
  if (group.type === "Community" && !group.supportTopic) {
    return { code: ErrorCode.NotPermitted, info: "the community was made without SupportTopic" };
  }
  return await refusalOf(reads, context, group, "manageTopics");
}
