import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { text } from "node:stream/consumers";

import { verifyUserSig } from "@muster/protocol";
import { expect, it, onTestFinished } from "vitest";

import { createImBackend } from "./im-backend.ts";
import { ReconcileError } from "./reconcile-error.ts";

const START = 1_700_000_000_000;
const secretKey = "the-key-of-the-demo-app";
const sdkAppId = 1400000001;

interface Called {
  readonly command: string;
  readonly query: URLSearchParams;
  readonly body: unknown;
  /** By the backend's own clock, in ms since the start. */
  readonly at: number;
}

/** A REST API that answers as it is told, and a backend that calls it with a clock of its own. */
async function setUp(answers: readonly object[], rate = 1) {
  const calls: Called[] = [];
  let now = START;
  const server = createServer((request, response) => {
    void text(request).then((body) => {
      const { pathname, searchParams } = new URL(request.url ?? "", "http://x");
      const command = pathname.split("/").at(-1) ?? "";
      calls.push({ command, query: searchParams, body: JSON.parse(body) as unknown, at: now - START });
      response.end(JSON.stringify({ ActionStatus: "OK", ErrorCode: 0, ErrorInfo: "", ...answers[calls.length - 1] }));
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const wait = async (ms: number) => void (now += ms);
  const parts = { url, sdkAppId, secretKey, identifier: "administrator", customFields: ["Colour"], rate };
  return { calls, url, server, backend: createImBackend({ ...parts, now: () => now, wait }) };
}

const page = (next: number) => ({ GroupIdList: [{ GroupId: "a" }], Next: next });

it("calls no more often than it may, with a UserSig that the key has made", async () => {
  const { backend, calls } = await setUp([page(1), page(2), page(0)], 0.5);
  for (const next of [0, 1, 2]) await backend.listGroups(next);
  expect(calls.map(({ command, at, body }) => [command, at, body])).toEqual(
    [0, 1, 2].map((i) => ["get_appid_group_list", i * 2_000, { Limit: 1_000, Next: i }]),
  );
  const sig = calls[0]?.query.get("usersig") ?? "";
  const expected = { sdkAppId, userId: "administrator" };
  expect(await verifyUserSig(sig, expected, [secretKey], START)).toMatchObject({ ok: true });
});

it("comes again later where it came too often, ever later", async () => {
  const busy = { ActionStatus: "FAIL", ErrorCode: 60007, ErrorInfo: "too often" };
  const { backend, calls } = await setUp([busy, busy, page(0)], 1_000);
  expect(await backend.listGroups(0)).toEqual({ groupIds: ["a"], next: 0 });
  expect(calls.map(({ at }) => at)).toEqual([0, 1_000, 3_000]);
});

it("says what the backend refuses, and what to look at", async () => {
  const { backend, calls } = await setUp([{ ActionStatus: "FAIL", ErrorCode: 70003, ErrorInfo: "the sig is wrong" }]);
  await expect(backend.listGroups(0)).rejects.toThrow(ReconcileError);
  expect(calls).toHaveLength(1);
  const again = await setUp([{ ErrorCode: 70003, ErrorInfo: "the sig is wrong" }]);
  await expect(again.backend.listGroups(0)).rejects.toThrow(/refused with 70003: the sig is wrong.*secret key/);
});

it("says that nobody answers, once it has tried for a while", async () => {
  const { backend, server, url } = await setUp([]);
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await expect(backend.listGroups(0)).rejects.toThrow(`get_appid_group_list failed at ${url}: it could not be reached`);
});

it("reads groups with members page by page, and topics of communities; what is gone is absent", async () => {
  const member = (id: string) => ({ Member_Account: id, Role: "Member", NameCard: "", JoinTime: 1 });
  const info = (GroupId: string, over: object) => ({ GroupId, ErrorCode: 0, ErrorInfo: "", Name: "n", ...over });
  const { backend, calls } = await setUp(
    [
      {
        GroupInfo: [
          info("live", { Type: "AVChatRoom" }),
          info("@TGS#_c", { Type: "Community", SupportTopic: 1, AppDefinedData: [{ Key: "Colour", Value: "red" }] }),
          { GroupId: "gone", ErrorCode: 10010, ErrorInfo: "gone" },
        ],
      },
      { MemberNum: 2, MemberList: [member("leckie")], Next: "7" },
      { MemberNum: 2, MemberList: [member("bob")], Next: "" },
      { TopicAndSelfInfo: [{ ErrorCode: 0, TopicInfo: { TopicId: "t", TopicName: "rules" } }] },
    ],
    1_000,
  );
  const groups = await backend.readGroups(
    ["live", "@TGS#_c", "gone"].map((groupId) => ({ groupId, customFields: ["Size"] })),
  );
  expect([...groups.keys()]).toEqual(["live", "@TGS#_c"]);
  expect(groups.get("live")).toMatchObject({ type: "AVChatRoom", members: undefined, topics: undefined });
  expect(groups.get("@TGS#_c")).toMatchObject({
    members: new Map(["leckie", "bob"].map((id) => [id, { role: "Member", nameCard: "" }])),
    topics: new Map([["t", "rules"]]),
    customFields: new Map([["Colour", "red"]]),
  });
  expect(calls.map(({ command }) => command)).toEqual([
    "get_group_info",
    "get_group_member_info",
    "get_group_member_info",
    "get_topic",
  ]);
  expect(calls[0]?.body).toMatchObject({ ResponseFilter: { AppDefinedDataFilter_Group: ["Colour", "Size"] } });
  expect(calls.slice(1, 3).map(({ body }) => body)).toMatchObject([{ Next: "" }, { Next: "7" }]);
});

const asked = (...groupIds: string[]) => groupIds.map((groupId) => ({ groupId, customFields: [] }));
const publicGroup = (GroupId: string) => ({ GroupId, ErrorCode: 0, Type: "Public", Name: "n" });
const named = (...ids: string[]) => ids.map((id) => ({ Member_Account: id }));

it("goes by the code of each group, whatever the code of the whole answer is", async () => {
  const groups = [publicGroup("there"), { GroupId: "gone", ErrorCode: 10010 }];
  const answer = { ActionStatus: "FAIL", ErrorCode: 10010, ErrorInfo: "some are gone", GroupInfo: groups };
  const { backend } = await setUp([answer, { MemberNum: 1, MemberList: named("leckie") }], 1_000);
  expect([...(await backend.readGroups(asked("there", "gone"))).keys()]).toEqual(["there"]);
});

it.each([
  ["a group that is not in the answer", { GroupInfo: [publicGroup("other")] }, /nothing of there: it is not in/],
  ["a group that is not shown", { GroupInfo: [{ GroupId: "there", ErrorCode: 10007 }] }, /nothing of there: 10007/],
  ["an answer without groups", { ErrorCode: 10010, ErrorInfo: "gone" }, /refused with 10010: gone/],
])("does not take for gone %s", async (_what, answer, why) => {
  const { backend } = await setUp([answer, { MemberNum: 0, MemberList: [] }], 1_000);
  await expect(backend.readGroups(asked("there"))).rejects.toThrow(why);
});

it("reads all members, though the backend gives fewer at a time than it is asked for", async () => {
  const pages = [named("leckie", "bob"), named("peter")].map((MemberList) => ({ MemberNum: 3, MemberList }));
  const { backend, calls } = await setUp([{ GroupInfo: [publicGroup("g")] }, ...pages], 1_000);
  const views = await backend.readGroups(asked("g"));
  expect([...(views.get("g")?.members?.keys() ?? [])]).toEqual(["leckie", "bob", "peter"]);
  expect(calls.slice(1).map(({ body }) => body)).toMatchObject([{ Offset: 0 }, { Offset: 2 }]);
});

it("ends where the backend brings the same members again and again", async () => {
  const same = { MemberNum: 9, MemberList: named("leckie", "bob") };
  const { backend, calls } = await setUp([{ GroupInfo: [publicGroup("g")] }, same, same, same], 1_000);
  await backend.readGroups(asked("g"));
  expect(calls).toHaveLength(3);
});

it("takes a group for gone that goes before its members are read", async () => {
  const gone = { ActionStatus: "FAIL", ErrorCode: 10010, ErrorInfo: "gone" };
  const { backend } = await setUp([{ GroupInfo: [publicGroup("g")] }, gone], 1_000);
  expect(await backend.readGroups(asked("g"))).toEqual(new Map());
});

it("tries again where the backend failed for the moment, or said something else", async () => {
  const failed = { ActionStatus: "FAIL", ErrorCode: 10002, ErrorInfo: "try again" };
  const { backend, calls } = await setUp([failed, { GroupIdList: "none" }, page(0)], 1_000);
  expect(await backend.listGroups(0)).toEqual({ groupIds: ["a"], next: 0 });
  expect(calls).toHaveLength(3);
});
