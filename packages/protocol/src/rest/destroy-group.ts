import * as z from "zod/mini";

import { groupIdField } from "../scalars/rest-fields.ts";
import { envelope, type RestCommand } from "./envelope.ts";

/**
 * Disbands a group of whatever type, for good.
 * @see https://trtc.io/document/34896
 */
export const destroyGroup = {
  service: "group_open_http_svc",
  command: "destroy_group",
  page: 34896,
  request: z.object({ GroupId: groupIdField }),
  response: envelope,
} as const satisfies RestCommand;
