import { createClient, EVENT, type Client } from "@muster/client";
import { signUserSig } from "@muster/protocol";
import { expect, it, onTestFinished, vi } from "vitest";

import { ADMIN_TOKEN, startAdminServer, type AdminServer } from "../harness/admin.ts";
import { OK, startEndpoint } from "../harness/endpoint.ts";
import { postgresOfFile } from "../harness/postgres-of-file.ts";
import { metricReaches, restApi } from "../harness/rest.ts";
import { watchDeliveries } from "../harness/watch-deliveries.ts";

const app = { sdkAppId: 1400000001, secretKey: "the-key-of-the-demo-app" };
const WAIT = { timeout: 60_000, interval: 20 };

const postgres = await postgresOfFile();

/** Two nodes on a database of their own. */
async function startNodes(apps: readonly object[] = [app]): Promise<readonly [AdminServer, AdminServer]> {
  const store = await postgres.createDatabase();
  const server = { store, encryptionKey: "a key that is long enough to be one" };
  const start = () => startAdminServer({ apps: apps.map((one) => ({ ...one })), server });
  return [await start(), await start()];
}

/** A device of a user at a node, and the texts that it was told of. */
interface Device {
  readonly client: Client;
  readonly texts: string[];
  /** Resolves when the app has ended the session. */
  readonly kicked: Promise<void>;
}

async function connect(node: AdminServer, userID: string): Promise<Device> {
  const client = createClient({ url: node.url, sdkAppId: app.sdkAppId });
  onTestFinished(() => client.destroy());
  const texts: string[] = [];
  client.on(EVENT.GROUP_SYSTEM_NOTICE_RECEIVED, ({ data }) => {
    if (data.operationType === 255) texts.push(data.userDefinedField);
  });
  const kicked = new Promise<void>((resolve) => client.on(EVENT.KICKED_OUT, () => resolve()));
  const claims = {
    sdkAppId: app.sdkAppId,
    userId: userID,
    issuedAt: Math.floor(Date.now() / 1000) - 10,
    expiresIn: 3_600,
  };
  await client.login({ userID, userSig: await signUserSig(claims, app.secretKey) });
  return { client, texts, kicked };
}

const api = (node: AdminServer) => restApi(node.url, { ...app, administrator: "administrator" });

it("takes on each node what the admin API changes on another", { timeout: 180_000 }, async () => {
  const [one, other] = await startNodes();
  const made = { sdkAppId: 1400000002, secretKey: "the-key-of-another-app", name: "made" };
  expect((await one.call("POST", "/apps", { body: made })).status).toBe(201);
  await vi.waitUntil(async () => (await other.call("GET", `/apps/${made.sdkAppId}`)).status === 200, WAIT);
  // Its users and its administrator are let in there as well.
  const rest = await restApi(other.url, { ...made, administrator: "administrator" });
  expect(await rest("im_open_login_svc/account_import", { UserID: "leckie" })).toMatchObject({ ErrorCode: 0 });
  expect((await other.call("DELETE", `/apps/${made.sdkAppId}`)).status).toBe(200);
  await vi.waitUntil(async () => (await one.call("GET", `/apps/${made.sdkAppId}`)).status === 404, WAIT);
});

it("knows on each node that an endpoint fails, and delivers on each once one is told that it is back", async () => {
  let works = false;
  const backend = await startEndpoint("/callback", () => (works ? OK : { status: 503, text: "" }));
  const callback = {
    url: backend.url,
    allowPrivateNetwork: true,
    switches: ["Group.CallbackAfterCreateGroup"],
    retry: [3_600],
  };
  const [one, other] = await startNodes([{ ...app, callback }]);
  const path = `/apps/${app.sdkAppId}/endpoint`;
  const rest = await api(one);
  // Over all shards: each node has some that fail, which wait for an hour from then on.
  const count = 60;
  for (let i = 0; i < count; i += 1) {
    await rest("group_open_http_svc/create_group", { GroupId: `group${i}`, Type: "Public", Name: "n" });
  }
  for (const node of [one, other]) {
    await vi.waitUntil(async () => (await node.call("GET", path)).body["state"] === "open", WAIT);
    await metricReaches(node.url, `muster_endpoint_state{sdk_app_id="${app.sdkAppId}",state="open"}`, 1);
  }
  works = true;
  expect((await other.call("POST", `${path}/revive`)).status).toBe(200);
  for (const node of [one, other]) {
    await vi.waitUntil(async () => {
      const { body } = await node.call("GET", path);
      return body["state"] === "closed" && body["pending"] === 0;
    }, WAIT);
  }
  expect(backend.arrivals.length).toBeGreaterThanOrEqual(count);
}, 180_000);

it("knows on each node who is connected to which, and kicks them wherever they are", { timeout: 180_000 }, async () => {
  const [one, other] = await startNodes();
  const [rest, restOfOther] = [await api(one), await api(other)];
  const statusOf = async (call: typeof rest, ...users: string[]) =>
    (await call("openim/query_online_status", { To_Account: users, IsNeedDetail: 1 }))["QueryResult"];
  const web = { Platform: "Web", Status: "Online" };
  const devices = [await connect(one, "leckie"), await connect(other, "leckie"), await connect(other, "peter")];
  for (const call of [rest, restOfOther]) {
    expect(await statusOf(call, "leckie", "peter")).toEqual([
      { To_Account: "leckie", State: "Online", Detail: [web, web] },
      { To_Account: "peter", State: "Online", Detail: [web] },
    ]);
  }
  await rest("im_open_login_svc/kick", { UserID: "leckie" });
  await rest("im_open_login_svc/account_delete", { DeleteItem: [{ UserID: "peter" }] });
  await Promise.all(devices.map(({ kicked }) => kicked));
  const offline = { To_Account: "leckie", State: "Offline", Detail: [] };
  for (const call of [rest, restOfOther]) {
    await expect.poll(() => statusOf(call, "leckie"), WAIT).toEqual([offline]);
  }
});

