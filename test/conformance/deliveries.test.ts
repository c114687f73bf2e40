import { describe, expect, it } from "vitest";

import { startAdminServer, type AdminAnswer, type AdminServer } from "../harness/admin.ts";
import { OK, startEndpoint, type Answering, type Endpoint } from "../harness/endpoint.ts";
import { SDK_APP_ID } from "../harness/recorder.ts";
import { metricReaches, restApi } from "../harness/rest.ts";
import { proves } from "./proves.ts";

const secretKey = "the-key-of-the-demo-app";
const CREATED = "Group.CallbackAfterCreateGroup";
const DESTROYED = "Group.CallbackAfterGroupDestroyed";
const UNUSED = SDK_APP_ID + 1;
const app = `/apps/${SDK_APP_ID}`;

interface World {
  readonly server: AdminServer;
  readonly backend: Endpoint;
  /** Creates groups, one after another. */
  create(...groupIds: string[]): Promise<void>;
  destroy(...groupIds: string[]): Promise<void>;
  /** Waits until so many callbacks are in a state. */
  reaches(state: string, count: number): Promise<void>;
  list(query?: string): Promise<Record<string, unknown>[]>;
}

/** A server whose app's own backend answers as it is told; nothing is tried twice. */
async function startWorld(answering: Answering = () => OK, callback: object = {}): Promise<World> {
  const backend = await startEndpoint("/callback?team=1", answering);
  const server = await startAdminServer({
    apps: [
      {
        sdkAppId: SDK_APP_ID,
        secretKey,
        callback: {
          url: backend.url,
          token: "the-token",
          allowPrivateNetwork: true,
          retry: "none",
          switches: [CREATED, DESTROYED],
          ...callback,
        },
      },
      { sdkAppId: UNUSED, secretKey },
    ],
  });
  const rest = await restApi(server.url, { sdkAppId: SDK_APP_ID, secretKey, administrator: "administrator" });
  const each = async (command: string, groupIds: readonly string[], more: object = {}): Promise<void> => {
    for (const GroupId of groupIds) {
      expect(await rest(`group_open_http_svc/${command}`, { GroupId, ...more })).toMatchObject({ ErrorCode: 0 });
    }
  };
  return {
    server,
    backend,
    create: (...groupIds) => each("create_group", groupIds, { Type: "Public", Name: "MyFirstGroup" }),
    destroy: (...groupIds) => each("destroy_group", groupIds),
    reaches: (state, count) =>
      metricReaches(server.url, `muster_callbacks{sdk_app_id="${SDK_APP_ID}",state="${state}"}`, count),
    list: async (query = "") => rowsOf(await server.call("GET", `/deliveries${query}`)),
  };
}

const rowsOf = ({ body }: AdminAnswer): Record<string, unknown>[] => body["deliveries"] as Record<string, unknown>[];
const briefly = (rows: readonly Record<string, unknown>[]): string[] =>
  rows.map(({ groupId, sequence, state }) => `${String(groupId)} ${String(sequence)} ${String(state)}`);
const refusing: Answering = () => ({ status: 500, text: "no" });

