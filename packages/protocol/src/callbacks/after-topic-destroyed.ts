import * as z from "zod/mini";

/**
 * Topics of a community were deleted, by an app user or through REST.
 *
 * Several may come in one callback. The page's table calls `TopicIdList` a string; it is an array of them.
 * There is neither an operator nor a time in the body.
 * @see https://trtc.io/document/49465
 */
export const afterTopicDestroyed = z.looseObject({
  CallbackCommand: z.literal("Group.CallbackAfterTopicDestroyed"),
  GroupId: z.string().check(z.minLength(1)),
  Type: z.string(),
  TopicIdList: z.array(z.string()).check(z.minLength(1)),
});
