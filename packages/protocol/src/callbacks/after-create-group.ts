import * as z from "zod/mini";

import { account, keyValues, memberAccounts } from "../scalars/accounts.ts";
import { eventTime } from "../scalars/event-time.ts";

/**
 * A group was created, by an app user or through REST.
 *
 * `MemberList` is the initial members as the creator named them; `UserDefinedDataList` comes only where the app
 * has custom fields configured. The page's table calls the id `groupID`, its samples and the wire `GroupId`.
 * @see https://trtc.io/document/34369
 */
export const afterCreateGroup = z.looseObject({
  CallbackCommand: z.literal("Group.CallbackAfterCreateGroup"),
  GroupId: z.string().check(z.minLength(1)),
  Operator_Account: account,
  Owner_Account: account,
  Type: z.string(),
  Name: z.string(),
  MemberList: z.optional(memberAccounts),
  UserDefinedDataList: z.optional(keyValues),
  EventTime: z.optional(eventTime),
});
