import * as z from "zod/mini";

import { groupIdField, userIds, zeroOrOne } from "../scalars/rest-fields.ts";
import { envelope, type RestCommand } from "./envelope.ts";

/** Most members that one call takes. */
export const DELETE_GROUP_MEMBER_MAX = 100;

/**
 * Removes members from a group. Naming somebody who is none is no failure.
 * @see https://trtc.io/document/34949
 */
export const deleteGroupMember = {
  service: "group_open_http_svc",
  command: "delete_group_member",
  page: 34949,
  request: z.object({
    GroupId: groupIdField,
    /** 1 tells nobody. */
    Silence: z.optional(zeroOrOne),
    Reason: z.optional(z.string()),
    MemberToDel_Account: userIds,
  }),
  response: envelope,
} as const satisfies RestCommand;
