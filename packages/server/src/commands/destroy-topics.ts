import { ErrorCode, parseTopicId, type TopicResult } from "@muster/protocol";

import type { GroupWrites } from "../ports/store.ts";
import { done, refuse, type Command } from "./command.ts";
import { findGroup } from "./find-group.ts";
import { topicRefusal } from "./topic-refusal.ts";

export interface DestroyTopics {
  readonly groupId: string;
  /** All of the community's where absent. */
  readonly topicIds: readonly string[] | undefined;
}

/**
 * Deletes topics of a community, for good. Each has a result of its own, in the order named; what was deleted
 * is told in one callback.
 */
export const destroyTopics: Command<DestroyTopics, readonly TopicResult[]> = async (tx, context, input) => {
  const found = await findGroup(tx, input.groupId);
  // Unlike its siblings, destroy_topic has no "group not found" among its codes: 10015 says it.
  if (!found.ok) return refuse(ErrorCode.GroupIdInvalid, found.refusal.info);
  const { group } = found;
  const refusal = await topicRefusal(tx, context, group);
  if (refusal) return { ok: false, refusal };

  const named = input.topicIds ?? (await tx.topics(group.groupId)).map(({ topicId }) => topicId);
  const results: TopicResult[] = [];
  for (const topicId of named) results.push(await destroyTopic(tx, group.groupId, topicId));

  const topicIds = results.filter(({ code }) => code === ErrorCode.Ok).map(({ topicId }) => topicId);
  return topicIds.length > 0 ? done(results, { kind: "topics-deleted", group, topicIds }) : done(results);
};

async function destroyTopic(tx: GroupWrites, groupId: string, topicId: string): Promise<TopicResult> {
  if (parseTopicId(topicId)?.groupId !== groupId) {
    return { topicId, code: ErrorCode.GroupIdInvalid, info: "TopicId cannot be the id of a topic of this group" };
  }
  if (!(await tx.topic(groupId, topicId))) {
    return { topicId, code: ErrorCode.TopicNotFound, info: "there is no such topic, or it was deleted" };
  }
  await tx.removeTopic(groupId, topicId);
  return { topicId, code: ErrorCode.Ok, info: "ok" };
}
