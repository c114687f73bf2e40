import * as z from "zod/mini";

import { userId } from "../scalars/rest-fields.ts";
import { envelope, type RestCommand } from "./envelope.ts";

/**
 * Makes a user known to the app; a second import of the same user is fine.
 * `Nick` and `FaceUrl` may have 500 bytes each: longer ones have a code of their own (40601).
 * @see https://trtc.io/document/34953
 */
export const accountImport = {
  service: "im_open_login_svc",
  command: "account_import",
  page: 34953,
  request: z.object({
    UserID: userId,
    Nick: z.optional(z.string()),
    FaceUrl: z.optional(z.string()),
  }),
  response: envelope,
} as const satisfies RestCommand;
