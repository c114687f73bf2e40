import * as z from "zod/mini";

import { byteText } from "../scalars/byte-text.ts";
import { groupIdField, groupTexts, nameField, userId } from "../scalars/rest-fields.ts";
import { envelope, type RestCommand } from "./envelope.ts";

/**
 * Creates a topic in a community that was made with `SupportTopic`.
 * @see https://trtc.io/document/49471
 */
export const createTopic = {
  service: "million_group_open_http_svc",
  command: "create_topic",
  page: 49471,
  request: z.object({
    GroupId: groupIdField,
    /** `<GroupId>@TOPIC#_<own part>`; made by the server where it is absent. */
    TopicId: z.optional(z.string()),
    TopicName: nameField,
    /** The member who creates it; the caller where it is absent. */
    From_Account: z.optional(userId),
    CustomString: z.optional(byteText(3000)),
    ...groupTexts,
  }),
  response: z.extend(envelope, { TopicId: z.string() }),
} as const satisfies RestCommand;
