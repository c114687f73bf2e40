import { ErrorCode } from "@muster/protocol";

import type { App } from "../app-settings.ts";
import type { Context } from "../context.ts";
import { capabilities } from "../group/capabilities.ts";
import type { Group } from "../group/group.ts";
import type { GroupReads } from "../ports/store.ts";
import type { Refusal } from "./command.ts";
import { refusalOf } from "./on-group.ts";

/** Why the caller may not create, change or delete topics in a group, or `undefined` where that is allowed. */
export async function topicRefusal(reads: GroupReads, context: Context, group: Group): Promise<Refusal | undefined> {
  return noTopicsRefusal(context.app, group) ?? (await refusalOf(reads, context, group, "manageTopics"));
}

/** Why a group cannot have topics, whoever asks, or `undefined` where it can. */
export function noTopicsRefusal({ features }: App, { type, supportTopic }: Group): Refusal | undefined {
  if (!features.community || !features.topic) {
    return { code: ErrorCode.FeatureNotEnabled, info: "communities with topics are not enabled for this app" };
  }
  if (capabilities[type].needs.manageTopics === "Nobody") {
    return { code: ErrorCode.NotPermitted, info: `GroupId: a group of type ${type} has no topics` };
  }
  if (!supportTopic) {
    return { code: ErrorCode.NotPermitted, info: "GroupId: the community was made without SupportTopic" };
  }
  return undefined;
}
