import * as z from "zod/mini";

import { fieldNames, groupIdField, userId } from "../scalars/rest-fields.ts";
import { envelope, type RestCommand } from "./envelope.ts";

/**
 * Reads topics of a community, all where none is named. Each has a result of its own.
 */
export const getTopic = {
  service: "million_group_open_http_svc",
  command: "get_topic",
  request: z.object({
    GroupId: groupIdField,
    /** The member whose own data come with each topic. */
    From_Account: z.optional(userId),
    TopicIdList: z.optional(z.array(z.string())),
    ResponseFilter: fieldNames,
  }),
  response: z.extend(envelope, {
    TopicAndSelfInfo: z.array(z.looseObject({ ErrorCode: z.number(), ErrorInfo: z.string() })),
  }),
} as const satisfies RestCommand;
