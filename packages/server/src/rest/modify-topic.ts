import { restCommands } from "@muster/protocol";

import { changeTopic } from "../commands/change-topic.ts";
import { profileTexts } from "./profile-fields.ts";
import { actingAs, endpoint } from "./rest-endpoint.ts";
import { isOn } from "./wire-group.ts";

/** `million_group_open_http_svc/modify_topic` */
export const modifyTopicEndpoint = endpoint(restCommands.modifyTopic, async (executor, app, caller, body) => {
  const outcome = await executor.execute(app, actingAs(caller, body.From_Account), changeTopic, {
    groupId: body.GroupId,
    topicId: body.TopicId,
    ...profileTexts(body.TopicName, body),
    customString: body.CustomString,
    muteAll: isOn(body.MuteAllMember),
  });
  return outcome.ok ? { ok: true, info: "ok", fields: {} } : outcome;
});
