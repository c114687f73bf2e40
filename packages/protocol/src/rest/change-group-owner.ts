import * as z from "zod/mini";

import { groupIdField, userId } from "../scalars/rest-fields.ts";
import { envelope, type RestCommand } from "./envelope.ts";

/**
 * Hands a group over to another of its members.
 */
export const changeGroupOwner = {
  service: "group_open_http_svc",
  command: "change_group_owner",
  request: z.object({ GroupId: groupIdField, NewOwner_Account: userId, From_Account: z.optional(userId) }),
  response: envelope,
} as const satisfies RestCommand;
