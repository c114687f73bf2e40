import * as z from "zod/mini";

import { groupIdField } from "../scalars/rest-fields.ts";
import { envelope, type RestCommand } from "./envelope.ts";

/**
 * Deletes topics of a community, for good. Each topic has a result of its own, in the order of the request.
 * @see https://trtc.io/document/49470
 */
export const destroyTopic = {
  service: "million_group_open_http_svc",
  command: "destroy_topic",
  page: 49470,
  request: z.object({
    GroupId: groupIdField,
    TopicIdList: z.array(z.string()).check(z.minLength(1)),
  }),
  response: z.extend(envelope, {
    DestroyResultItem: z.array(z.object({ ErrorCode: z.number(), ErrorInfo: z.string(), TopicId: z.string() })),
  }),
} as const satisfies RestCommand;
