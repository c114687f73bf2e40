import { ErrorCode, FORBID_SEND_MSG_MAX, restCommands } from "@muster/protocol";

import { refuse } from "../commands/command.ts";
import { muteMembers } from "../commands/mute-members.ts";
import { endpoint } from "./rest-endpoint.ts";

/** `group_open_http_svc/forbid_send_msg` */
export const forbidSendMsgEndpoint = endpoint(restCommands.forbidSendMsg, async (executor, app, caller, body) => {
  const muteFor = body.MuteTime ?? body.ShutUpTime;
  if (muteFor === undefined) return refuse(ErrorCode.InvalidParameter, "MuteTime is required");
  const outcome = await executor.execute(app, caller, muteMembers, {
    groupId: body.GroupId,
    topicId: body.TopicId,
    userIds: body.Members_Account,
    muteFor,
    most: FORBID_SEND_MSG_MAX,
  });
  return outcome.ok ? { ok: true, fields: {} } : outcome;
});
