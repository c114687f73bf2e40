import * as z from "zod/mini";

import { groupIdField } from "../scalars/rest-fields.ts";
import { envelope, type RestCommand } from "./envelope.ts";

/** Most groups that one call takes. */
export const GET_GROUP_INFO_MAX_GROUPS = 50;

const names = z.optional(z.array(z.string()));

/**
 * Reads up to 50 groups with their members. Each group has a result of its own; the envelope's code tells
 * only whether the call itself was understood. With a filter, only the named fields come, and always
 * `GroupId`, `ErrorCode`, `ErrorInfo`.
 * @see https://trtc.io/document/34961
 */
export const getGroupInfo = {
  service: "group_open_http_svc",
  command: "get_group_info",
  page: 34961,
  request: z.object({
    GroupIdList: z.array(groupIdField).check(z.minLength(1), z.maxLength(GET_GROUP_INFO_MAX_GROUPS)),
    ResponseFilter: z.optional(
      z.object({
        GroupBaseInfoFilter: names,
        MemberInfoFilter: names,
        AppDefinedDataFilter_Group: names,
        AppDefinedDataFilter_GroupMember: names,
      }),
    ),
  }),
  response: z.extend(envelope, {
    GroupInfo: z.array(z.looseObject({ GroupId: z.string(), ErrorCode: z.number(), ErrorInfo: z.string() })),
  }),
} as const satisfies RestCommand;
