import * as z from "zod/mini";

import {
  appDefinedData,
  applyJoinOption,
  groupIdField,
  groupTexts,
  inviteJoinOption,
  nameField,
  onOff,
  userId,
} from "../scalars/rest-fields.ts";
import { envelope, type RestCommand } from "./envelope.ts";

/**
 * Changes a group's profile: only the fields that are there. An empty value deletes a custom field.
 * @see https://trtc.io/document/34962
 */
export const modifyGroupBaseInfo = {
  service: "group_open_http_svc",
  command: "modify_group_base_info",
  page: 34962,
  request: z.object({
    GroupId: groupIdField,
    From_Account: z.optional(userId),
    Name: z.optional(nameField),
    ...groupTexts,
    /** `MaxMemberCount` when the group is created. */
    MaxMemberNum: z.optional(z.int().check(z.positive())),
    ApplyJoinOption: z.optional(applyJoinOption),
    InviteJoinOption: z.optional(inviteJoinOption),
    AppDefinedData: z.optional(appDefinedData),
    MuteAllMember: z.optional(onOff),
    /** `MuteAllMember` by its old name. */
    ShutUpAllMember: z.optional(onOff),
  }),
  response: envelope,
} as const satisfies RestCommand;
