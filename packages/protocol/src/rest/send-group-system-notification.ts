import * as z from "zod/mini";

import { groupIdField, userId } from "../scalars/rest-fields.ts";
import { envelope, type RestCommand } from "./envelope.ts";

/** Most members that one call names. */
export const NOTIFICATION_MAX_MEMBERS = 500;

/**
 * Sends a text of the app's to the members of a group, or to some of them.
 */
export const sendGroupSystemNotification = {
  service: "group_open_http_svc",
  command: "send_group_system_notification",
  request: z.object({
    GroupId: groupIdField,
    Content: z.string(),
    ToMembers_Account: z.optional(z.array(userId)),
    TopicId: z.optional(z.string()),
  }),
  response: envelope,
} as const satisfies RestCommand;
