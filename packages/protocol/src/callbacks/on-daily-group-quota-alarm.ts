import * as z from "zod/mini";

import { eventTime } from "../scalars/event-time.ts";

/**
 * The app created 70 % of the groups that it may create in a day.
 * @see https://trtc.io/document/57455
 */
export const onDailyGroupQuotaAlarm = z.looseObject({
  CallbackCommand: z.literal("Group.CallbackOnDailyGroupQuotaAlarm"),
  QuotaUsed: z.number(),
  Quota: z.number(),
  EventTime: z.optional(eventTime),
});
