import { ErrorCode, restCommands } from "@muster/protocol";
import type * as z from "zod/mini";

import { refuse } from "../commands/command.ts";
import { createTopic, type CreateTopic } from "../commands/create-topic.ts";
import { newTexts } from "./profile-fields.ts";
import { actingAs, endpoint } from "./rest-endpoint.ts";

/** `million_group_open_http_svc/create_topic` */
export const createTopicEndpoint = endpoint(restCommands.createTopic, async (executor, app, caller, body) => {
  const acting = await actingAs(executor, app, caller, body.From_Account);
  if (!acting.ok) return acting;
  const outcome = await executor.execute(app, acting.caller, createTopic, newTopic(body));
  return outcome.ok ? { ok: true, fields: { TopicId: outcome.result.topicId } } : outcome;
});

/** `group_open_http_svc/import_topic` */
export const importTopicEndpoint = endpoint(restCommands.importTopic, async (executor, app, caller, body) => {
  if (body.Type !== undefined && body.Type !== "Community") {
    return refuse(ErrorCode.InvalidParameter, 'Type must be "Community": no other type has topics');
  }
  const acting = await actingAs(executor, app, caller, body.From_Account);
  if (!acting.ok) return acting;
  const input = { ...newTopic(body), imported: { createTime: body.CreateTime } };
  const outcome = await executor.execute(app, acting.caller, createTopic, input);
  return outcome.ok ? { ok: true, fields: { TopicId: outcome.result.topicId } } : outcome;
});

/** What both requests say of the new topic. */
function newTopic(body: z.output<(typeof restCommands)["createTopic" | "importTopic"]["request"]>): CreateTopic {
  return {
    groupId: body.GroupId,
    topicId: body.TopicId,
    name: body.TopicName,
    ...newTexts(body),
    customString: body.CustomString ?? "",
  };
}
