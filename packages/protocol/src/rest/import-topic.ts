import * as z from "zod/mini";

import { newTopicFields, seconds } from "../scalars/rest-fields.ts";
import { envelope, type RestCommand } from "./envelope.ts";

/**
 * Brings in a topic from elsewhere. There are no callbacks.
 */
export const importTopic = {
  service: "group_open_http_svc",
  command: "import_topic",
  request: z.object({ ...newTopicFields, Type: z.optional(z.string()), CreateTime: z.optional(seconds) }),
  response: z.extend(envelope, { TopicId: z.string() }),
} as const satisfies RestCommand;
