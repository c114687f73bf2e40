import * as z from "zod/mini";

import { eventTime } from "../scalars/event-time.ts";

/**
 * The extension of a group's message changed.
 * @see https://trtc.io/document/76007
 */
export const afterGroupMsgExtension = z.looseObject({
  CallbackCommand: z.literal("Group.CallbackAfterGroupMsgExtension"),
  GroupId: z.string().check(z.minLength(1)),
  MsgSeq: z.number(),
  OperateType: z.number(),
  ExtensionList: z.optional(z.array(z.looseObject({ Key: z.string() }))),
  Seq: z.optional(z.number()),
  EventTime: z.optional(eventTime),
});
