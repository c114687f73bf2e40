import * as z from "zod/mini";

import { applyJoinOption, inviteJoinOption } from "../scalars/rest-fields.ts";
import type { UserRequestName } from "./requests.ts";

const fields = z.readonly(z.record(z.string(), z.string()));
const role = z.enum(["Owner", "Admin", "Member"]);

function list<T extends z.core.SomeType>(element: T) {
  return z.readonly(z.array(element));
}

/** A group as an app user sees it. Times are seconds since 1970. */
const groupView = z.object({
  groupId: z.string(),
  type: z.string(),
  name: z.string(),
  introduction: z.string(),
  notification: z.string(),
  faceUrl: z.string(),
  /** Empty where the group has none. */
  owner: z.string(),
  createTime: z.int(),
  lastInfoTime: z.int(),
  memberCount: z.int(),
  maxMembers: z.int(),
  applyJoinOption,
  inviteJoinOption,
  supportTopic: z.boolean(),
  muteAll: z.boolean(),
  customFields: fields,
  /** The user's own role; absent where the user is no member. */
  role: z.optional(role),
});
export type GroupView = z.output<typeof groupView>;

/** A member as the others see it. Times are seconds since 1970. */
const memberView = z.object({
  userId: z.string(),
  role,
  joinTime: z.int(),
  nameCard: z.string(),
  /** 0 where the member may write. */
  mutedUntil: z.int(),
  customFields: fields,
});
export type MemberView = z.output<typeof memberView>;

/** A topic. Times are seconds since 1970. */
const topicView = z.object({
  topicId: z.string(),
  name: z.string(),
  introduction: z.string(),
  notification: z.string(),
  faceUrl: z.string(),
  customString: z.string(),
  creator: z.string(),
  createTime: z.int(),
  muteAll: z.boolean(),
});
export type TopicView = z.output<typeof topicView>;

/** Somebody who wants to join a group, or whom a member wants in it. */
const applicationView = z.object({
  groupId: z.string(),
  groupName: z.string(),
  userId: z.string(),
  /** The member who invited the user; empty where the user applied. */
  inviter: z.string(),
  note: z.string(),
  /** Seconds since 1970. */
  time: z.int(),
});
export type ApplicationView = z.output<typeof applicationView>;

/** The result of one topic; `code` 0 if it was deleted. */
const topicResult = z.readonly(z.object({ topicId: z.string(), code: z.int(), info: z.string() }));
export type TopicResult = z.output<typeof topicResult>;

/** What became of one who was to be added: 0 failed, 1 added, 2 is a member already, 3 waits for consent. */
const addedResult = z.readonly(z.object({ userId: z.string(), result: z.literal([0, 1, 2, 3]) }));

const theGroup = z.object({ groupId: z.string() });
const theTopic = z.object({ topicId: z.string() });

const replies = {
  createGroup: theGroup,
  dismissGroup: theGroup,
  changeGroup: z.object({ group: groupView }),
  changeOwner: theGroup,
  getGroup: z.object({ group: groupView }),
  listGroups: z.object({ groups: list(groupView) }),

  /** `waits` until the owner or an admin has decided. */
  joinGroup: z.object({ status: z.enum(["joined", "waits"]) }),
  quitGroup: theGroup,
  listApplications: z.object({ applications: list(applicationView) }),
  handleApplication: theGroup,

  addMembers: z.object({ results: list(addedResult) }),
  /** Those who were members until then. */
  removeMembers: z.object({ userIds: list(z.string()) }),
  /** `next` is 0 where no members come after these. */
  listMembers: z.object({ members: list(memberView), next: z.int() }),
  setMemberRole: z.object({ member: memberView }),
  setMemberNameCard: z.object({ member: memberView }),
  muteMember: theGroup,

  /** Those that there are afterwards. */
  setAttributes: z.object({ attributes: fields }),
  modifyAttributes: z.object({ attributes: fields }),
  deleteAttributes: z.object({ attributes: fields }),
  clearAttributes: z.object({ attributes: fields }),
  getAttributes: z.object({ attributes: fields }),

  createTopic: theTopic,
  changeTopic: theTopic,
  deleteTopics: z.object({ results: list(topicResult) }),
  listTopics: z.object({ topics: list(topicView) }),
} as const satisfies { readonly [N in UserRequestName]: z.ZodMiniType };

/** What each request of an app user is answered with. */
export type UserReplies = { readonly [N in UserRequestName]: z.output<(typeof replies)[N]> };

/** The same, for reading. */
export const userReplies: { readonly [N in UserRequestName]: z.ZodMiniType<UserReplies[N]> } = replies;
