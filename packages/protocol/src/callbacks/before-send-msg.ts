import * as z from "zod/mini";

import { account } from "../scalars/accounts.ts";
import { eventTime } from "../scalars/event-time.ts";

/**
 * Asks whether a message may be sent to a group.
 * @see https://trtc.io/document/34374
 */
export const beforeSendMsg = z.looseObject({
  CallbackCommand: z.literal("Group.CallbackBeforeSendMsg"),
  GroupId: z.string().check(z.minLength(1)),
  Type: z.string(),
  From_Account: account,
  Operator_Account: z.optional(account),
  Random: z.optional(z.number()),
  OnlineOnlyFlag: z.optional(z.number()),
  MsgBody: z.array(z.looseObject({ MsgType: z.string() })),
  CloudCustomData: z.optional(z.string()),
  TopicId: z.optional(z.string()),
  EventTime: z.optional(eventTime),
});
