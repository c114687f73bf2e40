import { once } from "node:events";
import type { AddressInfo } from "node:net";

import { callbackSign } from "@muster/protocol";
import { expect, it, onTestFinished } from "vitest";

import { firstOf, startEndpoint, type Arrival, type Endpoint } from "../harness/endpoint.ts";
import { temporaryFolder, writeConfig } from "../harness/folder.ts";
import { startProgram } from "../harness/program.ts";
import { restApi, type RestCall } from "../harness/rest.ts";
import { storeIn } from "../harness/store.ts";
import { createSeedHandler } from "./seed-handler.ts";

const app = { sdkAppId: 1400000001, secretKey: "the-key-of-the-demo-app", administrator: "group_root" };
const switches = ["Group.CallbackAfterCreateGroup", "Group.CallbackAfterGroupDestroyed"];

/** Starts a server in a process of its own, and makes the three users of the seeds known to it. */
async function startServer(url: string, settings: object = {}, callback: object = {}): Promise<RestCall> {
  const folder = temporaryFolder();
  const config = writeConfig(folder, {
    server: { port: 0, store: await storeIn(folder, "server"), logLevel: "error" },
    apps: [
      {
        sdkAppId: app.sdkAppId,
        secretKey: app.secretKey,
        administrators: [app.administrator],
        features: { community: true, topic: true },
        groupCustomFields: ["UserDefined1", "UserDefined2"],
        callback: { url, allowPrivateNetwork: true, switches, ...callback },
        ...settings,
      },
    ],
  });
  const program = startProgram(["serve", "--config", config]);
  onTestFinished(async () => {
    expect(await program.kill("SIGTERM"), program.errors()).toBe(0);
  });
  const rest = await restApi(await program.url(), app);
  for (const UserID of ["leckie", "peter", "bob"]) {
    expect(await rest("im_open_login_svc/account_import", { UserID })).toMatchObject({ ErrorCode: 0 });
  }
  return rest;
}

/** What the seeds' samples come from: their groups' creation and end, and a community's topics. */
async function liveTheSeeds(rest: RestCall): Promise<{ groupId: string; communityId: string }> {
  const created = await rest("group_open_http_svc/create_group", {
    Owner_Account: "leckie",
    Type: "Public",
    Name: "MyFirstGroup",
    MemberList: [{ Member_Account: "bob" }, { Member_Account: "peter" }],
    AppDefinedData: [
      { Key: "UserDefined1", Value: "hello" },
      { Key: "UserDefined2", Value: "world" },
    ],
  });
  const groupId = String(created["GroupId"]);
  expect(await rest("group_open_http_svc/destroy_group", { GroupId: groupId })).toMatchObject({ ErrorCode: 0 });

  const community = await rest("group_open_http_svc/create_group", {
    Owner_Account: "leckie",
    Type: "Community",
    Name: "MyCommunity",
    SupportTopic: 1,
  });
  const communityId = String(community["GroupId"]);
  const TopicIdList = ["TestTopic", "TestTopic_1"].map((own) => `${communityId}@TOPIC#_${own}`);
  for (const TopicId of TopicIdList) {
    const topic = { GroupId: communityId, TopicId, TopicName: "TestTopic" };
    expect(await rest("million_group_open_http_svc/create_topic", topic)).toMatchObject({ ErrorCode: 0, TopicId });
  }
  const deleted = await rest("million_group_open_http_svc/destroy_topic", { GroupId: communityId, TopicIdList });
  expect(deleted).toMatchObject({ ErrorCode: 0, DestroyResultItem: [{ ErrorCode: 0 }, { ErrorCode: 0 }] });
  expect(await rest("group_open_http_svc/destroy_group", { GroupId: communityId })).toMatchObject({ ErrorCode: 0 });
  return { groupId, communityId };
}

/** So many callbacks, each as it came first: one that this process was too slow to answer comes once more. */
async function received({ arrivals }: Endpoint, count: number): Promise<Arrival[]> {
  await expect.poll(() => firstOf(arrivals).length).toBe(count);
  return firstOf(arrivals);
}

/** The body that came for a command, its fields in the order in which they came. */
function bodyOf({ arrivals }: Endpoint, command: string, groupId: string): [string, unknown][] {
  const arrival = arrivals.find(({ body }) => body["CallbackCommand"] === command && body["GroupId"] === groupId);
  return Object.entries(arrival?.body ?? {});
}

it.each([
  { eventTime: "number" as const, spelt: expect.any(Number) },
  { eventTime: "string" as const, spelt: expect.stringMatching(/^\d{13}$/) },
])("sends the seeds' samples field for field, EventTime as a $eventTime", async ({ eventTime, spelt }) => {
  const endpoint = await startEndpoint();
  const rest = await startServer(endpoint.url, { profile: { eventTime } });
  const { groupId, communityId } = await liveTheSeeds(rest);
  await received(endpoint, 7);

  expect(bodyOf(endpoint, "Group.CallbackAfterCreateGroup", groupId)).toEqual([
    ["CallbackCommand", "Group.CallbackAfterCreateGroup"],
    ["GroupId", groupId],
    ["Operator_Account", "group_root"],
    ["Owner_Account", "leckie"],
    ["Type", "Public"],
    ["Name", "MyFirstGroup"],
    ["MemberList", [{ Member_Account: "bob" }, { Member_Account: "peter" }]],
    [
      "UserDefinedDataList",
      [
        { Key: "UserDefined1", Value: "hello" },
        { Key: "UserDefined2", Value: "world" },
      ],
    ],
    ["EventTime", spelt],
  ]);
  expect(bodyOf(endpoint, "Group.CallbackAfterGroupDestroyed", groupId)).toEqual([
    ["CallbackCommand", "Group.CallbackAfterGroupDestroyed"],
    ["GroupId", groupId],
    ["Type", "Public"],
    ["Owner_Account", "leckie"],
    ["Name", "MyFirstGroup"],
    ["MemberList", [{ Member_Account: "leckie" }, { Member_Account: "bob" }, { Member_Account: "peter" }]],
    ["EventTime", spelt],
  ]);
  expect(bodyOf(endpoint, "Group.CallbackAfterTopicDestroyed", communityId)).toEqual([
    ["CallbackCommand", "Group.CallbackAfterTopicDestroyed"],
    ["GroupId", communityId],
    ["Type", "Community"],
    ["TopicIdList", [`${communityId}@TOPIC#_TestTopic`, `${communityId}@TOPIC#_TestTopic_1`]],
  ]);
  // A community's members are not listed.
  expect(bodyOf(endpoint, "Group.CallbackAfterGroupDestroyed", communityId).map(([name]) => name)).toEqual([
    "CallbackCommand",
    "GroupId",
    "Type",
    "Owner_Account",
    "Name",
    "EventTime",
  ]);
});

