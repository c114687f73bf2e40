import * as z from "zod/mini";

import { account } from "../scalars/accounts.ts";
import { eventTime } from "../scalars/event-time.ts";

/**
 * Messages of a group were recalled.
 * @see https://trtc.io/document/46979
 */
export const afterRecallMsg = z.looseObject({
  CallbackCommand: z.literal("Group.CallbackAfterRecallMsg"),
  Operator_Account: account,
  Type: z.string(),
  GroupId: z.string().check(z.minLength(1)),
  MsgSeqList: z.array(z.looseObject({ MsgSeq: z.number() })),
  TopicId: z.optional(z.string()),
  EventTime: z.optional(eventTime),
});
