import { expect, describe, it } from "vitest";

import { startAdminServer, type AdminServer } from "../harness/admin.ts";
import { startEndpoint } from "../harness/endpoint.ts";
import { restApi, type RestCall } from "../harness/rest.ts";
import { watchDeliveries } from "../harness/watch-deliveries.ts";

const sdkAppId = 1400000001;
const secretKey = "the-key-of-the-demo-app";
const path = `/deliveries/stream?sdkAppId=${sdkAppId}`;

async function start(): Promise<{ server: AdminServer; rest: RestCall }> {
  const backend = await startEndpoint("/callback", ({ body }) =>
    String(body["GroupId"]).startsWith("bad") ? { status: 500, text: "no" } : "{}",
  );
  const callback = { url: backend.url, allowPrivateNetwork: true, switches: ["Group.CallbackAfterCreateGroup"] };
  const server = await startAdminServer({ apps: [{ sdkAppId, secretKey, callback }] });
  return { server, rest: await restApi(server.url, { sdkAppId, secretKey, administrator: "administrator" }) };
}

const create = (rest: RestCall, GroupId: string) =>
  rest("group_open_http_svc/create_group", { Type: "Public", Name: "MyFirstGroup", GroupId });

describe("watching deliveries", () => {
  it("shows each attempt with what came of it, once that is on disk", async () => {
    const { server, rest } = await start();
    const told = await watchDeliveries(server, sdkAppId);
    await create(rest, "good-1");
    await create(rest, "bad-1");
    const deliveries = (await told(2)).flatMap((batch) => batch.deliveries);
    expect(deliveries).toEqual(
      expect.arrayContaining([
        expect.objectContaining({
          groupId: "good-1",
          sequence: 1,
          outcome: "delivered",
          state: "delivered",
          attempt: 1,
        }),
        expect.objectContaining({ groupId: "bad-1", outcome: "status", status: 500, state: "pending" }),
      ]),
    );
    const found = await server.call("GET", `/deliveries/${String(deliveries[0]?.["position"])}`);
    expect(found.body).toMatchObject({ groupId: deliveries[0]?.["groupId"] });
  });

  it("can be of one verdict, or one group", async () => {
    const { server, rest } = await start();
    const failed = await watchDeliveries(server, sdkAppId, "&verdict=failed");
    const one = await watchDeliveries(server, sdkAppId, "&groupId=good-2");
    for (const groupId of ["good-1", "bad-1", "good-2"]) await create(rest, groupId);
    expect((await failed(1)).flatMap(({ deliveries }) => deliveries)).toMatchObject([{ groupId: "bad-1" }]);
    expect((await one(1)).flatMap(({ deliveries }) => deliveries)).toMatchObject([{ groupId: "good-2" }]);
  });

  it("counts all, and shows a sample where there are too many", async () => {
    const { server, rest } = await start();
    const told = await watchDeliveries(server, sdkAppId);
    await Promise.all(Array.from({ length: 300 }, (_, i) => create(rest, `good-${i}`)));
    const batches = await told(300);
    expect(batches.reduce((sum, { total }) => sum + total, 0)).toBe(300);
    for (const { total, deliveries } of batches) expect(deliveries).toHaveLength(Math.min(total, 25));
  });

  it("is for a hundred at a time, and for those alone who may", async () => {
    const { server } = await start();
    expect((await fetch(`${server.url}/admin/v1${path}`)).status).toBe(401);
    expect((await server.call("GET", "/deliveries/stream?sdkAppId=7")).status).toBe(404);
    const watching = await Promise.all(Array.from({ length: 100 }, () => watchDeliveries(server, sdkAppId)));
    expect(watching).toHaveLength(100);
    expect((await server.call("GET", path)).status).toBe(409);
    // Whoever watches does not keep the server from stopping.
    await server.stop();
  });

  it("leaves figures for the charts", async () => {
    const { server, rest } = await start();
    const told = await watchDeliveries(server, sdkAppId);
    for (const groupId of ["good-1", "good-2", "bad-1"]) await create(rest, groupId);
    await told(3);
    const { body } = await server.call("GET", `/apps/${sdkAppId}/endpoint/series?range=30d`);
    expect(body).toMatchObject({
      step: 3_600_000,
      points: [{ attempts: 3, delivered: 2, dead: 0, pending: 1, p50: expect.any(Number), p99: expect.any(Number) }],
    });
  });
});
