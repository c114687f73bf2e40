import * as z from "zod/mini";

import { groupIdField, userIds } from "../scalars/rest-fields.ts";
import { envelope, type RestCommand } from "./envelope.ts";

/** Most users that one call takes. */
export const GET_ROLE_MAX = 500;

/**
 * Tells the roles of users in a group: `Owner`, `Admin`, `Member` or `NotMember`.
 */
export const getRoleInGroup = {
  service: "group_open_http_svc",
  command: "get_role_in_group",
  request: z.object({ GroupId: groupIdField, User_Account: userIds }),
  response: z.extend(envelope, {
    UserIdList: z.array(z.object({ Member_Account: z.string(), Role: z.string() })),
  }),
} as const satisfies RestCommand;