it("has one and the same live room on all nodes", { timeout: 180_000 }, async () => {
  const backend = await startEndpoint();
  const switches = ["AfterNewMemberJoin", "AfterMemberExit", "OnMemberStateChange"].map((on) => `Group.Callback${on}`);
  const callback = { url: backend.url, allowPrivateNetwork: true, switches };
  const [one, other] = await startNodes([{ ...app, callback }]);
  const [rest, restOfOther] = [await api(one), await api(other)];
  const groupID = "live";
  await rest("group_open_http_svc/create_group", { GroupId: groupID, Type: "AVChatRoom", Name: "n" });
  const count = async (call: typeof rest) => {
    const { GroupInfo } = await call("group_open_http_svc/get_group_info", { GroupIdList: [groupID] });
    return (GroupInfo as { MemberNum: number }[])[0]?.MemberNum;
  };
  const send = (call: typeof rest, Content: string) =>
    call("group_open_http_svc/send_group_system_notification", { GroupId: groupID, Content });
  const [leckie, peter] = [await connect(one, "leckie"), await connect(other, "peter")];
  await leckie.client.joinGroup({ groupID });
  await peter.client.joinGroup({ groupID });
  // A second device is where its user is.
  const second = await connect(other, "leckie");
  expect(await second.client.joinGroup({ groupID })).toMatchObject({ data: { status: "AlreadyInGroup" } });
  expect([await count(rest), await count(restOfOther)]).toEqual([2, 2]);
  await send(rest, "first");
  await send(restOfOther, "second");
  for (const { texts } of [leckie, peter, second]) await expect.poll(() => texts, WAIT).toEqual(["first", "second"]);

  // By a node that the user is not connected to.
  await rest("group_open_http_svc/ban_group_member", { GroupId: groupID, Members_Account: ["peter"], Duration: 60 });
  expect([await count(rest), await count(restOfOther)]).toEqual([1, 1]);
  // The user is gone with the last device, wherever that was.
  await leckie.client.logout();
  await send(rest, "third");
  await expect.poll(() => second.texts.at(-1), WAIT).toBe("third");
  expect([await count(rest), await count(restOfOther)]).toEqual([1, 1]);
  await second.client.logout();
  await expect.poll(() => count(rest), WAIT).toBe(0);
  await expect.poll(() => backend.arrivals.length, WAIT).toBe(7);
  const changes = backend.arrivals.flatMap(({ body }) => (body["EventType"] === undefined ? [] : [body]));
  expect(
    changes.map(({ EventType, EventCause, MemberList }) => [EventType, EventCause, JSON.stringify(MemberList)]),
  ).toEqual([
    ["Online", "Join", '[{"Member_Account":"leckie"}]'],
    ["Online", "Join", '[{"Member_Account":"peter"}]'],
    ["Offline", "Quit", '[{"Member_Account":"peter"}]'],
    ["Offline", "Quit", '[{"Member_Account":"leckie"}]'],
  ]);
  expect(peter.texts).toEqual(["first", "second"]);
});

it("shows live, and in the charts, what every node delivers", { timeout: 180_000 }, async () => {
  const backend = await startEndpoint();
  const switches = ["Group.CallbackAfterCreateGroup"];
  const callback = { url: backend.url, allowPrivateNetwork: true, switches };
  const [one] = await startNodes([{ ...app, callback }]);
  const rest = await api(one);
  const told = await watchDeliveries(one, app.sdkAppId);
  // Lanes of all shards: about half of them are delivered by the other node.
  const groups = Array.from({ length: 40 }, (_, i) => `group${i}`);
  for (const GroupId of groups) await rest("group_open_http_svc/create_group", { GroupId, Type: "Public", Name: "n" });
  const batches = await told(groups.length);
  expect(batches.reduce((sum, { total }) => sum + total, 0)).toBe(groups.length);
  const shown = batches.flatMap(({ deliveries }) => deliveries.map(({ groupId }) => String(groupId)));
  expect(shown.toSorted()).toEqual(groups.toSorted());
  await expect
    .poll(async () => {
      const { points } = (await one.call("GET", `/apps/${app.sdkAppId}/endpoint/series`)).body;
      return (points as { delivered: number }[]).reduce((sum, { delivered }) => sum + delivered, 0);
    }, WAIT)
    .toBe(groups.length);
});

it("knows on each node who is signed in to the console, and who is no more", { timeout: 180_000 }, async () => {
  const [one, other] = await startNodes();
  const page = { "muster-console": "1", "sec-fetch-site": "same-origin" };
  const ask = (node: AdminServer, method: string, path: string, cookie: string) =>
    fetch(`${node.url}/admin/v1${path}`, { method, headers: { ...page, cookie } });
  const signedIn = await fetch(`${one.url}/admin/v1/session`, {
    method: "POST",
    headers: { "content-type": "application/json", ...page },
    body: JSON.stringify({ token: ADMIN_TOKEN }),
  });
  const cookie = signedIn.headers.get("set-cookie")?.split(";", 1)[0] ?? "";
  const watching = await ask(one, "GET", `/deliveries/stream?sdkAppId=${app.sdkAppId}`, cookie);
  expect((await ask(other, "GET", "/apps", cookie)).status).toBe(200);
  expect((await ask(other, "DELETE", "/session", cookie)).status).toBe(200);
  expect((await ask(one, "GET", "/apps", cookie)).status).toBe(401);
  // Ends only with the stream.
  expect(await watching.text()).toMatch(/^: /);
});
