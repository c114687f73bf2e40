import { NOTIFICATION_MAX_MEMBERS, restCommands } from "@muster/protocol";

import { sendText } from "../commands/send-text.ts";
import { endpoint } from "./rest-endpoint.ts";

/** `group_open_http_svc/send_group_system_notification` */
export const sendGroupSystemNotificationEndpoint = endpoint(
  restCommands.sendGroupSystemNotification,
  async (executor, app, caller, { GroupId, TopicId, Content, ToMembers_Account = [] }) => {
    const outcome = await executor.execute(app, caller, sendText, {
      groupId: GroupId,
      topicId: TopicId,
      text: Content,
      userIds: ToMembers_Account,
      most: NOTIFICATION_MAX_MEMBERS,
    });
    return outcome.ok ? { ok: true, fields: {} } : outcome;
  },
);
