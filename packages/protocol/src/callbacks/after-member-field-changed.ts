import * as z from "zod/mini";

import { account } from "../scalars/accounts.ts";
import { eventTime } from "../scalars/event-time.ts";

/**
 * A member's role or name card changed.
 * @see https://trtc.io/document/60393
 */
export const afterMemberFieldChanged = z.looseObject({
  CallbackCommand: z.literal("Group.CallbackAfterMemberFieldChanged"),
  GroupId: z.string().check(z.minLength(1)),
  Type: z.string(),
  Operator_Account: account,
  Member_Account: account,
  Role: z.optional(z.string()),
  NameCard: z.optional(z.string()),
  EventTime: z.optional(eventTime),
});
