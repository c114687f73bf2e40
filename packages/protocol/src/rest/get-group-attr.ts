import * as z from "zod/mini";

import { groupAttributes, groupIdField } from "../scalars/rest-fields.ts";
import { envelope, type RestCommand } from "./envelope.ts";

/**
 * Reads a group's attributes. The service is another than that of its siblings.
 * @see https://trtc.io/document/44187
 */
export const getGroupAttr = {
  service: "group_open_attr_http_svc",
  command: "get_group_attr",
  page: 44187,
  request: z.object({ GroupId: groupIdField }),
  response: z.extend(envelope, { GroupAttr: groupAttributes }),
} as const satisfies RestCommand;
