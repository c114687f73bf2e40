import * as z from "zod/mini";

import { account } from "../scalars/accounts.ts";
import { eventTime } from "../scalars/event-time.ts";

/**
 * A group has another owner.
 * @see https://trtc.io/document/60396
 */
export const afterChangeGroupOwner = z.looseObject({
  CallbackCommand: z.literal("Group.CallbackAfterChangeGroupOwner"),
  GroupId: z.string().check(z.minLength(1)),
  Type: z.string(),
  Operator_Account: account,
  OldOwner_Account: account,
  NewOwner_Account: account,
  EventTime: z.optional(eventTime),
});
