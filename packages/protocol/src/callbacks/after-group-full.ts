import * as z from "zod/mini";

import { eventTime } from "../scalars/event-time.ts";

/**
 * A group has as many members as it may have.
 * @see https://trtc.io/document/34376
 */
export const afterGroupFull = z.looseObject({
  CallbackCommand: z.literal("Group.CallbackAfterGroupFull"),
  GroupId: z.string().check(z.minLength(1)),
  EventTime: z.optional(eventTime),
});
