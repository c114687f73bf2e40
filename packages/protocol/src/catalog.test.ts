import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";

import { describe, expect, it } from "vitest";
import * as z from "zod/mini";

import {
  callbackCommands,
  callbackFields,
  callbackRow,
  callbackSwitches,
  catalog,
  isCallbackCommand,
} from "./catalog.ts";
import { ErrorCode } from "./error-codes.ts";
import { loginRequest, noticeFrame, replyFrame, requestFrame } from "./realtime/frames.ts";
import { userRequests } from "./realtime/requests.ts";
import { restCommands } from "./rest/commands.ts";

/**
 * The hash of the schemas when the last line of docs/contract/history.md was written. Where it no longer fits,
 * what is on the wire has changed: whoever reads it must learn of it from a new line there.
 */
const PINNED = "ca64a4aeafab015d7f7febddb08095faddb6a4fac345c10eea9622ad6ed32ae6";

describe("the catalog of callbacks", () => {
  it("has the 24 callbacks of the documents", () => {
    expect(callbackCommands).toEqual([
      "Group.CallbackBeforeCreateGroup",
      "Group.CallbackAfterCreateGroup",
      "Group.CallbackBeforeApplyJoinGroup",
      "Group.CallbackBeforeInviteJoinGroup",
      "Group.CallbackAfterNewMemberJoin",
      "Group.CallbackAfterMemberExit",
      "Group.CallbackBeforeSendMsg",
      "Group.CallbackAfterSendMsg",
      "Group.CallbackAfterGroupFull",
      "Group.CallbackAfterGroupDestroyed",
      "Group.CallbackAfterGroupInfoChanged",
      "Group.CallbackAfterRecallMsg",
      "Group.CallbackOnMemberStateChange",
      "Group.CallbackSendMsgException",
      "Group.CallbackBeforeCreateTopic",
      "Group.CallbackAfterCreateTopic",
      "Group.CallbackAfterTopicDestroyed",
      "Group.CallbackAfterTopicInfoChanged",
      "Group.CallbackOnDailyGroupQuotaAlarm",
      "Group.CallbackAfterMemberFieldChanged",
      "Group.CallbackAfterGroupAttrChanged",
      "Group.CallbackAfterReadReceipt",
      "Group.CallbackAfterChangeGroupOwner",
      "Group.CallbackAfterGroupMsgExtension",
    ]);
  });

  it("asks before five of them, and tells of the others after", () => {
    const before = callbackCommands.filter((command) => catalog[command].kind === "before");
    expect(before).toEqual(callbackCommands.filter((command) => command.includes("CallbackBefore")));
    expect(before).toHaveLength(5);
  });

  it("has 19 switches; five callbacks go by another's", () => {
    expect(callbackSwitches).toHaveLength(19);
    const shared = callbackCommands.filter((command) => catalog[command].switch !== command);
    expect(Object.fromEntries(shared.map((command) => [command, catalog[command].switch]))).toEqual({
      "Group.CallbackBeforeCreateTopic": "Group.CallbackBeforeCreateGroup",
      "Group.CallbackAfterCreateTopic": "Group.CallbackAfterCreateGroup",
      "Group.CallbackAfterTopicDestroyed": "Group.CallbackAfterGroupDestroyed",
      "Group.CallbackAfterTopicInfoChanged": "Group.CallbackAfterGroupInfoChanged",
      "Group.CallbackOnDailyGroupQuotaAlarm": "Group.CallbackAfterGroupInfoChanged",
    });
  });

  it("names no switch that is not itself a callback with that switch", () => {
    const switches: readonly string[] = callbackSwitches;
    expect(callbackCommands.filter((command) => !switches.includes(catalog[command].switch))).toEqual([]);
  });

  it("gives each callback a page of its own, and a body that says its name", () => {
    expect(new Set(callbackCommands.map((command) => catalog[command].page)).size).toBe(24);
    for (const command of callbackCommands) {
      expect(z.toJSONSchema(callbackRow(command).body, { io: "input" })).toMatchObject({
        properties: { CallbackCommand: { const: command } },
      });
    }
  });

  it("has a row for every file of src/callbacks", () => {
    const files = readdirSync(new URL("callbacks/", import.meta.url)).filter((file) => file.endsWith(".ts"));
    expect(files).toHaveLength(callbackCommands.length);
  });

  it("says of one callback alone that nobody acted", () => {
    expect(callbackCommands.filter((command) => callbackRow(command).systemMade)).toEqual([
      "Group.CallbackOnMemberStateChange",
    ]);
  });

  it("tells a callback's command from any other text", () => {
    expect(isCallbackCommand("Group.CallbackAfterGroupDestroyed")).toBe(true);
    for (const text of ["", "Group.CallbackAfterTopicCreated", "group.callbackaftergroupdestroyed", "toString"]) {
      expect(isCallbackCommand(text)).toBe(false);
    }
  });

  it("lists a callback's fields, those that may be absent with a question mark", () => {
    expect(callbackFields("Group.CallbackAfterGroupDestroyed")).toEqual([
      "CallbackCommand",
      "Operator_Account?",
      "GroupId",
      "Type",
      "Owner_Account",
      "Name?",
      "MemberList?",
      "EventTime?",
    ]);
    expect(callbackFields("Group.CallbackAfterTopicDestroyed")).toEqual([
      "CallbackCommand",
      "GroupId",
      "Type",
      "TopicIdList",
    ]);
  });

  it("refuses a callback about no group, and one about no topic", () => {
    const { body } = callbackRow("Group.CallbackAfterTopicDestroyed");
    const topics = {
      CallbackCommand: "Group.CallbackAfterTopicDestroyed",
      GroupId: "@TGS#_@TGS#cQVLVHIM62CJ",
      Type: "Community",
      TopicIdList: ["@TGS#_@TGS#cQVLVHIM62CJ@TOPIC#_TestTopic"],
    };
    expect(z.safeParse(body, topics).success).toBe(true);
    expect(z.safeParse(body, { ...topics, GroupId: "" }).success).toBe(false);
    expect(z.safeParse(body, { ...topics, TopicIdList: [] }).success).toBe(false);
    expect(z.safeParse(body, { ...topics, TopicIdList: topics.TopicIdList[0] }).success).toBe(false);
  });
});

