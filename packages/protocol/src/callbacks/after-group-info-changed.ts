import * as z from "zod/mini";

import { account, keyValues } from "../scalars/accounts.ts";
import { eventTime } from "../scalars/event-time.ts";

/**
 * A group's profile changed; only the changed ones of the four texts are there.
 * @see https://trtc.io/document/34378
 */
export const afterGroupInfoChanged = z.looseObject({
  CallbackCommand: z.literal("Group.CallbackAfterGroupInfoChanged"),
  GroupId: z.string().check(z.minLength(1)),
  Type: z.string(),
  Operator_Account: account,
  Name: z.optional(z.string()),
  Introduction: z.optional(z.string()),
  Notification: z.optional(z.string()),
  FaceUrl: z.optional(z.string()),
  UserDefinedDataList: z.optional(keyValues),
  EventTime: z.optional(eventTime),
});