describe("deliveries", () => {
  it("are listed, the newest first, page by page", proves("deliveries:list"), async () => {
    const { server, create, destroy, reaches, list } = await startWorld();
    await create("chess", "go");
    await destroy("chess");
    await reaches("delivered", 3);
    const all = ["chess 2 delivered", "go 1 delivered", "chess 1 delivered"];
    expect(briefly(await list())).toEqual(all);
    const pages: string[] = [];
    for (let next: number | null = 4; next !== null;) {
      const page: AdminAnswer = await server.call("GET", `/deliveries?limit=1&before=${next}`);
      pages.push(...briefly(rowsOf(page)));
      next = page.body["next"] as number | null;
    }
    expect(pages).toEqual(all);
  });

  it("are found by app, group, command, state, time and id", proves("deliveries:filters"), async () => {
    const { backend, create, destroy, reaches, list } = await startWorld(({ body }) =>
      body["GroupId"] === "go" ? { status: 500, text: "no" } : OK,
    );
    const before = Date.now();
    await create("chess", "go");
    await destroy("chess");
    await reaches("delivered", 2);
    await reaches("dead", 1);
    const after = Date.now() + 1;
    const whole = 3;
    expect(briefly(await list(`?sdkAppId=${SDK_APP_ID}&groupId=chess`))).toEqual([
      "chess 2 delivered",
      "chess 1 delivered",
    ]);
    expect(await list(`?sdkAppId=${UNUSED}`)).toEqual([]);
    expect(briefly(await list(`?command=${DESTROYED}`))).toEqual(["chess 2 delivered"]);
    expect(briefly(await list(`?sdkAppId=${SDK_APP_ID}&state=dead`))).toEqual(["go 1 dead"]);
    expect(await list(`?sdkAppId=${SDK_APP_ID}&state=pending`)).toEqual([]);
    expect(await list(`?from=${before}&to=${after}`)).toHaveLength(whole);
    expect(await list(`?from=${new Date(before).toISOString()}`)).toHaveLength(whole);
    expect(await list(`?to=${before}`)).toEqual([]);
    const id = String(backend.arrivals.find(({ body }) => body["GroupId"] === "go")?.headers["webhook-id"]);
    expect(await list(`?id=${id}`)).toMatchObject([{ id, groupId: "go", attempts: 1, lastOutcome: "status" }]);
  });

  it("are shown one by one with what was posted and every attempt", proves("deliveries:one"), async () => {
    let answers = 0;
    const { server, backend, create, reaches, list } = await startWorld(
      () => ((answers += 1) === 1 ? { status: 503, text: "later" } : OK),
      { retry: [1] },
    );
    await create("chess");
    await reaches("delivered", 1);
    const [{ position } = {}] = await list();
    const { status, body } = await server.call("GET", `/deliveries/${String(position)}`);
    expect(status).toBe(200);
    const last = backend.arrivals[1];
    const { headers, raw, url } = last ?? { headers: {}, raw: "", url: "" };
    expect(body).toMatchObject({
      groupId: "chess",
      state: "delivered",
      command: CREATED,
      attempts: [
        { number: 1, outcome: "status", status: 503, answer: "later", error: expect.stringContaining("503") },
        { number: 2, outcome: "delivered", status: 200, code: 0, answer: OK },
      ],
      replays: [],
    });
    const request = body["request"] as { parameters: string; headers: Record<string, string>; body: string };
    expect(request.body).toBe(raw);
    expect(url.replace(/&Sign=.*/, "")).toBe(`/callback?team=1&${request.parameters}`);
    expect(headers).toMatchObject(request.headers);
    expect(Object.keys(request.headers)).toEqual(
      expect.arrayContaining(["webhook-id", "muster-sequence", "muster-attempt"]),
    );
    expect(JSON.stringify(body)).not.toMatch(/the-token|signature|Sign=/);
  });

  it("refuse what cannot be asked", proves("deliveries:refusals"), async () => {
    const { server } = await startWorld();
    const cases: [number, string, string, unknown?][] = [
      [404, "GET", "/deliveries/7"],
      [404, "POST", "/deliveries/7/replay", {}],
      [404, "GET", "/apps/7/endpoint"],
      [404, "POST", "/apps/7/endpoint/revive", {}],
      [404, "POST", "/deliveries/replay", { sdkAppId: 7, groupId: "chess" }],
      [405, "GET", "/deliveries/replay"],
      [405, "DELETE", "/deliveries/7"],
      [409, "POST", `/apps/${UNUSED}/endpoint/revive`],
      [409, "POST", "/deliveries/replay", { sdkAppId: UNUSED, groupId: "chess" }],
      [422, "GET", "/deliveries?groupId=chess"],
      [422, "GET", "/deliveries?state=lost"],
      [422, "GET", "/deliveries?limit=0"],
      [422, "GET", "/deliveries?from=yesterday"],
      [422, "GET", "/deliveries?from=2026"],
      [422, "POST", "/deliveries/replay", { sdkAppId: SDK_APP_ID, to: 2026 }],
      [422, "GET", "/deliveries?colour=red"],
      [422, "GET", "/deliveries/0"],
      [422, "POST", "/deliveries/replay", { sdkAppId: SDK_APP_ID }],
      [422, "POST", "/deliveries/replay", { groupId: "chess" }],
      [422, "POST", "/deliveries/replay", { sdkAppId: SDK_APP_ID, state: "pending" }],
      [422, "POST", "/deliveries/replay", { sdkAppId: SDK_APP_ID, state: "dead", next: "x" }],
    ];
    for (const [status, method, at, body] of cases) {
      const answer = await server.call(method, at, body === undefined ? {} : { body });
      expect([method, at, answer.status]).toEqual([method, at, status]);
      expect(answer.body).toMatchObject({ error: { message: expect.stringMatching(/[.)]$/) } });
    }
  });
});

