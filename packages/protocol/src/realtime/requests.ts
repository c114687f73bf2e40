import * as z from "zod/mini";

import { byteText } from "../scalars/byte-text.ts";
import {
  applyJoinOption,
  groupTexts,
  inviteJoinOption,
  nameField,
  uint32,
  userId,
  userIds,
} from "../scalars/rest-fields.ts";

const texts = {
  introduction: groupTexts.Introduction,
  notification: groupTexts.Notification,
  faceUrl: groupTexts.FaceUrl,
};
const groupId = z.string();
const topicId = z.string();
const customFields = z.optional(z.record(z.string(), byteText(512)));
const attributes = z.record(z.string().check(z.minLength(1)), z.string());

/** What goes with an application, and with the answer to one. */
const note = z.optional(byteText(300));

/** Most members of one page of `listMembers`, and how many there are where the request does not say. */
export const LIST_MEMBERS_MAX = 100;

/** What an app user may ask for over the connection, once logged in: the body of each request. */
export const userRequests = {
  createGroup: z.object({
    type: z.string(),
    name: nameField,
    groupId: z.optional(groupId),
    ...texts,
    supportTopic: z.optional(z.boolean()),
    members: z.optional(z.array(userId)),
    customFields,
  }),
  dismissGroup: z.object({ groupId }),
  changeGroup: z.object({
    groupId,
    name: z.optional(nameField),
    ...texts,
    applyJoinOption: z.optional(applyJoinOption),
    inviteJoinOption: z.optional(inviteJoinOption),
    muteAll: z.optional(z.boolean()),
    /** An empty value deletes the field. */
    customFields,
  }),
  changeOwner: z.object({ groupId, newOwner: userId }),
  getGroup: z.object({ groupId }),
  /** The groups that the user is a member of, in order of joining. */
  listGroups: z.object({}),

  /** Joins, or applies to, where members are let in by the owner and admins. */
  joinGroup: z.object({ groupId, note }),
  quitGroup: z.object({ groupId }),
  /** The applications and invitations that wait for this user's decision. */
  listApplications: z.object({}),
  /** Accepts or refuses the application of a user, or the invitation of one. */
  handleApplication: z.object({ groupId, userId, accept: z.boolean(), note }),

  /** Invites users: each has a result of its own. */
  addMembers: z.object({ groupId, userIds }),
  /** Removes members, all or none. */
  removeMembers: z.object({ groupId, userIds }),
  /** Members in order of joining, from behind a place in it: 0, or the `next` of the page before. */
  listMembers: z.object({
    groupId,
    roles: z.optional(z.array(z.enum(["Owner", "Admin", "Member"])).check(z.minLength(1))),
    after: z.optional(z.int().check(z.nonnegative())),
    limit: z.optional(z.int().check(z.minimum(1), z.maximum(LIST_MEMBERS_MAX))),
  }),
  setMemberRole: z.object({ groupId, userId, role: z.enum(["Admin", "Member"]) }),
  /** Without `userId`, the user's own. */
  setMemberNameCard: z.object({ groupId, userId: z.optional(userId), nameCard: byteText(50) }),
  /** Mutes a member for so many seconds, 4294967295 for good; 0 unmutes. */
  muteMember: z.object({ groupId, userId, muteFor: uint32 }),

  /** Replaces all attributes. */
  setAttributes: z.object({ groupId, attributes }),
  /** Adds attributes, and overwrites those that are there. */
  modifyAttributes: z.object({ groupId, attributes }),
  deleteAttributes: z.object({ groupId, keys: z.array(z.string()).check(z.minLength(1)) }),
  clearAttributes: z.object({ groupId }),
  getAttributes: z.object({ groupId }),

  createTopic: z.object({
    groupId,
    name: nameField,
    topicId: z.optional(topicId),
    ...texts,
    customString: z.optional(byteText(3000)),
  }),
  changeTopic: z.object({
    groupId,
    topicId,
    name: z.optional(nameField),
    ...texts,
    customString: z.optional(byteText(3000)),
    muteAll: z.optional(z.boolean()),
  }),
  /** Without `topicIds`, every topic of the community. */
  deleteTopics: z.object({ groupId, topicIds: z.optional(z.array(topicId).check(z.minLength(1))) }),
  /** A community's topics, in the order of their creation. */
  listTopics: z.object({ groupId }),
} as const;

export type UserRequestName = keyof typeof userRequests;
