import * as z from "zod/mini";

import { zeroOrOne } from "../scalars/rest-fields.ts";
import { envelope, type RestCommand } from "./envelope.ts";

/** Most users that one call takes. */
export const ONLINE_STATUS_MAX = 500;

/**
 * Tells whether users are connected. It fails as a whole only where none of them exists.
 * @see https://trtc.io/document/35477
 */
export const queryOnlineStatus = {
  service: "openim",
  command: "query_online_status",
  page: 35477,
  request: z.object({
    To_Account: z.array(z.string()).check(z.minLength(1)),
    IsNeedDetail: z.optional(zeroOrOne),
  }),
  response: z.extend(envelope, {
    QueryResult: z.array(z.looseObject({ To_Account: z.string(), State: z.string() })),
    ErrorList: z.optional(z.array(z.object({ To_Account: z.string(), ErrorCode: z.number() }))),
  }),
} as const satisfies RestCommand;
