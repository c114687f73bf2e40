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

  it("names the group to disband", () => {
    expect(problems(userRequests.dismissGroup, {})).toEqual(["groupId is required"]);
  });
});
