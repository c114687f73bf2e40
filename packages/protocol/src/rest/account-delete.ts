import * as z from "zod/mini";

import { envelope, type RestCommand } from "./envelope.ts";

/**
 * Deletes users from the app. Each has a result of its own.
 * @see https://trtc.io/document/34955
 */
export const accountDelete = {
  service: "im_open_login_svc",
  command: "account_delete",
  page: 34955,
  callsPerSecond: 100,
  request: z.object({ DeleteItem: z.array(z.object({ UserID: z.string() })).check(z.minLength(1)) }),
  response: z.extend(envelope, {
    ResultItem: z.array(z.object({ UserID: z.string(), ResultCode: z.number(), ResultInfo: z.string() })),
  }),
} as const satisfies RestCommand;
