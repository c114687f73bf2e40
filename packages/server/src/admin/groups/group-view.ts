import * as z from "zod";

import type { Group, Member, Topic } from "../../group/group.ts";

const seconds = (of: string) => z.int().meta({ description: `${of}, seconds since 1970` });
const fields = z.record(z.string(), z.string());

/** A group as it is listed. */
export const groupSummary = z.strictObject({
  groupId: z.string(),
  type: z.string().meta({ description: "Work, Public, Meeting, AVChatRoom or Community" }),
  name: z.string(),
  owner: z.string().meta({ description: "empty where it has none" }),
  members: z.int().meta({ description: "how many are in it" }),
  createTime: seconds("when it was created"),
});

/** A group with its profile. */
export const groupDetail = groupSummary.extend({
  introduction: z.string(),
  notification: z.string(),
  faceUrl: z.string(),
  lastInfoTime: seconds("when its profile was changed last"),
  maxMembers: z.int(),
  applyJoinOption: z.string(),
  inviteJoinOption: z.string(),
  supportTopic: z.boolean(),
  topics: z.int().meta({ description: "how many topics it has" }),
  muteAll: z.boolean(),
  customFields: fields,
  attributes: fields,
});

export const memberView = z.strictObject({
  userId: z.string(),
  role: z.enum(["Owner", "Admin", "Member"]),
  joinTime: seconds("when the user joined"),
  nameCard: z.string(),
  mutedUntil: seconds("until when the member may not write (0: may)"),
});

export const topicView = z.strictObject({
  topicId: z.string(),
  name: z.string(),
  creator: z.string(),
  createTime: seconds("when it was created"),
  muteAll: z.boolean(),
});

export function viewOfGroup(group: Group, members: number): z.output<typeof groupSummary> {
  const { groupId, type, name, owner, createTime } = group;
  return { groupId, type, name, owner, members, createTime };
}

/** @param more what stands beside the group */
export function viewOfDetail(
  group: Group,
  members: number,
  more: Pick<z.output<typeof groupDetail>, "topics" | "attributes">,
): z.output<typeof groupDetail> {
  const { introduction, notification, faceUrl, lastInfoTime, maxMembers } = group;
  const { applyJoinOption, inviteJoinOption, supportTopic, muteAll, customFields } = group;
  return {
    ...viewOfGroup(group, members),
    introduction,
    notification,
    faceUrl,
    lastInfoTime,
    maxMembers,
    applyJoinOption,
    inviteJoinOption,
    supportTopic,
    muteAll,
    customFields,
    ...more,
  };
}

export function viewOfMember({ userId, role, joinTime, nameCard, mutedUntil }: Member): z.output<typeof memberView> {
  return { userId, role, joinTime, nameCard, mutedUntil };
}

export function viewOfTopic({ topicId, name, creator, createTime, muteAll }: Topic): z.output<typeof topicView> {
  return { topicId, name, creator, createTime, muteAll };
}
