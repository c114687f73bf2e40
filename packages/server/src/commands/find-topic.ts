import { ErrorCode, parseTopicId } from "@muster/protocol";

import type { App } from "../app-settings.ts";
import type { Group, Topic } from "../group/group.ts";
import type { GroupReads } from "../ports/store.ts";
import { refuse, type Refusal } from "./command.ts";
import { noTopicsRefusal } from "./topic-refusal.ts";

/** The topic that a request names beside its group, or why there is none. */
export async function findTopic(
  reads: GroupReads,
  app: App,
  group: Group,
  topicId: string,
): Promise<{ readonly ok: true; readonly topic: Topic } | { readonly ok: false; readonly refusal: Refusal }> {
  const refusal = noTopicsRefusal(app, group);
  if (refusal) return { ok: false, refusal };
  if (parseTopicId(topicId)?.groupId !== group.groupId) {
    return refuse(ErrorCode.GroupIdInvalid, "TopicId cannot be the id of a topic of this group");
  }
  const topic = await reads.topic(group.groupId, topicId);
  return topic
    ? { ok: true, topic }
    : refuse(ErrorCode.GroupNotFound, `TopicId: there is no topic ${topicId}, or it was deleted`);
}
