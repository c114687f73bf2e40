import * as z from "zod/mini";

import { byteText } from "../scalars/byte-text.ts";
import { groupIdField, groupTexts, nameField, onOff, userId } from "../scalars/rest-fields.ts";
import { envelope, type RestCommand } from "./envelope.ts";

/**
 * Changes a topic's profile: only the fields that are there.
 */
export const modifyTopic = {
  service: "million_group_open_http_svc",
  command: "modify_topic",
  request: z.object({
    GroupId: groupIdField,
    TopicId: z.string(),
    From_Account: z.optional(userId),
    TopicName: z.optional(nameField),
    CustomString: z.optional(byteText(3000)),
    ...groupTexts,
    MuteAllMember: z.optional(onOff),
  }),
  response: envelope,
} as const satisfies RestCommand;
