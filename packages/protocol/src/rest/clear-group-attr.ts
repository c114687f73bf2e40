import * as z from "zod/mini";

import { groupIdField } from "../scalars/rest-fields.ts";
import { envelope, type RestCommand } from "./envelope.ts";

/**
 * Deletes all of a group's attributes.
 * @see https://trtc.io/document/44189
 */
export const clearGroupAttr = {
  service: "group_open_http_svc",
  command: "clear_group_attr",
  page: 44189,
  request: z.object({ GroupId: groupIdField }),
  response: envelope,
} as const satisfies RestCommand;
