import { afterAll, beforeAll, expect, it, vi } from "vitest";

import { startAdminServer, type AdminServer } from "../harness/admin.ts";
import { OK, startEndpoint } from "../harness/endpoint.ts";
import { startPostgres, type RunningPostgres } from "../harness/postgres.ts";
import { restApi } from "../harness/rest.ts";

const app = { sdkAppId: 1400000001, secretKey: "the-key-of-the-demo-app" };
const WAIT = { timeout: 20_000, interval: 20 };

let postgres: RunningPostgres;
let databases = 0;
beforeAll(async () => {
  postgres = await startPostgres({ careless: true });
}, 60_000);
afterAll(() => postgres.stop());

/** Two nodes on a database of their own. */
async function startNodes(apps: readonly object[] = [app]): Promise<readonly [AdminServer, AdminServer]> {
  databases += 1;
  const store = await postgres.createDatabase(`nodes_${databases}`);
  const server = { store, encryptionKey: "a key that is long enough to be one" };
  const start = () => startAdminServer({ apps: apps.map((one) => ({ ...one })), server });
  return [await start(), await start()];
}

const api = (node: AdminServer) => restApi(node.url, { ...app, administrator: "administrator" });

it("takes on each node what the admin API changes on another", { timeout: 60_000 }, async () => {
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
    expect(await (await fetch(`${node.url}/metrics`)).text()).toContain(
      `muster_endpoint_state{sdk_app_id="${app.sdkAppId}",state="open"} 1`,
    );
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
}, 60_000);
