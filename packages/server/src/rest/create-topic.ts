import { restCommands } from "@muster/protocol";

import { createTopic } from "../commands/create-topic.ts";
import { newTexts } from "./profile-fields.ts";
import { endpoint } from "./rest-endpoint.ts";

/** `million_group_open_http_svc/create_topic` */
export const createTopicEndpoint = endpoint(restCommands.createTopic, async (executor, app, caller, body) => {
  const outcome = await executor.execute(app, caller, createTopic, {
    groupId: body.GroupId,
    topicId: body.TopicId,
    name: body.TopicName,
    creator: body.From_Account,
    ...newTexts(body),
    customString: body.CustomString ?? "",
  });
  return outcome.ok ? { ok: true, fields: { TopicId: outcome.result.topicId } } : outcome;
});
