import * as z from "zod/mini";

import { byteText } from "../scalars/byte-text.ts";
import { groupIdField, memberDefinedData, uint32, userId } from "../scalars/rest-fields.ts";
import { envelope, type RestCommand } from "./envelope.ts";

/**
 * Changes what a group knows of a member. The owner's role is changed by `change_group_owner` alone.
 * @see https://trtc.io/document/34900
 */
export const modifyGroupMemberInfo = {
  service: "group_open_http_svc",
  command: "modify_group_member_info",
  page: 34900,
  request: z.object({
    GroupId: groupIdField,
    Member_Account: userId,
    Role: z.optional(z.enum(["Admin", "Member"])),
    MsgFlag: z.optional(z.enum(["AcceptAndNotify", "AcceptNotNotify", "Discard"])),
    NameCard: z.optional(byteText(50)),
    AppMemberDefinedData: z.optional(memberDefinedData),
    /** For how many seconds from now the member is muted; 0 unmutes. */
    MuteTime: z.optional(uint32),
    /** `MuteTime` by its old name. */
    ShutUpTime: z.optional(uint32),
  }),
  response: envelope,
} as const satisfies RestCommand;
