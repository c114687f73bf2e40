import * as z from "zod/mini";

import { USER_ID_MAX_BYTES } from "../ids.ts";
import { byteText } from "./byte-text.ts";

/** A user's id in a request: not empty, at most 32 bytes. */
export const userId = byteText(USER_ID_MAX_BYTES).check(z.minLength(1));

/** A group's id in a request. Whether it can be one is the command's to say: that has a code of its own. */
export const groupIdField = z.string();

/** Custom fields in a request. */
export const appDefinedData = z.array(z.object({ Key: z.string().check(z.minLength(1)), Value: byteText(512) }));

/** A group's texts and their limits, the same wherever they are set. */
export const groupTexts = {
  Introduction: z.optional(byteText(240)),
  Notification: z.optional(byteText(300)),
  FaceUrl: z.optional(byteText(100)),
};

/** A group's or topic's name. */
export const nameField = byteText(30).check(z.minLength(1));

/** 0 or 1, as the REST API spells a yes or no. */
export const zeroOrOne = z.literal([0, 1]);

/** On or Off, as the REST API spells a switch of a group. */
export const onOff = z.enum(["On", "Off"]);

/** Custom fields of a member in a request. */
export const memberDefinedData = z.array(z.object({ Key: z.string().check(z.minLength(1)), Value: byteText(64) }));

/** Users in a request; how many a command takes is the command's to say, with a code of its own. */
export const userIds = z.array(userId).check(z.minLength(1));

/** A count of seconds, or any other number that fits into 32 bits. */
export const uint32 = z.int().check(z.nonnegative(), z.maximum(4_294_967_295));

/** A moment in seconds since 1970. */
export const seconds = z.int().check(z.nonnegative(), z.maximum(4_294_967_295));

/** Who may apply to join a group, and who may invite others to it. */
export const applyJoinOption = z.enum(["FreeAccess", "NeedPermission", "DisableApply"]);
export const inviteJoinOption = z.enum(["FreeAccess", "NeedPermission", "DisableInvite"]);

/** Names of fields that an answer is to be narrowed to. */
export const fieldNames = z.optional(z.array(z.string()));

/** A page of a list: how many at most, and how many to pass over. */
export const paging = {
  Limit: z.optional(z.int().check(z.positive())),
  Offset: z.optional(z.int().check(z.nonnegative())),
};

/** A group's attributes; their keys are spelt in lower case, unlike everything else. */
export const groupAttributes = z.array(z.object({ key: z.string().check(z.minLength(1)), value: z.string() }));

/** What a new group is made of, created or imported. */
export const newGroupFields = {
  Owner_Account: z.optional(userId),
  /** Old and new names are taken: `Private` is `Work`, `ChatRoom` is `Meeting`. */
  Type: z.string(),
  GroupId: z.optional(groupIdField),
  Name: nameField,
  ...groupTexts,
  MaxMemberCount: z.optional(z.int().check(z.positive())),
  ApplyJoinOption: z.optional(applyJoinOption),
  InviteJoinOption: z.optional(inviteJoinOption),
  AppDefinedData: z.optional(appDefinedData),
  /** 1 for a community that can have topics. */
  SupportTopic: z.optional(zeroOrOne),
};

/** What a new topic is made of, created or imported. */
export const newTopicFields = {
  GroupId: groupIdField,
  /** `<GroupId>@TOPIC#_<own part>`; made by the server where it is absent. */
  TopicId: z.optional(z.string()),
  TopicName: nameField,
  /** The member who creates it; the caller where it is absent. */
  From_Account: z.optional(userId),
  CustomString: z.optional(byteText(3000)),
  ...groupTexts,
};
