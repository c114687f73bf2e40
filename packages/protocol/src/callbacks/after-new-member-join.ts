import * as z from "zod/mini";

import { account, memberAccounts } from "../scalars/accounts.ts";
import { eventTime } from "../scalars/event-time.ts";

/**
 * Users joined a group.
 * @see https://trtc.io/document/34372
 */
export const afterNewMemberJoin = z.looseObject({
  CallbackCommand: z.literal("Group.CallbackAfterNewMemberJoin"),
  GroupId: z.string().check(z.minLength(1)),
  Type: z.string(),
  JoinType: z.string(),
  Operator_Account: account,
  NewMemberList: memberAccounts,
  EventTime: z.optional(eventTime),
});
