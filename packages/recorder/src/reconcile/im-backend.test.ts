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
