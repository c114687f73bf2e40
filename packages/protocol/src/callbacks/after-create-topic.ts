import * as z from "zod/mini";

import { account, keyValues } from "../scalars/accounts.ts";

/**
 * A topic was created in a community. `Owner_Account` is the community's owner; there is no time in the body.
 * @see https://trtc.io/document/49464
 */
export const afterCreateTopic = z.looseObject({
  CallbackCommand: z.literal("Group.CallbackAfterCreateTopic"),
  GroupId: z.string().check(z.minLength(1)),
  TopicId: z.string().check(z.minLength(1)),
  Operator_Account: account,
  Owner_Account: account,
  Type: z.string(),
  Name: z.string(),
  UserDefinedDataList: z.optional(keyValues),
});
