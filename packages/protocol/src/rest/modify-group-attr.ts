import * as z from "zod/mini";

import { groupAttributes, groupIdField } from "../scalars/rest-fields.ts";
import { envelope, type RestCommand } from "./envelope.ts";

/**
 * Sets attributes of a group and leaves the others.
 */
export const modifyGroupAttr = {
  service: "group_open_http_svc",
  command: "modify_group_attr",
  request: z.object({ GroupId: groupIdField, GroupAttr: groupAttributes.check(z.minLength(1)) }),
  response: envelope,
} as const satisfies RestCommand;
