import { restCommands } from "@muster/protocol";

import { changeTopic } from "../commands/change-topic.ts";
import { profileTexts } from "./profile-fields.ts";
import { actingAs, endpoint } from "./rest-endpoint.ts";
import { isOn } from "./wire-group.ts";

/** `million_group_open_http_svc/modify_topic` */
export const modifyTopicEndpoint = endpoint(restCommands.modifyTopic, async (executor, app, caller, body) => {
  const acting = await actingAs(executor, app, caller, body.From_Account);
  if (!acting.ok) return acting;
  const outcome = await executor.execute(app, acting.caller, changeTopic, {
    groupId: body.GroupId,
    topicId: body.TopicId,
    ...profileTexts(body.TopicName, body),
    customString: body.CustomString,
    muteAll: isOn(body.MuteAllMember),
  });
  return outcome.ok ? { ok: true, info: "ok", fields: {} } : outcome;
});
