import * as z from "zod/mini";

import { memberAccounts } from "../scalars/accounts.ts";
import { eventTime } from "../scalars/event-time.ts";

/**
 * Members of an AVChatRoom came online or went offline.
 * @see https://trtc.io/document/48734
 */
export const onMemberStateChange = z.looseObject({
  CallbackCommand: z.literal("Group.CallbackOnMemberStateChange"),
  GroupId: z.string().check(z.minLength(1)),
  EventType: z.string(),
  EventCause: z.optional(z.string()),
  MemberList: memberAccounts,
  EventTime: z.optional(eventTime),
});
