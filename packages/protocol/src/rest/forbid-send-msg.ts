import * as z from "zod/mini";

import { groupIdField, uint32, userIds } from "../scalars/rest-fields.ts";
import { envelope, type RestCommand } from "./envelope.ts";

/** Most members that one call takes. */
export const FORBID_SEND_MSG_MAX = 500;

/** The `MuteTime` that has no end. */
export const MUTED_FOR_GOOD = 4_294_967_295;

/**
 * Mutes members of a group: for so many seconds, 4294967295 for good, 0 unmutes.
 * @see https://trtc.io/document/34951
 */
export const forbidSendMsg = {
  service: "group_open_http_svc",
  command: "forbid_send_msg",
  page: 34951,
  request: z.object({
    GroupId: groupIdField,
    Members_Account: userIds,
    MuteTime: z.optional(uint32),
    /** `MuteTime` by its old name. */
    ShutUpTime: z.optional(uint32),
    TopicId: z.optional(z.string()),
  }),
  response: envelope,
} as const satisfies RestCommand;
