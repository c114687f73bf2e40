import * as z from "zod/mini";

import { account } from "../scalars/accounts.ts";
import { eventTime } from "../scalars/event-time.ts";

/**
 * A group's attributes changed; the attributes' keys are spelt `key` and `value`.
 * @see https://trtc.io/document/60394
 */
export const afterGroupAttrChanged = z.looseObject({
  CallbackCommand: z.literal("Group.CallbackAfterGroupAttrChanged"),
  GroupId: z.string().check(z.minLength(1)),
  Type: z.string(),
  Operator_Account: account,
  OptionType: z.optional(z.string()),
  GroupAttr: z.optional(z.array(z.looseObject({ key: z.string(), value: z.optional(z.string()) }))),
  EventTime: z.optional(eventTime),
});
