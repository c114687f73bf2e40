import * as z from "zod/mini";

import { account, memberAccounts } from "../scalars/accounts.ts";
import { eventTime } from "../scalars/event-time.ts";

/**
 * A group was disbanded, by its owner or through REST.
 *
 * `MemberList` holds everybody who was a member, the owner included; it is not sent for a community. `Name`
 * is in every sample and in no table. `Operator_Account` is in the Chinese page of 2024 only.
 * @see https://trtc.io/document/34377
 */
export const afterGroupDestroyed = z.looseObject({
  CallbackCommand: z.literal("Group.CallbackAfterGroupDestroyed"),
  Operator_Account: z.optional(account),
  GroupId: z.string().check(z.minLength(1)),
  Type: z.string(),
  Owner_Account: account,
  Name: z.optional(z.string()),
  MemberList: z.optional(memberAccounts),
  EventTime: z.optional(eventTime),
});
