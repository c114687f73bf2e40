import { ErrorCode, NOTIFICATION_MAX_MEMBERS, restCommands } from "@muster/protocol";

import { refuse } from "../commands/command.ts";
import { findGroup } from "../commands/find-group.ts";
import { capabilities } from "../group/capabilities.ts";
import { endpoint } from "./rest-endpoint.ts";

/** `group_open_http_svc/send_group_system_notification`: reaches those members who are connected. */
export const sendGroupSystemNotificationEndpoint = endpoint(
  restCommands.sendGroupSystemNotification,
  async (executor, app, _caller, { GroupId, Content, ToMembers_Account = [] }) => {
    const reads = executor.store.read(app.sdkAppId);
    const found = await findGroup(reads, GroupId);
    if (!found.ok) return found;
    if (ToMembers_Account.length > NOTIFICATION_MAX_MEMBERS) {
      const info = `ToMembers_Account names ${ToMembers_Account.length} members, one call takes ${NOTIFICATION_MAX_MEMBERS}`;
      return refuse(ErrorCode.TooManyAccounts, info);
    }
    if (ToMembers_Account.length > 0 && !capabilities[found.group.type].keepsMembers) {
      return refuse(ErrorCode.NotPermitted, `a group of type ${found.group.type} can be notified as a whole only`);
    }
    const connected = executor.presence.users(app.sdkAppId);
    const wanted = ToMembers_Account.length > 0 ? ToMembers_Account : connected;
    const members = capabilities[found.group.type].keepsMembers
      ? await reads.membersAmong(GroupId, wanted)
      : executor.presence.audience(app.sdkAppId, GroupId);
    executor.presence.notifyText(app.sdkAppId, members, GroupId, Content);
    return { ok: true, fields: {} };
  },
);
