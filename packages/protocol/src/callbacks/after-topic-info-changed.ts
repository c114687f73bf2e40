import * as z from "zod/mini";

import { account } from "../scalars/accounts.ts";

/**
 * A topic's profile changed. No version of the page names the topic.
 * @see https://trtc.io/document/49466
 */
export const afterTopicInfoChanged = z.looseObject({
  CallbackCommand: z.literal("Group.CallbackAfterTopicInfoChanged"),
  GroupId: z.string().check(z.minLength(1)),
  Type: z.string(),
  Operator_Account: account,
  Name: z.optional(z.string()),
  Introduction: z.optional(z.string()),
  Notification: z.optional(z.string()),
  FaceUrl: z.optional(z.string()),
});
