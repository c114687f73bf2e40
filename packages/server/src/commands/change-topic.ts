import type { ProfileTexts } from "../group/group-events.ts";
import type { Topic } from "../group/group.ts";
import { changedTexts } from "./changed-texts.ts";
import { done } from "./command.ts";
import { findTopic } from "./find-topic.ts";
import { onGroup } from "./on-group.ts";
import { topicRefusal } from "./topic-refusal.ts";

export interface ChangeTopic extends ProfileTexts {
  readonly groupId: string;
  readonly topicId: string;
  readonly customString: string | undefined;
  readonly muteAll: boolean | undefined;
}

/** Changes a topic's profile: what is there and differs. Only a change of the four texts has a callback. */
export const changeTopic = onGroup<ChangeTopic, Topic>(undefined, async (tx, context, input, group) => {
  const refusal = await topicRefusal(tx, context, group);
  if (refusal) return { ok: false, refusal };
  const found = await findTopic(tx, context.app, group, input.topicId);
  if (!found.ok) return found;
  const { topic } = found;
  const changed = changedTexts(topic, input);
  const after: Topic = {
    ...topic,
    ...changed,
    customString: input.customString ?? topic.customString,
    muteAll: input.muteAll ?? topic.muteAll,
  };
  await tx.changeTopic(after);
  if (Object.keys(changed).length === 0) return done(after);
  return done(after, { kind: "topic-changed", group, topic: after, changed });
});
