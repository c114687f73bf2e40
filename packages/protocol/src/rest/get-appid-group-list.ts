import * as z from "zod/mini";

import { envelope, type RestCommand } from "./envelope.ts";

/**
 * Lists the app's groups, page by page: `Next` is 0 at first, and 0 again at the end.
 * @see https://trtc.io/document/34960
 */
export const getAppidGroupList = {
  service: "group_open_http_svc",
  command: "get_appid_group_list",
  page: 34960,
  callsPerSecond: 1,
  request: z.object({
    Limit: z.optional(z.int().check(z.positive(), z.maximum(10_000))),
    Next: z.optional(z.int().check(z.nonnegative())),
    GroupType: z.optional(z.string()),
  }),
  response: z.extend(envelope, {
    TotalCount: z.number(),
    GroupIdList: z.array(z.object({ GroupId: z.string() })),
    Next: z.number(),
  }),
} as const satisfies RestCommand;
