import * as z from "zod/mini";

import { account } from "../scalars/accounts.ts";
import { eventTime } from "../scalars/event-time.ts";

/**
 * A message to a group could not be delivered; `ErrorCode` and `ErrorInfo` say why.
 * @see https://trtc.io/document/49462
 */
export const sendMsgException = z.looseObject({
  CallbackCommand: z.literal("Group.CallbackSendMsgException"),
  GroupId: z.string().check(z.minLength(1)),
  Type: z.string(),
  From_Account: account,
  Operator_Account: z.optional(account),
  Random: z.optional(z.number()),
  OnlineOnlyFlag: z.optional(z.number()),
  MsgBody: z.array(z.looseObject({})),
  ErrorCode: z.number(),
  ErrorInfo: z.optional(z.string()),
  EventTime: z.optional(eventTime),
});
