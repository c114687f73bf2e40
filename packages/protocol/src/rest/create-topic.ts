import * as z from "zod/mini";

import { newTopicFields } from "../scalars/rest-fields.ts";
import { envelope, type RestCommand } from "./envelope.ts";

/**
 * Creates a topic in a community that was made with `SupportTopic`.
 * @see https://trtc.io/document/49471
 */
export const createTopic = {
  service: "million_group_open_http_svc",
  command: "create_topic",
  page: 49471,
  request: z.object(newTopicFields),
  response: z.extend(envelope, { TopicId: z.string() }),
} as const satisfies RestCommand;
