import * as z from "zod/mini";

import { newGroupFields, seconds } from "../scalars/rest-fields.ts";
import { envelope, type RestCommand } from "./envelope.ts";

/**
 * Brings in a group from elsewhere, with the time of its creation. Nobody is told of it, and there are no callbacks.
 * @see https://trtc.io/document/34967
 */
export const importGroup = {
  service: "group_open_http_svc",
  command: "import_group",
  page: 34967,
  request: z.object({ ...newGroupFields, CreateTime: z.optional(seconds) }),
  response: z.extend(envelope, { GroupId: z.string() }),
} as const satisfies RestCommand;
