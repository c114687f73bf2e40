import * as z from "zod/mini";

import { byteText } from "../scalars/byte-text.ts";
import { groupIdField, uint32, userIds } from "../scalars/rest-fields.ts";
import { envelope, type RestCommand } from "./envelope.ts";

/** Most users that one call bans or unbans. */
export const BAN_MAX = 20;

/**
 * Bans users from an AVChatRoom for so many seconds.
 */
export const banGroupMember = {
  service: "group_open_http_svc",
  command: "ban_group_member",
  request: z.object({
    GroupId: groupIdField,
    Members_Account: userIds,
    Duration: uint32,
    Description: z.optional(byteText(1000)),
  }),
  response: envelope,
} as const satisfies RestCommand;
