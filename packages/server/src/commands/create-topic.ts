import { customTopicIdProblem, ErrorCode, generatedTopicId } from "@muster/protocol";

import type { Topic } from "../group/group.ts";
import { done, refuse } from "./command.ts";
import { onGroup } from "./on-group.ts";
import { topicRefusal } from "./topic-refusal.ts";

export interface CreateTopic {
  readonly groupId: string;
  readonly topicId: string | undefined;
  readonly name: string;
  readonly introduction: string;
  readonly notification: string;
  readonly faceUrl: string;
  readonly customString: string;
  /** Brought in from elsewhere: when it was created there, in seconds since 1970, and nobody is told of it. */
  readonly imported?: { readonly createTime: number | undefined };
}

/** Creates a topic in a community, in the caller's name. */
export const createTopic = onGroup<CreateTopic, Topic>(undefined, async (tx, context, input, group) => {
  const refusal = await topicRefusal(tx, context, group);
  if (refusal) return { ok: false, refusal };

  if ((input.imported?.createTime ?? 0) * 1000 > context.now) {
    return refuse(ErrorCode.InvalidParameter, "CreateTime lies in the future");
  }
  if (input.topicId !== undefined) {
    const problem = customTopicIdProblem(input.topicId, group.groupId);
    if (problem) return refuse(ErrorCode.InvalidParameter, `TopicId ${problem}`);
    if (await tx.topic(group.groupId, input.topicId)) {
      const code = input.imported ? ErrorCode.GroupIdTaken : ErrorCode.GroupIdTakenBySelf;
      return refuse(code, `TopicId ${input.topicId} is taken`);
    }
  }
  const most = context.app.quantities.topicsPerCommunity;
  if ((await tx.topicCount(group.groupId)) >= most) {
    return refuse(ErrorCode.TooManyGroups, `the community has the ${most} topics that it may have`);
  }
  const topic: Topic = {
    topicId: input.topicId ?? generatedTopicId(group.groupId, context.ids.serial()),
    groupId: group.groupId,
    name: input.name,
    introduction: input.introduction,
    notification: input.notification,
    faceUrl: input.faceUrl,
    customString: input.customString,
    creator: context.caller.userId,
    createTime: input.imported?.createTime ?? Math.floor(context.now / 1000),
    muteAll: false,
  };
  await tx.addTopic(topic);
  return input.imported ? done(topic) : done(topic, { kind: "topic-created", group, topic });
});
