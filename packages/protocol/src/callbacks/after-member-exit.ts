import * as z from "zod/mini";

import { account, memberAccounts } from "../scalars/accounts.ts";
import { eventTime } from "../scalars/event-time.ts";

/**
 * Users left a group or were removed; `Operator_Account` is whoever acted.
 * @see https://trtc.io/document/34373
 */
export const afterMemberExit = z.looseObject({
  CallbackCommand: z.literal("Group.CallbackAfterMemberExit"),
  GroupId: z.string().check(z.minLength(1)),
  Type: z.string(),
  ExitType: z.string(),
  Operator_Account: account,
  ExitMemberList: memberAccounts,
  EventTime: z.optional(eventTime),
});