describe("an endpoint", () => {
  it("is told of as it is, and sent everything at once when it is back", proves("deliveries:endpoint"), async () => {
    let isBack = false;
    const { server, create, reaches } = await startWorld(() => (isBack ? OK : { status: 500, text: "no" }), {
      retry: [3_600],
    });
    expect((await server.call("GET", `${app}/endpoint`)).body).toEqual({ state: "closed", pending: 0 });
    const groups = Array.from({ length: 12 }, (_, i) => `group-${i}`);
    await create(...groups);
    await expect.poll(async () => (await server.call("GET", `${app}/endpoint`)).body["state"]).toBe("open");
    expect((await server.call("GET", `${app}/endpoint`)).body).toEqual({
      state: "open",
      failingSince: expect.any(Number),
      nextTry: expect.any(Number),
      lastOutcome: "status",
      pending: 12,
      oldestPendingAgeMs: expect.any(Number),
    });
    isBack = true;
    const revived = await server.call("POST", `${app}/endpoint/revive`);
    expect([revived.status, revived.body["state"]]).toEqual([200, "closed"]);
    await reaches("delivered", 12);
    expect((await server.call("GET", `${app}/endpoint`)).body).toEqual({ state: "closed", pending: 0 });
  });

  it("that is another is sent what is pending at once", proves("deliveries:moved"), async () => {
    const { server, create, reaches } = await startWorld(refusing, { retry: [3_600] });
    const other = await startEndpoint();
    await create("chess", "go");
    await expect
      .poll(async () => rowsOf(await server.call("GET", "/deliveries")).map(({ attempts }) => attempts))
      .toEqual([1, 1]);
    const changed = await server.call("PATCH", app, { body: { callback: { url: other.url } } });
    expect(changed.status).toBe(200);
    await reaches("delivered", 2);
    expect(other.arrivals.map(({ headers }) => headers["muster-attempt"])).toEqual(["2", "2"]);
  });
});

