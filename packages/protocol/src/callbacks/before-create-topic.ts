import * as z from "zod/mini";

import { account } from "../scalars/accounts.ts";

/**
 * Asks whether a topic may be created in a community.
 * @see https://trtc.io/document/49463
 */
export const beforeCreateTopic = z.looseObject({
  CallbackCommand: z.literal("Group.CallbackBeforeCreateTopic"),
  Operator_Account: account,
  Type: z.string(),
  Name: z.string(),
});
