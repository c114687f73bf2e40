import * as z from "zod/mini";

import { groupIdField } from "../scalars/rest-fields.ts";
import { envelope, type RestCommand } from "./envelope.ts";

/**
 * Lists the muted members of a group and until when they are, in seconds since 1970.
 * @see https://trtc.io/document/34964
 */
export const getGroupMutedAccount = {
  service: "group_open_http_svc",
  command: "get_group_muted_account",
  page: 34964,
  request: z.object({ GroupId: groupIdField, TopicId: z.optional(z.string()) }),
  response: z.extend(envelope, {
    GroupId: z.string(),
    MutedAccountList: z.array(z.object({ Member_Account: z.string(), MutedUntil: z.number() })),
  }),
} as const satisfies RestCommand;
