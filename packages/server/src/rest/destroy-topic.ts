import { restCommands } from "@muster/protocol";

import { destroyTopics } from "../commands/destroy-topics.ts";
import { endpoint } from "./rest-endpoint.ts";

/** `million_group_open_http_svc/destroy_topic`; its answer says "ok" where others say nothing. */
export const destroyTopicEndpoint = endpoint(restCommands.destroyTopic, async (executor, app, caller, body) => {
  const outcome = await executor.execute(app, caller, destroyTopics, {
    groupId: body.GroupId,
    topicIds: body.TopicIdList,
  });
  if (!outcome.ok) return outcome;
  const items = outcome.result.map(({ code, info, topicId }) => ({
    ErrorCode: code,
    ErrorInfo: info,
    TopicId: topicId,
  }));
  return { ok: true, info: "ok", fields: { DestroyResultItem: items } };
});
