import * as z from "zod/mini";

import { userId } from "../scalars/rest-fields.ts";
import { envelope, type RestCommand } from "./envelope.ts";

/**
 * Ends a user's sessions; UserSigs that were signed before no longer work.
 * @see https://trtc.io/document/34957
 */
export const kick = {
  service: "im_open_login_svc",
  command: "kick",
  page: 34957,
  request: z.object({ UserID: userId }),
  response: envelope,
} as const satisfies RestCommand;
