import * as z from "zod/mini";

import { memberDefinedData, newGroupFields, userId } from "../scalars/rest-fields.ts";
import { envelope, type RestCommand } from "./envelope.ts";

/** Most members that one call takes. */
export const CREATE_GROUP_MAX_MEMBERS = 100;

/**
 * Creates a group. The owner becomes a member; where none is named the group has no owner. A call that names
 * more members than it may is refused as a whole (10005).
 * @see https://trtc.io/document/34895
 */
export const createGroup = {
  service: "group_open_http_svc",
  command: "create_group",
  page: 34895,
  request: z.object({
    ...newGroupFields,
    MemberList: z.optional(
      z.array(
        z.object({
          Member_Account: userId,
          Role: z.optional(z.enum(["Admin", "Member"])),
          AppMemberDefinedData: z.optional(memberDefinedData),
        }),
      ),
    ),
  }),
  response: z.extend(envelope, { GroupId: z.string() }),
} as const satisfies RestCommand;
