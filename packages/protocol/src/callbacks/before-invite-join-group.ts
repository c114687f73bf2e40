import * as z from "zod/mini";

import { account, memberAccounts } from "../scalars/accounts.ts";
import { eventTime } from "../scalars/event-time.ts";

/**
 * Asks whether users may be added to a group, and which of them.
 * @see https://trtc.io/document/34371
 */
export const beforeInviteJoinGroup = z.looseObject({
  CallbackCommand: z.literal("Group.CallbackBeforeInviteJoinGroup"),
  GroupId: z.string().check(z.minLength(1)),
  Type: z.string(),
  Operator_Account: account,
  DestinationMembers: memberAccounts,
  EventTime: z.optional(eventTime),
});
