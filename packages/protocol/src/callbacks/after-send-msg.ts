import * as z from "zod/mini";

import { account } from "../scalars/accounts.ts";
import { eventTime } from "../scalars/event-time.ts";

/**
 * A message was sent to a group. `MsgTime` is in seconds, `EventTime` in milliseconds.
 * @see https://trtc.io/document/34375
 */
export const afterSendMsg = z.looseObject({
  CallbackCommand: z.literal("Group.CallbackAfterSendMsg"),
  GroupId: z.string().check(z.minLength(1)),
  Type: z.string(),
  From_Account: account,
  Operator_Account: z.optional(account),
  Random: z.optional(z.number()),
  MsgSeq: z.number(),
  MsgTime: z.number(),
  OnlineOnlyFlag: z.optional(z.number()),
  MsgBody: z.array(z.looseObject({ MsgType: z.string() })),
  GroupAtInfo: z.optional(z.array(z.looseObject({}))),
  MsgId: z.optional(z.string()),
  CloudCustomData: z.optional(z.string()),
  TopicId: z.optional(z.string()),
  EventTime: z.optional(eventTime),
});
