import { describe, expect, it } from "vitest";

import { startAdminServer, type AdminServer } from "../harness/admin.ts";
import { startEndpoint, type Endpoint } from "../harness/endpoint.ts";
import { restApi, type RestCall } from "../harness/rest.ts";

const sdkAppId = 1400000001;
const secretKey = "the-key-of-the-demo-app";
const path = `/apps/${sdkAppId}/groups`;

async function start(): Promise<{ server: AdminServer; backend: Endpoint; rest: RestCall }> {
  const backend = await startEndpoint();
  const switches = ["Group.CallbackAfterCreateGroup", "Group.CallbackAfterGroupDestroyed"];
  const callback = { url: backend.url, allowPrivateNetwork: true, switches };
  const features = { community: true, topic: true };
  const server = await startAdminServer({ apps: [{ sdkAppId, secretKey, features, callback }] });
  const rest = await restApi(server.url, { sdkAppId, secretKey, administrator: "administrator" });
  for (const UserID of ["leckie", "peter", "bob"]) await rest("im_open_login_svc/account_import", { UserID });
  return { server, backend, rest };
}

const create = (rest: RestCall, GroupId: string, more: object = {}) =>
  rest("group_open_http_svc/create_group", { Type: "Public", Name: `The ${GroupId} club`, GroupId, ...more });

const idsOf = (body: Record<string, unknown>): string[] =>
  (body["groups"] as { groupId: string }[]).map(({ groupId }) => groupId);

describe("an app's groups in the admin API", () => {
  it("come page by page, and are found by id, by somebody in them, and by name", async () => {
    const { server, rest } = await start();
    for (const id of ["chess", "go", "draughts"]) await create(rest, id, { Owner_Account: "leckie" });
    await create(rest, "peter", { Type: "Private", Owner_Account: "bob" });
    await create(rest, "poker", { Owner_Account: "peter" });
    const list = (query: string) => server.call("GET", `${path}?${query}`);
    const first = await list("limit=3");
    expect(idsOf(first.body)).toEqual(["chess", "go", "draughts"]);
    expect(first.body["total"]).toBe(5);
    const second = await list(`limit=3&after=${String(first.body["next"])}`);
    expect([idsOf(second.body), second.body["next"]]).toEqual([["peter", "poker"], null]);
    expect(idsOf((await list("find=peter")).body)).toEqual(["peter", "poker"]);
    expect(idsOf((await list("find=GHTS%20CLUB")).body)).toEqual(["draughts"]);
    expect(idsOf((await list("type=Work")).body)).toEqual(["peter"]);
    expect((await list("type=Private")).status).toBe(422);
  });

  it("are shown from inside", async () => {
    const { server, rest } = await start();
    const GroupId = "@TGS#_club";
    await create(rest, GroupId, { Type: "Community", SupportTopic: 1, Owner_Account: "leckie" });
    for (const TopicName of ["Openings", "Endings"]) {
      await rest("million_group_open_http_svc/create_topic", { GroupId, TopicName });
    }
    const at = `${path}/${encodeURIComponent(GroupId)}`;
    expect((await server.call("GET", at)).body).toMatchObject({
      type: "Community",
      owner: "leckie",
      members: 1,
      topics: 2,
    });
    expect((await server.call("GET", `${at}/members`)).body).toMatchObject({
      members: [{ userId: "leckie", role: "Owner" }],
      next: null,
    });
    const topics = await server.call("GET", `${at}/topics?limit=1`);
    expect(topics.body).toMatchObject({ topics: [{ name: "Openings" }], next: 1 });
    expect((await server.call("GET", `${at}/topics?limit=1&after=1`)).body).toMatchObject({ next: null });
    for (const missing of [`${path}/none`, `${path}/none/members`, "/apps/7/groups"]) {
      expect((await server.call("GET", missing)).status, missing).toBe(404);
    }
  });

  it("are disbanded as through the REST API: with their callback, and for good", async () => {
    const { server, backend, rest } = await start();
    await create(rest, "chess", { Owner_Account: "leckie" });
    expect((await server.call("DELETE", `${path}/chess`)).status).toBe(200);
    const [, told] = await backend.received(2);
    expect(told?.body).toMatchObject({ GroupId: "chess", Owner_Account: "leckie" });
    expect((await server.call("DELETE", `${path}/chess`)).status).toBe(404);

    const { body } = await server.call("GET", `${path}/chess/history`);
    const history = body["callbacks"] as { command: string; sequence: number; body: string }[];
    expect(history.map(({ command, sequence }) => [command, sequence])).toEqual([
      ["Group.CallbackAfterGroupDestroyed", 2],
      ["Group.CallbackAfterCreateGroup", 1],
    ]);
    expect(history[0]?.body).toBe(told?.raw);
  });

  it("lose a topic as through the REST API, and say why where that cannot be", async () => {
    const { server, rest } = await start();
    const GroupId = "@TGS#_club";
    await create(rest, GroupId, { Type: "Community", SupportTopic: 1, Owner_Account: "leckie" });
    const { TopicId } = await rest("million_group_open_http_svc/create_topic", { GroupId, TopicName: "Openings" });
    const at = `${path}/${encodeURIComponent(GroupId)}/topics/${encodeURIComponent(String(TopicId))}`;
    expect((await server.call("DELETE", at)).status).toBe(200);
    const again = await server.call("DELETE", at);
    expect([again.status, again.body]).toMatchObject([
      404,
      { error: { message: expect.stringContaining("no such topic") } },
    ]);
    expect((await server.call("DELETE", `${path}/none/topics/${encodeURIComponent(String(TopicId))}`)).status).toBe(
      404,
    );
  });
});
