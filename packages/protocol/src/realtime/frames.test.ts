import { describe, expect, it } from "vitest";
import * as z from "zod/mini";

import { loginReply, noticeFrame, replyFrame } from "./frames.ts";

describe("a reply", () => {
  it("says whose answer it is and how it went, with a body where that went well", () => {
    const done = { id: 1, code: 0, info: "", body: { groupId: "g" } };
    const refused = { id: 0, code: 10007, info: "only the owner may disband the group" };
    expect(z.parse(replyFrame, done)).toEqual(done);
    expect(z.parse(replyFrame, refused)).toEqual(refused);
  });

  it.each([{ code: 0, info: "" }, { id: 1, info: "" }, { id: 1, code: "0", info: "" }, { id: 1, code: 0 }, null])(
    "is not %j",
    (frame) => {
      expect(z.safeParse(replyFrame, frame).success).toBe(false);
    },
  );

  it("to a login names the user", () => {
    expect(z.parse(loginReply, { userId: "leckie" })).toEqual({ userId: "leckie" });
    expect(z.safeParse(loginReply, {}).success).toBe(false);
  });
});

describe("a notice", () => {
  const group = { groupId: "@TGS#2J4SZEAEL", name: "MyFirstGroup", operator: "leckie" };

  it.each([
    { event: "groupCreated", body: { ...group, owner: "leckie" } },
    { event: "groupDismissed", body: group },
    { event: "topicCreated", body: { groupId: "c", topicId: "t", operator: "leckie" } },
    { event: "topicsDeleted", body: { groupId: "c", topicIds: ["t", "u"], operator: "leckie" } },
    { event: "topicChanged", body: { groupId: "c", topicId: "t", changed: { name: "u" }, operator: "leckie" } },
    { event: "groupChanged", body: { groupId: "g", changed: { notification: "" }, operator: "leckie" } },
    { event: "ownerChanged", body: { groupId: "g", oldOwner: "leckie", newOwner: "peter", operator: "leckie" } },
    { event: "membersJoined", body: { ...group, userIds: ["peter"], how: "Apply" } },
    { event: "membersLeft", body: { ...group, userIds: ["peter"], how: "Kicked" } },
    { event: "memberChanged", body: { ...group, userId: "peter", changed: { role: "Admin" } } },
    { event: "applicationMade", body: { groupId: "g", name: "n", userId: "peter", inviter: "", note: "please" } },
    { event: "applicationHandled", body: { ...group, accepted: false, note: "" } },
    { event: "attributesChanged", body: { groupId: "g", attributes: { a: "" }, operator: "leckie" } },
    { event: "systemNotification", body: { groupId: "g", name: "n", text: "Hello" } },
    { event: "systemNotification", body: { groupId: "g", name: "n", text: "Hello", topicId: "g@TOPIC#_t" } },
    { event: "closing", body: { reason: "the server stops" } },
  ])("$event is read as it was sent", (frame) => {
    expect(z.parse(noticeFrame, frame)).toEqual(frame);
  });

  it.each([
    { event: "groupCreated", body: group },
    { event: "groupDismissed", body: { name: "MyFirstGroup" } },
    { event: "topicsDeleted", body: { groupId: "c", topicIds: "t", operator: "leckie" } },
    { event: "membersJoined", body: { ...group, userIds: ["peter"], how: "Kicked" } },
    { event: "memberChanged", body: { ...group, userId: "peter", changed: { role: "Owner" } } },
    { event: "groupPainted", body: group },
    { body: group },
  ])("is not %j", (frame) => {
    expect(z.safeParse(noticeFrame, frame).success).toBe(false);
  });
});
