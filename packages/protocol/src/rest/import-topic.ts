import * as z from "zod/mini";

import { byteText } from "../scalars/byte-text.ts";
import { groupIdField, groupTexts, nameField, seconds, userId } from "../scalars/rest-fields.ts";
import { envelope, type RestCommand } from "./envelope.ts";

/**
 * Brings in a topic from elsewhere. There are no callbacks.
 */
export const importTopic = {
  service: "group_open_http_svc",
  command: "import_topic",
  request: z.object({
    GroupId: groupIdField,
    TopicName: nameField,
    Type: z.optional(z.string()),
    TopicId: z.optional(z.string()),
    From_Account: z.optional(userId),
    CustomString: z.optional(byteText(3000)),
    ...groupTexts,
    CreateTime: z.optional(seconds),
  }),
  response: z.extend(envelope, { TopicId: z.string() }),
} as const satisfies RestCommand;
