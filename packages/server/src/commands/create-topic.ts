import { customTopicIdProblem, ErrorCode, generatedTopicId } from "@muster/protocol";

import { MAX_TOPICS } from "../group/capabilities.ts";
import type { Topic } from "../group/group.ts";
import { done, refuse, type Command } from "./command.ts";
import { findGroup } from "./find-group.ts";
import { topicRefusal } from "./topic-rules.ts";

export interface CreateTopic {
  readonly groupId: string;
  readonly topicId: string | undefined;
  readonly name: string;
  /** The member in whose name an administrator creates it; the caller where it is absent. */
  readonly creator: string | undefined;
  readonly introduction: string;
  readonly notification: string;
  readonly faceUrl: string;
  readonly customString: string;
}

/** Creates a topic in a community. */
export const createTopic: Command<CreateTopic, Topic> = async (tx, context, input) => {
  const found = await findGroup(tx, input.groupId);
  if (!found.ok) return found;
  const { group } = found;
  const refusal = await topicRefusal(tx, context, group);
  if (refusal) return { ok: false, refusal };

  const creator = input.creator ?? context.caller.userId;
  if (input.creator !== undefined && (await tx.missingAccounts([creator])).length > 0) {
    return refuse(ErrorCode.UserNotFound, `not imported: ${creator}`);
  }
  if (input.topicId !== undefined) {
    const problem = customTopicIdProblem(input.topicId, group.groupId);
    if (problem) return refuse(ErrorCode.InvalidParameter, `TopicId ${problem}`);
    if (await tx.topic(group.groupId, input.topicId)) {
      return refuse(ErrorCode.GroupIdTakenBySelf, `TopicId ${input.topicId} is taken`);
    }
  }
  if ((await tx.topicCount(group.groupId)) >= MAX_TOPICS) {
    return refuse(ErrorCode.TooManyGroups, `the community has ${MAX_TOPICS} topics, which is all that it may have`);
  }
  const topic: Topic = {
    topicId: input.topicId ?? generatedTopicId(group.groupId, context.ids.serial()),
    groupId: group.groupId,
    name: input.name,
    introduction: input.introduction,
    notification: input.notification,
    faceUrl: input.faceUrl,
    customString: input.customString,
    creator,
    createTime: Math.floor(context.now / 1000),
  };
  await tx.addTopic(topic);
  return done(topic, { kind: "topic-created", group, topic });
};
