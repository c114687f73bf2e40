import * as z from "zod/mini";

import { byteText } from "../scalars/byte-text.ts";
import { groupTexts, nameField, userId } from "../scalars/rest-fields.ts";

const { Introduction: introduction, Notification: notification, FaceUrl: faceUrl } = groupTexts;

/** What an app user may ask for over the connection, once logged in: the body of each request. */
export const userRequests = {
  createGroup: z.object({
    type: z.string(),
    name: nameField,
    groupId: z.optional(z.string()),
    introduction,
    notification,
    faceUrl,
    supportTopic: z.optional(z.boolean()),
    members: z.optional(z.array(userId)),
    customFields: z.optional(z.record(z.string(), byteText(512))),
  }),
  dismissGroup: z.object({ groupId: z.string() }),
  createTopic: z.object({
    groupId: z.string(),
    name: nameField,
    topicId: z.optional(z.string()),
    introduction,
    notification,
    faceUrl,
    customString: z.optional(byteText(3000)),
  }),
  /** Without `topicIds`, every topic of the community. */
  deleteTopics: z.object({ groupId: z.string(), topicIds: z.optional(z.array(z.string()).check(z.minLength(1))) }),
} as const;

export type UserRequestName = keyof typeof userRequests;

/** What each request is answered with. */
export interface UserReplies {
  readonly createGroup: { readonly groupId: string };
  readonly dismissGroup: { readonly groupId: string };
  readonly createTopic: { readonly topicId: string };
  readonly deleteTopics: { readonly results: readonly TopicResult[] };
}

/** The result of one topic; `code` 0 if it was deleted. */
export interface TopicResult {
  readonly topicId: string;
  readonly code: number;
  readonly info: string;
}

/** The same, for reading. */
export const userReplies: { readonly [N in UserRequestName]: z.ZodMiniType<UserReplies[N]> } = {
  createGroup: z.object({ groupId: z.string() }),
  dismissGroup: z.object({ groupId: z.string() }),
  createTopic: z.object({ topicId: z.string() }),
  deleteTopics: z.object({ results: z.array(z.object({ topicId: z.string(), code: z.int(), info: z.string() })) }),
};
