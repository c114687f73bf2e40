import * as z from "zod/mini";

import { eventTime } from "../scalars/event-time.ts";

/**
 * Messages of a group were read.
 * @see https://trtc.io/document/60395
 */
export const afterReadReceipt = z.looseObject({
  CallbackCommand: z.literal("Group.CallbackAfterReadReceipt"),
  GroupId: z.string().check(z.minLength(1)),
  Type: z.string(),
  GroupMsgReceiptList: z.array(z.looseObject({ MsgSeq: z.number() })),
  EventTime: z.optional(eventTime),
});
