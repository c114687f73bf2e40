import { changeTopic } from "../../commands/change-topic.ts";
import { createTopic } from "../../commands/create-topic.ts";
import { destroyTopics } from "../../commands/destroy-topics.ts";
import { visibleGroup } from "../../commands/visible-group.ts";
import { givenTexts, newTexts } from "./given-texts.ts";
import { reply, type Handlers } from "./handler.ts";
import { topicView } from "./views.ts";

/** What app users ask of a community's topics. */
export const topicRequests: Handlers<"createTopic" | "changeTopic" | "deleteTopics" | "listTopics"> = {
  async createTopic(executor, app, caller, body) {
    const outcome = await executor.execute(app, caller, createTopic, {
      groupId: body.groupId,
      topicId: body.topicId,
      name: body.name,
      ...newTexts(body),
      customString: body.customString ?? "",
    });
    return reply(outcome, ({ topicId }) => ({ topicId }));
  },
  async changeTopic(executor, app, caller, body) {
    const outcome = await executor.execute(app, caller, changeTopic, {
      groupId: body.groupId,
      topicId: body.topicId,
      ...givenTexts(body),
      customString: body.customString,
      muteAll: body.muteAll,
    });
    return reply(outcome, ({ topicId }) => ({ topicId }));
  },
  async deleteTopics(executor, app, caller, { groupId, topicIds }) {
    const outcome = await executor.execute(app, caller, destroyTopics, { groupId, topicIds });
    return reply(outcome, (results) => ({ results }));
  },
  async listTopics(executor, app, caller, { groupId }) {
    const reads = executor.store.read(app.sdkAppId);
    const found = await visibleGroup(reads, groupId, caller, "members");
    if (!found.ok) return found;
    return { ok: true, result: { topics: (await reads.topics(groupId)).map(topicView) } };
  },
};