/** What is on the wire, in words that do not depend on the order in which anything is written down. */
function wireDescription(): string {
  const schema = (type: z.core.$ZodType) => z.toJSONSchema(type, { io: "input" });
  const described = {
    callbacks: callbackCommands.map((command) => {
      const { kind, switch: by, body } = callbackRow(command);
      return [command, { kind, switch: by, body: schema(body) }];
    }),
    rest: Object.values(restCommands).map(({ service, command, request, response }) => {
      return [`${service}/${command}`, { request: schema(request), response: schema(response) }];
    }),
    errorCodes: ErrorCode,
    realtime: Object.entries({ requestFrame, loginRequest, replyFrame, noticeFrame, ...userRequests }).map(
      ([name, type]) => {
        return [name, schema(type)];
      },
    ),
  };
  return JSON.stringify(described, (_, value: unknown) =>
    typeof value === "object" && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  );
}

describe("the wire", () => {
  const hash = createHash("sha256").update(wireDescription()).digest("hex");

  it("has not changed without a line in docs/contract/history.md", () => {
    const todo = `What is on the wire has changed. Add a line at the end of docs/contract/history.md that tells what and why, with the hash ${hash}; then put the hash into this test.`;
    expect(hash, todo).toBe(PINNED);
  });

  it("has its last change told in docs/contract/history.md", () => {
    const history = readFileSync(new URL("../../../docs/contract/history.md", import.meta.url), "utf8");
    const lastLine = history.trimEnd().split("\n").at(-1);
    expect(lastLine).toContain(PINNED);
  });
});
