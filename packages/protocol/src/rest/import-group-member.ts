import * as z from "zod/mini";

import { groupIdField, seconds, uint32, userId } from "../scalars/rest-fields.ts";
import { envelope, type RestCommand } from "./envelope.ts";

/** Most members that one call takes. */
export const IMPORT_GROUP_MEMBER_MAX = 300;

/**
 * Brings in members from elsewhere, with the times of their joining: between the group's creation and now. There
 * are no callbacks. Each has a result of its own: 0 failed, 1 added, 2 was a member.
 * @see https://trtc.io/document/34969
 */
export const importGroupMember = {
  service: "group_open_http_svc",
  command: "import_group_member",
  page: 34969,
  request: z.object({
    GroupId: groupIdField,
    MemberList: z
      .array(
        z.object({
          Member_Account: userId,
          Role: z.optional(z.enum(["Admin"])),
          JoinTime: z.optional(seconds),
          UnreadMsgNum: z.optional(uint32),
        }),
      )
      .check(z.minLength(1)),
  }),
  response: z.extend(envelope, {
    MemberList: z.array(z.object({ Member_Account: z.string(), Result: z.number() })),
  }),
} as const satisfies RestCommand;
