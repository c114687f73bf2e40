import type { Application, Group, Member, Topic } from "../group/group.ts";
import type { GroupWrites } from "../ports/store.ts";

export const APP = 1400000001;
export const OTHER_APP = 1400000002;

/** With everything that a group can have. */
export const group: Group = {
  groupId: "@TGS#_chess",
  type: "Community",
  name: "Chess ♞",
  introduction: "an introduction",
  notification: "a notification",
  faceUrl: "https://example.com/a.png",
  owner: "leckie",
  createTime: 1_700_000_000,
  lastInfoTime: 1_700_000_001,
  maxMembers: 4_294_967_295,
  applyJoinOption: "DisableApply",
  inviteJoinOption: "NeedPermission",
  supportTopic: true,
  muteAll: true,
  customFields: { UserDefined1: "hello\u0000'\"; --", UserDefined2: "" },
};

/** With as little as a group can have. */
export const plain: Group = {
  ...group,
  groupId: "plain",
  type: "Work",
  owner: "",
  supportTopic: false,
  customFields: {},
};

export const member = (userId: string, role: Member["role"] = "Member", joinTime = 1_700_000_000): Member => ({
  userId,
  role,
  joinTime,
  nameCard: `the card of ${userId}`,
  msgFlag: "AcceptNotNotify",
  mutedUntil: 0,
  customFields: { Level: "3" },
});

export const topic = (own: string): Topic => ({
  topicId: `${group.groupId}@TOPIC#_${own}`,
  groupId: group.groupId,
  name: `the topic ${own}`,
  introduction: "an introduction",
  notification: "a notification",
  faceUrl: "https://example.com/t.png",
  customString: '{"any": "thing"}',
  creator: "leckie",
  createTime: 1_700_000_002,
  muteAll: true,
});

export const application = (userId: string, note = "please"): Application => ({
  groupId: group.groupId,
  userId,
  inviter: userId === "zoe" ? "peter" : "",
  note,
  time: 1_700_000_003,
});

/** Adds both groups: the first with three members and two topics, the other with one member. */
export async function addAll(tx: GroupWrites): Promise<void> {
  await tx.addGroup(group);
  await tx.addMembers(group.groupId, [member("bob"), member("leckie", "Owner"), member("peter", "Admin", 7)]);
  for (const own of ["b", "a"]) await tx.addTopic(topic(own));
  await tx.addGroup(plain);
  await tx.addMembers(plain.groupId, [member("peter")]);
}
