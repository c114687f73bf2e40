import * as z from "zod/mini";

import { account, memberAccounts } from "../scalars/accounts.ts";
import { eventTime } from "../scalars/event-time.ts";

/**
 * Asks whether a group may be created.
 * @see https://trtc.io/document/34368
 */
export const beforeCreateGroup = z.looseObject({
  CallbackCommand: z.literal("Group.CallbackBeforeCreateGroup"),
  Operator_Account: account,
  Owner_Account: account,
  Type: z.string(),
  Name: z.string(),
  MemberList: z.optional(memberAccounts),
  EventTime: z.optional(eventTime),
});
