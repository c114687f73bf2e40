import { expect, it } from "vitest";

import { cloudEvent } from "../cloud-event.ts";
import { sampleEvent } from "../sink.contract.ts";
import { subjectOf, subjectPattern } from "./subject.ts";

it.each([
  ["@TGS#a.b>c *", "a.%40TGS%23a%2Eb%3Ec%20%2A.1400000001-x"],
  ["\ud800", "a.%EF%BF%BD.1400000001-x"],
  ["{type}$&", "a.%7Btype%7D%24%26.1400000001-x"],
  [undefined, "a.none.1400000001-x"],
])("makes a subject of any group: %j", (groupId, subject) => {
  expect(subjectOf("a.{groupId}.{sdkAppId}-x", cloudEvent(sampleEvent(1, { groupId })))).toBe(subject);
});

it.each([
  ["Group.CallbackAfterGroupFull", "a.Group.CallbackAfterGroupFull"],
  ["Bot.OnC2CMessage", "a.Bot.OnC2CMessage"],
  ["x 0\r\nPUB stolen 2", "a.x%200%0D%0APUB%20stolen%202"],
  ["Group.>", "a.Group%2E%3E"],
  ["a..b", "a.a%2E%2Eb"],
  ["", "a.none"],
])("makes a subject of any command that was sent: %j", (command, subject) => {
  expect(subjectOf("a.{type}", cloudEvent(sampleEvent(1, { command })))).toBe(subject);
});

it.each(["", ".", "a.", "a..b", "a.*", "a.>", "a b", "{group}"])("takes no template that is no subject: %j", (text) => {
  expect(text).not.toMatch(subjectPattern);
});
