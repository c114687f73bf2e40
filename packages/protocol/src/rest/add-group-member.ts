import * as z from "zod/mini";

import { groupIdField, userId, zeroOrOne } from "../scalars/rest-fields.ts";
import { envelope, type RestCommand } from "./envelope.ts";

/** Most members that one call takes. */
export const ADD_GROUP_MEMBER_MAX = 300;

/**
 * Adds members to a group. Each has a result of its own: 0 failed, 1 added, 2 was a member, 3 waits for consent.
 * @see https://trtc.io/document/34921
 */
export const addGroupMember = {
  service: "group_open_http_svc",
  command: "add_group_member",
  page: 34921,
  request: z.object({
    GroupId: groupIdField,
    /** 1 tells nobody. */
    Silence: z.optional(zeroOrOne),
    MemberList: z.array(z.object({ Member_Account: userId })).check(z.minLength(1)),
  }),
  response: z.extend(envelope, {
    MemberList: z.array(z.object({ Member_Account: z.string(), Result: z.number() })),
  }),
} as const satisfies RestCommand;
