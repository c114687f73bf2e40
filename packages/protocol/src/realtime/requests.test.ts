import { describe, expect, it } from "vitest";
import * as z from "zod/mini";

import { explain } from "../explain.ts";
import { loginRequest, requestFrame } from "./frames.ts";
import { userRequests } from "./requests.ts";

function problems(schema: z.core.$ZodType, value: unknown): string[] {
  const { error } = z.safeParse(schema, value, { reportInput: true });
  return error ? explain(error) : [];
}

describe("a frame from a device", () => {
  it("has an id, a command and perhaps a body", () => {
    const frame = { id: 0, command: "login", body: { any: ["thing"] } };
    expect(z.parse(requestFrame, frame)).toEqual(frame);
    expect(z.parse(requestFrame, { id: 1, command: "login" })).toEqual({ id: 1, command: "login" });
  });

  it.each([
    [{ command: "login" }, "id is required"],
    [{ id: -1, command: "login" }, "id must be at least 0"],
    [{ id: 1.5, command: "login" }, "id must be an integer"],
    [{ id: "1", command: "login" }, "id must be a number"],
    [{ id: 1 }, "command is required"],
    [[], "the value must be an object"],
  ])("is not %j", (frame, problem) => {
    expect(problems(requestFrame, frame)).toEqual([problem]);
  });
});

describe("a login", () => {
  const login = { sdkAppId: 1400000001, userId: "leckie", userSig: "sig" };

  it("may name the platform, which is a device's", () => {
    expect(problems(loginRequest, login)).toEqual([]);
    expect(problems(loginRequest, { ...login, platform: "iPad" })).toEqual([]);
    expect(problems(loginRequest, { ...login, platform: "RESTAPI" })).toHaveLength(1);
    expect(problems(loginRequest, { ...login, platform: "ios" })).toHaveLength(1);
  });

  it("needs an app, a user and a UserSig", () => {
    expect(problems(loginRequest, {})).toEqual(["sdkAppId is required", "userId is required", "userSig is required"]);
  });
});

describe("what a user asks for", () => {
  it("has the limits of the same texts in REST", () => {
    const group = { type: "Public", name: "MyFirstGroup" };
    expect(problems(userRequests.createGroup, { ...group, name: "群".repeat(10) })).toEqual([]);
    expect(problems(userRequests.createGroup, { ...group, name: `${"群".repeat(10)}a` })).toHaveLength(1);
    expect(problems(userRequests.createGroup, { ...group, introduction: "a".repeat(241) })).toHaveLength(1);
    expect(problems(userRequests.createGroup, { ...group, notification: "a".repeat(301) })).toHaveLength(1);
    expect(problems(userRequests.createGroup, { ...group, faceUrl: "a".repeat(101) })).toHaveLength(1);
    expect(problems(userRequests.createGroup, { ...group, members: ["a".repeat(33)] })).toHaveLength(1);
    expect(problems(userRequests.createGroup, { ...group, customFields: { a: "x".repeat(513) } })).toHaveLength(1);
    expect(
      problems(userRequests.createTopic, { groupId: "g", name: "t", customString: "a".repeat(3001) }),
    ).toHaveLength(1);
  });

  it("deletes named topics, or all where none are named, but never none", () => {
    expect(problems(userRequests.deleteTopics, { groupId: "g" })).toEqual([]);
    expect(problems(userRequests.deleteTopics, { groupId: "g", topicIds: ["t"] })).toEqual([]);
    expect(problems(userRequests.deleteTopics, { groupId: "g", topicIds: [] })).toEqual(["topicIds must not be empty"]);
  });

  it("lists members by pages of at most 100", () => {
    const page = { groupId: "g" };
    expect(problems(userRequests.listMembers, { ...page, after: 0, limit: 100, roles: ["Admin"] })).toEqual([]);
    for (const wrong of [{ limit: 0 }, { limit: 101 }, { after: -1 }, { roles: [] }, { roles: ["None"] }]) {
      expect(problems(userRequests.listMembers, { ...page, ...wrong })).toHaveLength(1);
    }
  });

  it("has limits for what goes with members", () => {
    const member = { groupId: "g", userId: "peter" };
    expect(problems(userRequests.setMemberNameCard, { groupId: "g", nameCard: "a".repeat(50) })).toEqual([]);
    expect(problems(userRequests.setMemberNameCard, { groupId: "g", nameCard: "a".repeat(51) })).toHaveLength(1);
    expect(problems(userRequests.setMemberRole, { ...member, role: "Owner" })).toHaveLength(1);
    expect(problems(userRequests.muteMember, { ...member, muteFor: 4_294_967_295 })).toEqual([]);
    for (const muteFor of [-1, 0.5, 4_294_967_296]) {
      expect(problems(userRequests.muteMember, { ...member, muteFor })).toHaveLength(1);
    }
    expect(problems(userRequests.addMembers, { groupId: "g", userIds: [] })).toEqual(["userIds must not be empty"]);
    expect(problems(userRequests.removeMembers, { groupId: "g", userIds: [""] })).toHaveLength(1);
    expect(problems(userRequests.joinGroup, { groupId: "g", note: "a".repeat(300) })).toEqual([]);
    expect(problems(userRequests.joinGroup, { groupId: "g", note: "a".repeat(301) })).toHaveLength(1);
    expect(problems(userRequests.handleApplication, member)).toEqual(["accept is required"]);
  });

  it("sets attributes that have a key", () => {
    expect(problems(userRequests.setAttributes, { groupId: "g", attributes: {} })).toEqual([]);
    expect(problems(userRequests.setAttributes, { groupId: "g", attributes: { "": "a" } })).toHaveLength(1);
    expect(problems(userRequests.modifyAttributes, { groupId: "g", attributes: { a: 1 } })).toHaveLength(1);
    expect(problems(userRequests.deleteAttributes, { groupId: "g", keys: [] })).toEqual(["keys must not be empty"]);
  });

  it("names the group to disband", () => {
    expect(problems(userRequests.dismissGroup, {})).toEqual(["groupId is required"]);
  });
});
