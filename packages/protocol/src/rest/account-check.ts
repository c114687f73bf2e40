import * as z from "zod/mini";

import { envelope, type RestCommand } from "./envelope.ts";

/**
 * Tells which users are known to the app.
 * @see https://trtc.io/document/34956
 */
export const accountCheck = {
  service: "im_open_login_svc",
  command: "account_check",
  page: 34956,
  callsPerSecond: 100,
  request: z.object({ CheckItem: z.array(z.object({ UserID: z.string() })).check(z.minLength(1)) }),
  response: z.extend(envelope, {
    ResultItem: z.array(
      z.object({ UserID: z.string(), ResultCode: z.number(), ResultInfo: z.string(), AccountStatus: z.string() }),
    ),
  }),
} as const satisfies RestCommand;
