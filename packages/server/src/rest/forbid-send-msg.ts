import { ErrorCode, FORBID_SEND_MSG_MAX, restCommands } from "@muster/protocol";

import { refuse } from "../commands/command.ts";
import { muteMembers } from "../commands/mute-members.ts";
import { endpoint } from "./rest-endpoint.ts";

/** `group_open_http_svc/forbid_send_msg` */
export const forbidSendMsgEndpoint = endpoint(restCommands.forbidSendMsg, async (executor, app, caller, body) => {
  const muteFor = body.MuteTime ?? body.ShutUpTime;
  if (muteFor === undefined) return refuse(ErrorCode.InvalidParameter, "MuteTime is required");
  // To mute in the whole community instead would be more than was asked for.
  if (body.TopicId !== undefined) return refuse(ErrorCode.NotPermitted, "TopicId: nobody can be muted in one topic");
  const outcome = await executor.execute(app, caller, muteMembers, {
    groupId: body.GroupId,
    userIds: body.Members_Account,
    muteFor,
    most: FORBID_SEND_MSG_MAX,
  });
  return outcome.ok ? { ok: true, fields: {} } : outcome;
});
