import * as z from "zod/mini";

import { groupIdField, userIds } from "../scalars/rest-fields.ts";
import { envelope, type RestCommand } from "./envelope.ts";

/**
 * Lifts the ban of users from an AVChatRoom.
 */
export const unbanGroupMember = {
  service: "group_open_http_svc",
  command: "unban_group_member",
  request: z.object({ GroupId: groupIdField, Members_Account: userIds }),
  response: envelope,
} as const satisfies RestCommand;