describe("a replay", () => {
  it("delivers one callback once more, marked, with its id and number", proves("replay:one"), async () => {
    const { server, backend, create, destroy, reaches, list } = await startWorld();
    await create("chess");
    await destroy("chess");
    await reaches("delivered", 2);
    const [newest] = await list();
    const one = `/deliveries/${String(newest?.["position"])}/replay`;
    const ofOther = await server.call("POST", `${one}?sdkAppId=${UNUSED}`);
    expect([ofOther.status, ofOther.body]).toMatchObject([
      404,
      { error: { message: expect.stringContaining(`of the app ${UNUSED}`) } },
    ]);
    const queued = await server.call("POST", `${one}?sdkAppId=${SDK_APP_ID}`);
    expect([queued.status, queued.body]).toEqual([202, { queued: 1, waiting: 0 }]);
    const [, original, again] = await backend.received(3);
    expect(again?.raw).toBe(original?.raw);
    expect(again?.headers).toMatchObject({
      "webhook-id": original?.headers["webhook-id"],
      "muster-sequence": "2",
      "muster-attempt": "1",
      "muster-replay": "1",
    });
    expect(original?.headers).not.toHaveProperty("muster-replay");
    await expect.poll(async () => briefly(await list())).toContain("chess 2 delivered");
    const [replay] = await list();
    expect(replay).toMatchObject({ replayOf: newest?.["position"], sequence: 2 });
    expect(await server.call("GET", `/deliveries/${String(newest?.["position"])}`)).toMatchObject({
      body: { replays: [{ position: replay?.["position"] }] },
    });
    const ofReplay = await server.call("POST", `/deliveries/${String(replay?.["position"])}/replay`);
    expect(ofReplay).toMatchObject({ status: 409, body: { error: { code: "conflict" } } });
  });

  it("of a group, a time or a command comes in the group's order", proves("replay:many"), async () => {
    const { server, backend, create, destroy, reaches, list } = await startWorld();
    const replay = (chosen: object): Promise<AdminAnswer> =>
      server.call("POST", "/deliveries/replay", { body: { sdkAppId: SDK_APP_ID, ...chosen } });
    // What has arrived is settled a little later.
    const settled = async (): Promise<void> => {
      await expect.poll(() => list(`?sdkAppId=${SDK_APP_ID}&state=pending`)).toEqual([]);
    };
    const from = Date.now();
    for (let i = 0; i < 3; i += 1) {
      await create("chess", "go");
      await destroy("chess", "go");
    }
    await reaches("delivered", 12);
    expect(await replay({ groupId: "chess" })).toMatchObject({
      status: 202,
      body: { queued: 6, waiting: 0, next: null },
    });
    await settled();
    const replays = backend.arrivals.slice(12);
    expect(replays.map(({ body, headers }) => [body["GroupId"], headers["muster-sequence"]])).toEqual(
      [1, 2, 3, 4, 5, 6].map((number) => ["chess", String(number)]),
    );
    expect((await replay({ from, to: Date.now() + 1 })).body).toMatchObject({ queued: 12 });
    await settled();
    expect((await replay({ command: DESTROYED })).body).toMatchObject({ queued: 6 });
    await settled();
    expect((await replay({ to: from })).body).toMatchObject({ queued: 0 });
  });

  it("of all dead letters makes them good, and the books balance", proves("replay:dead-letters"), async () => {
    let isBack = false;
    const { server, backend, create, destroy, reaches, list } = await startWorld(() =>
      isBack ? OK : { status: 500, text: "no" },
    );
    await create("chess");
    await reaches("dead", 1);
    await destroy("chess");
    await reaches("dead", 2);
    isBack = true;
    await server.call("POST", `${app}/endpoint/revive`);
    await create("go");
    await reaches("delivered", 1);
    const body = { sdkAppId: SDK_APP_ID, state: "dead" };
    expect((await server.call("POST", "/deliveries/replay", { body })).body).toEqual({
      queued: 2,
      waiting: 0,
      next: null,
    });
    await reaches("dead", 0);
    await reaches("delivered", 3);
    await reaches("accepted", 3);
    await reaches("pending", 0);
    expect(backend.arrivals.slice(-2).map(({ headers }) => headers["muster-sequence"])).toEqual(["1", "2"]);
    expect(await list(`?sdkAppId=${SDK_APP_ID}&state=dead`)).toEqual([]);
    expect((await server.call("POST", "/deliveries/replay", { body })).body).toMatchObject({ queued: 0 });
  });

  it("that is asked for twice while it waits is queued once", proves("replay:once"), async () => {
    let isBack = true;
    const { server, backend, create, reaches } = await startWorld(() => (isBack ? OK : { status: 500, text: "no" }), {
      retry: [3_600],
    });
    await create("chess");
    await reaches("delivered", 1);
    isBack = false;
    const body = { sdkAppId: SDK_APP_ID, groupId: "chess" };
    const replay = async (): Promise<unknown> => (await server.call("POST", "/deliveries/replay", { body })).body;
    expect(await replay()).toEqual({ queued: 1, waiting: 0, next: null });
    expect(await replay()).toEqual({ queued: 0, waiting: 1, next: null });
    await backend.received(2);
    expect(await replay()).toEqual({ queued: 0, waiting: 1, next: null });
    isBack = true;
    await server.call("POST", `${app}/endpoint/revive`);
    expect((await backend.received(3))[2]?.headers["muster-attempt"]).toBe("2");
    expect(await server.call("GET", "/deliveries?limit=200")).toMatchObject({ body: { deliveries: [{}, {}] } });
  });
});
