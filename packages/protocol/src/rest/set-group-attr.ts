import * as z from "zod/mini";

import { groupAttributes, groupIdField } from "../scalars/rest-fields.ts";
import { envelope, type RestCommand } from "./envelope.ts";

/**
 * Replaces all of a group's attributes.
 * @see https://trtc.io/document/44190
 */
export const setGroupAttr = {
  service: "group_open_http_svc",
  command: "set_group_attr",
  page: 44190,
  request: z.object({ GroupId: groupIdField, GroupAttr: groupAttributes.check(z.minLength(1)) }),
  response: envelope,
} as const satisfies RestCommand;