it("sends exactly the documented parameters in the documented order, signed where there is a token", async () => {
  const [open, signed] = [await startEndpoint("/cb"), await startEndpoint("/cb")];
  await liveTheSeeds(await startServer(open.url));
  await liveTheSeeds(await startServer(signed.url, {}, { token: "the-token" }));
  await Promise.all([received(open, 7), received(signed, 7)]);

  for (const { url, body, method } of open.arrivals) {
    const command = String(body["CallbackCommand"]);
    expect(method).toBe("POST");
    expect(url).toBe(
      `/cb?SdkAppid=1400000001&CallbackCommand=${command}&contenttype=json&ClientIP=127.0.0.1&OptPlatform=RESTAPI`,
    );
  }
  for (const { url } of signed.arrivals) {
    const [, sign, requestTime] = /&OptPlatform=RESTAPI&Sign=([0-9a-f]{64})&RequestTime=(\d{10})$/.exec(url) ?? [];
    expect(sign).toBe(await callbackSign("the-token", requestTime ?? ""));
  }
});

it("numbers each group's callbacks and gives each an id of its own", async () => {
  const endpoint = await startEndpoint();
  const rest = await startServer(endpoint.url);
  const { groupId, communityId } = await liveTheSeeds(rest);
  const arrivals = await received(endpoint, 7);
  const numbers = (id: string): unknown[] =>
    arrivals.filter(({ body }) => body["GroupId"] === id).map(({ headers }) => headers["muster-sequence"]);
  expect(numbers(groupId)).toEqual(["1", "2"]);
  expect(numbers(communityId)).toEqual(["1", "2", "3", "4", "5"]);
  expect(new Set(endpoint.arrivals.map(({ headers }) => headers["webhook-id"])).size).toBe(7);
});

it("is understood by a handler that was written from the seeds alone", async () => {
  const handler = createSeedHandler("1400000001");
  handler.server.listen(0, "127.0.0.1");
  await once(handler.server, "listening");
  onTestFinished(() => {
    handler.server.closeAllConnections();
    handler.server.close();
  });
  const { port } = handler.server.address() as AddressInfo;
  const { groupId, communityId } = await liveTheSeeds(await startServer(`http://127.0.0.1:${port}`));
  // What it was told once more, because it was too slow, it says once more.
  const log = () => [...new Set(handler.log)];
  await expect.poll(() => log().length).toBe(5);

  const from = "from RESTAPI 127.0.0.1";
  const ofGroup = log().filter((line) => line.includes(groupId));
  expect(ofGroup).toEqual([
    `created ${groupId} (Public) by group_root ${from}`,
    `disbanded ${groupId} of leckie with leckie, bob, peter ${from}`,
  ]);
  const topics = ["TestTopic", "TestTopic_1"].map((own) => `${communityId}@TOPIC#_${own}`);
  expect(log().filter((line) => line.includes(communityId))).toEqual([
    `created ${communityId} (Community) by group_root ${from}`,
    `topics deleted in ${communityId}: ${topics.join(", ")} ${from}`,
    `disbanded ${communityId} of leckie with  ${from}`,
  ]);
  expect(handler.groups.size).toBe(0);
});

it("sends only what is switched on, and topics' ends with groups' ends", async () => {
  const endpoint = await startEndpoint();
  await liveTheSeeds(await startServer(endpoint.url, {}, { switches: ["Group.CallbackAfterGroupDestroyed"] }));
  const arrivals = await received(endpoint, 3);
  expect(arrivals.map(({ body }) => String(body["CallbackCommand"])).toSorted()).toEqual([
    "Group.CallbackAfterGroupDestroyed",
    "Group.CallbackAfterGroupDestroyed",
    "Group.CallbackAfterTopicDestroyed",
  ]);
  // Only what is sent is numbered, so that a receiver sees no gap.
  expect(arrivals.map(({ headers }) => String(headers["muster-sequence"])).toSorted()).toEqual(["1", "1", "2"]);
});

it("refuses topics, communities and custom fields that the app has not enabled", async () => {
  const endpoint = await startEndpoint();
  const rest = await startServer(endpoint.url, { features: {}, groupCustomFields: [] });
  const community = { Type: "Community", Name: "MyCommunity", Owner_Account: "leckie" };
  expect(await rest("group_open_http_svc/create_group", community)).toMatchObject({ ErrorCode: 11000 });
  const fields = { Type: "Public", Name: "n", AppDefinedData: [{ Key: "UserDefined1", Value: "hello" }] };
  expect(await rest("group_open_http_svc/create_group", fields)).toMatchObject({ ErrorCode: 10004 });
  expect(endpoint.arrivals).toEqual([]);
});
