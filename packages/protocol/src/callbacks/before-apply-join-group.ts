import * as z from "zod/mini";

import { account } from "../scalars/accounts.ts";
import { eventTime } from "../scalars/event-time.ts";

/**
 * Asks whether a user may apply to join a group.
 * @see https://trtc.io/document/34370
 */
export const beforeApplyJoinGroup = z.looseObject({
  CallbackCommand: z.literal("Group.CallbackBeforeApplyJoinGroup"),
  GroupId: z.string().check(z.minLength(1)),
  Type: z.string(),
  Requestor_Account: account,
  EventTime: z.optional(eventTime),
});
