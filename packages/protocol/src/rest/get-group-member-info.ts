import * as z from "zod/mini";

import { fieldNames, groupIdField, paging } from "../scalars/rest-fields.ts";
import { envelope, type RestCommand } from "./envelope.ts";

/** Most members of one page; of a community's. */
export const MEMBER_PAGE_MAX = 6_000;
export const COMMUNITY_MEMBER_PAGE_MAX = 100;

/**
 * Lists a group's members: by `Limit` and `Offset`, a community's by `Next`, which is `""` at first and at the end.
 * @see https://trtc.io/document/34948
 */
export const getGroupMemberInfo = {
  service: "group_open_http_svc",
  command: "get_group_member_info",
  page: 34948,
  request: z.object({
    GroupId: groupIdField,
    MemberInfoFilter: fieldNames,
    MemberRoleFilter: z.optional(z.array(z.enum(["Owner", "Admin", "Member"]))),
    AppDefinedDataFilter_GroupMember: fieldNames,
    ...paging,
    Next: z.optional(z.string()),
  }),
  response: z.extend(envelope, {
    MemberNum: z.number(),
    MemberList: z.array(z.looseObject({ Member_Account: z.string() })),
    Next: z.optional(z.string()),
  }),
} as const satisfies RestCommand;
