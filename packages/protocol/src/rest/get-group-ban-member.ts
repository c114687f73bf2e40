import * as z from "zod/mini";

import { groupIdField } from "../scalars/rest-fields.ts";
import { envelope, type RestCommand } from "./envelope.ts";

/**
 * Lists the users who are banned from an AVChatRoom; `NextOffset` is 0 at the end.
 */
export const getGroupBanMember = {
  service: "group_open_http_svc",
  command: "get_group_ban_member",
  request: z.object({
    GroupId: groupIdField,
    Limit: z.optional(z.int().check(z.positive(), z.maximum(100))),
    Offset: z.int().check(z.nonnegative()),
  }),
  response: z.extend(envelope, {
    BannedAccountList: z.array(z.object({ Member_Account: z.string(), BannedUntil: z.number() })),
    NextOffset: z.number(),
  }),
} as const satisfies RestCommand;
