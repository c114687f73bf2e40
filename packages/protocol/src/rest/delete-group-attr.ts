import * as z from "zod/mini";

import { groupIdField } from "../scalars/rest-fields.ts";
import { envelope, type RestCommand } from "./envelope.ts";

/**
 * Deletes attributes of a group; only the keys are looked at.
 */
export const deleteGroupAttr = {
  service: "group_open_http_svc",
  command: "delete_group_attr",
  request: z.object({
    GroupId: groupIdField,
    GroupAttr: z.array(z.object({ key: z.string().check(z.minLength(1)) })).check(z.minLength(1)),
  }),
  response: envelope,
} as const satisfies RestCommand;
