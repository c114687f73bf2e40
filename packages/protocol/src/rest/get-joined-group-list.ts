import * as z from "zod/mini";

import { fieldNames, paging, userId, zeroOrOne } from "../scalars/rest-fields.ts";
import { envelope, type RestCommand } from "./envelope.ts";

/**
 * Lists the groups that a user is in. Without `WithHugeGroups` no AVChatRooms, without `WithNoActiveGroups` no
 * Work groups that nobody has written to.
 * @see https://trtc.io/document/34925
 */
export const getJoinedGroupList = {
  service: "group_open_http_svc",
  command: "get_joined_group_list",
  page: 34925,
  request: z.object({
    Member_Account: userId,
    WithHugeGroups: z.optional(zeroOrOne),
    WithNoActiveGroups: z.optional(zeroOrOne),
    ...paging,
    /** All that there are where it is absent. */
    Limit: z.optional(z.int().check(z.positive(), z.maximum(5_000))),
    GroupType: z.optional(z.string()),
    /** 1 for communities that can have topics; goes with `GroupType` Community. */
    SupportTopic: z.optional(zeroOrOne),
    ResponseFilter: z.optional(z.object({ GroupBaseInfoFilter: fieldNames, SelfInfoFilter: fieldNames })),
  }),
  response: z.extend(envelope, {
    /** How many there are, whatever the page. */
    TotalCount: z.number(),
    GroupIdList: z.array(z.looseObject({ GroupId: z.string() })),
  }),
} as const satisfies RestCommand;
