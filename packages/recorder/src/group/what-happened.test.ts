import { readdirSync, readFileSync } from "node:fs";

import { callbackCommands } from "@muster/protocol";
import { describe, expect, it } from "vitest";
import * as z from "zod";

import { whatHappened } from "./what-happened.ts";

const members = (...ids: string[]) => ids.map((id) => ({ Member_Account: id }));
const group = { GroupId: "@TGS#2J4SZEAEL", Type: "Public" };

function tell(command: string, fields: object): string {
  const CallbackCommand = `Group.Callback${command}`;
  return whatHappened(CallbackCommand, { CallbackCommand, ...group, Operator_Account: "leckie", ...fields }, undefined);
}

it.each([
  ["AfterCreateGroup", { Owner_Account: "leckie", Name: "MyFirstGroup" }, "leckie created MyFirstGroup"],
  ["AfterNewMemberJoin", { JoinType: "Invited", NewMemberList: members("bob", "peter") }, "bob, peter joined"],
  [
    "AfterNewMemberJoin",
    { JoinType: "Apply", NewMemberList: members("a", "b", "c", "d", "e") },
    "a, b, c and 2 more joined",
  ],
  ["AfterMemberExit", { ExitType: "Kicked", ExitMemberList: members("bob") }, "leckie removed bob"],
  ["AfterMemberExit", { ExitType: "Quit", ExitMemberList: members("bob") }, "bob left"],
  ["AfterGroupInfoChanged", { Name: "A", Notification: "B" }, "leckie changed name, notification"],
  [
    "AfterChangeGroupOwner",
    { OldOwner_Account: "", NewOwner_Account: "bob" },
    "leckie made bob the owner instead of nobody",
  ],
  ["AfterTopicDestroyed", { TopicIdList: ["a@TOPIC#_1", "a@TOPIC#_2"] }, "deleted: topic a@TOPIC#_1, a@TOPIC#_2"],
  ["AfterGroupDestroyed", { Owner_Account: "leckie" }, "leckie disbanded the group"],
  ["AfterGroupDestroyed", { Owner_Account: "leckie", Operator_Account: undefined }, "somebody disbanded the group"],
  ["AfterRecallMsg", { MsgSeqList: [{ MsgSeq: 1 }] }, "leckie recalled 1 message"],
])("%s of %j: %s", (command, fields, text) => {
  expect(tell(command, fields)).toBe(text);
});

it("says why something is in quarantine", () => {
  expect(whatHappened("Group.CallbackAfterCreateGroup", null, "The body is not JSON.")).toBe(
    "in quarantine: The body is not JSON.",
  );
});

it("has nothing but the name where it knows no more", () => {
  expect(whatHappened("Group.CallbackAfterCreateGroup", {}, undefined)).toBe("Group.CallbackAfterCreateGroup");
  expect(whatHappened("Sns.CallbackFriendAdd", {}, undefined)).toBe("Sns.CallbackFriendAdd");
});

describe("the golden bodies", () => {
  const folder = new URL("../../../protocol/fixtures/", import.meta.url);
  const fixture = z.object({ body: z.looseObject({ CallbackCommand: z.enum(callbackCommands) }) });
  const bodies = readdirSync(folder, { recursive: true, encoding: "utf8" })
    .filter((path) => path.endsWith(".json"))
    .map((path) => fixture.parse(JSON.parse(readFileSync(new URL(path, folder), "utf8"))).body);

  it("all have their words, which are short", () => {
    const texts = bodies.map((body) => whatHappened(body.CallbackCommand, body, undefined));
    expect(new Set(bodies.map(({ CallbackCommand }) => CallbackCommand)).size).toBe(callbackCommands.length);
    expect(
      texts.filter((text) => text.startsWith("Group.") || text.includes("undefined") || text.length > 150),
    ).toEqual([]);
  });
});
