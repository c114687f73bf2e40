import { createHash } from "node:crypto";
import { once } from "node:events";
import { readFileSync, readdirSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { join } from "node:path";

import { Validator } from "@seriousme/openapi-schema-validator";
import { createClient, EVENT } from "@muster/client";
import { systemClock } from "@muster/foundation";
import { callbackSign, signUserSig, verifyUserSig } from "@muster/protocol";
import { Webhook } from "standardwebhooks";
import { pino } from "pino";
import { describe, expect, it, onTestFinished } from "vitest";

import { ADMIN_TOKEN, startAdminServer, type AdminAnswer, type AdminServer } from "../harness/admin.ts";
import { OK, startEndpoint } from "../harness/endpoint.ts";
import { temporaryFolder } from "../harness/folder.ts";
import { SDK_APP_ID, startTestRecorder } from "../harness/recorder.ts";
import { metricReaches, restApi, type RestCall } from "../harness/rest.ts";
import { proves } from "./proves.ts";

const KEY = "the-key-of-the-app-in-the-file";
const demo = { sdkAppId: SDK_APP_ID, name: "demo", secretKey: KEY };
const made = { sdkAppId: 1400000002, name: "made", secretKey: "the-key-of-a-made-app" };
const switches = ["Group.CallbackAfterCreateGroup", "Group.CallbackAfterGroupDestroyed"];
const path = `/apps/${demo.sdkAppId}`;

/** Calls an app's REST API as an administrator. */
function rest(
  { url }: AdminServer,
  secretKey = KEY,
  sdkAppId = demo.sdkAppId,
  administrator = "administrator",
): Promise<RestCall> {
  return restApi(url, { sdkAppId, secretKey, administrator });
}

const create = (call: RestCall, GroupId: string): Promise<{ ErrorCode: number }> =>
  call("group_open_http_svc/create_group", { Type: "Public", Name: "MyFirstGroup", GroupId });

const anyCall = (call: RestCall): Promise<{ ErrorCode: number }> =>
  call("group_open_http_svc/get_appid_group_list", {});

const appOf = ({ body }: AdminAnswer): Record<string, unknown> => body["app"] as Record<string, unknown>;
const problemsOf = ({ body }: AdminAnswer): Record<string, string> =>
  Object.fromEntries(
    (body["error"] as { problems: { path: string; message: string }[] }).problems.map(({ path: at, message }) => [
      at,
      message,
    ]),
  );

/** A clock that runs as the machine's does, and can be moved on. */
function movableClock(): { now: () => number; after: typeof systemClock.after; advance: (ms: number) => void } {
  const start = Date.now();
  let at = start;
  return { now: () => at, after: systemClock.after, advance: (ms) => (at += ms) };
}

describe("the admin API", () => {
  it("is for those who have the token", proves("admin:token"), async () => {
    const server = await startAdminServer({ apps: [demo] });
    const wrong = [
      "",
      "Bearer",
      "Bearer wrong",
      `Bearer ${ADMIN_TOKEN}x`,
      `Bearer ${ADMIN_TOKEN.slice(1)}`,
      `Basic ${ADMIN_TOKEN}`,
    ];
    for (const authorization of wrong) {
      for (const [method, at] of [
        ["GET", "/apps"],
        ["DELETE", path],
        ["GET", "/nothing"],
        ["PUT", "/apps"],
      ] as const) {
        const answer = await fetch(`${server.url}/admin/v1${at}`, { method, headers: { authorization } });
        expect([answer.status, answer.headers.get("www-authenticate")]).toEqual([401, 'Bearer realm="muster"']);
        expect(await answer.text()).not.toContain("demo");
      }
    }
    expect((await server.call("GET", "/apps")).status).toBe(200);
  });

  it("does not listen to who guesses", proves("admin:guessing"), async () => {
    const clock = movableClock();
    const server = await startAdminServer({ apps: [demo], clock });
    const guess = (token: string): Promise<Response> =>
      fetch(`${server.url}/admin/v1/apps`, { headers: { authorization: `Bearer ${token}` } });
    for (let i = 0; i < 20; i += 1) expect((await guess(`guess ${i}`)).status).toBe(401);
    clock.advance(59_000);
    const refused = await guess(ADMIN_TOKEN);
    expect([refused.status, refused.headers.get("retry-after")]).toEqual([429, "1"]);
    clock.advance(1_000);
    expect((await guess(ADMIN_TOKEN)).status).toBe(200);
  });

  it("says how to turn it on where it is off", proves("admin:off"), async () => {
    const server = await startAdminServer({ apps: [demo], server: { adminToken: undefined } });
    for (const at of ["/apps", "/openapi.json", "/nothing", ""]) {
      const { status, body } = await server.call("GET", at);
      expect(status).toBe(403);
      expect(body).toMatchObject({
        error: { code: "admin-api-off", message: expect.stringContaining("server.adminToken") },
      });
    }
  });

  it("names all problems at once, and changes nothing", proves("admin:problems"), async () => {
    const server = await startAdminServer({ apps: [demo] });
    const bad = await server.call("PATCH", path, {
      body: {
        name: 5,
        features: { threads: true },
        administrators: [],
        callback: { url: "ftp://x/", switches: ["Nothing"] },
      },
    });
    expect(bad.status).toBe(422);
    expect(problemsOf(bad)).toMatchObject({
      name: "is 5: must be a text",
      "features.threads": expect.stringContaining("known here: community, topic"),
      administrators: expect.stringContaining("a list"),
      "callback.url": expect.stringContaining("must be a URL that begins with http:// or https://"),
      "callback.switches[0]": expect.stringContaining("must be one of"),
    });
    const others: [string, string, unknown, string][] = [
      ["POST", "/apps", { sdkAppId: -1 }, "sdkAppId"],
      ["POST", "/apps", "[]", "the body"],
      ["PATCH", path, "[]", "the body"],
      ["PATCH", path, "5", "the body"],
      ["PATCH", path, { sdkAppId: 5 }, "sdkAppId"],
      ["PATCH", path, { secretKey: null }, "secretKey"],
      ["PATCH", path, '{"__proto__": {"name": "x"}}', "__proto__"],
      ["GET", "/apps/demo", undefined, "sdkAppId"],
      ["POST", `${path}/secrets`, { overlapSeconds: -1, key: "x" }, "overlapSeconds"],
      ["POST", `${path}/secrets`, { secretKey: KEY }, "secretKey"],
    ];
    for (const [method, at, body, problem] of others) {
      const answer = await server.call(method, at, { body });
      expect([answer.status, Object.keys(problemsOf(answer))]).toEqual([422, expect.arrayContaining([problem])]);
    }
    expect(appOf(await server.call("GET", path))).toMatchObject({ changed: false, settings: { name: "demo" } });
  });

  it("has an answer to everything", proves("admin:http"), async () => {
    const server = await startAdminServer({ apps: [demo] });
    const cases: [number, string, string, unknown, Record<string, string>?][] = [
      [404, "GET", "", undefined],
      [404, "GET", "/nothing", undefined],
      [404, "GET", "/apps/7", undefined],
      [404, "PATCH", "/apps/7", {}],
      [404, "DELETE", "/apps/7", undefined],
      [404, "DELETE", "/apps/7/changes", undefined],
      [404, "POST", "/apps/7/secrets", {}],
      [404, "POST", "/apps/7/callback/token", {}],
      [404, "POST", "/apps/7/callback/verify", {}],
      [405, "PUT", path, {}],
      [405, "DELETE", "/apps", undefined],
      [405, "POST", "/openapi.json", {}],
      [409, "POST", "/apps", demo],
      [409, "POST", `${path}/callback/token`, {}],
      [409, "POST", `${path}/callback/verify`, {}],
      [413, "PATCH", path, { name: "x".repeat(70_000) }],
      [415, "PATCH", path, "name=x", { "content-type": "application/x-www-form-urlencoded" }],
      [400, "PATCH", path, "{"],
      [400, "PATCH", path, "[".repeat(1_000)],
    ];
    for (const [status, method, at, body, headers = {}] of cases) {
      const answer = await server.call(method, at, { body, headers });
      expect([method, at, answer.status, answer.body]).toEqual([
        method,
        at,
        status,
        { error: { code: expect.any(String), message: expect.stringMatching(/[.)]$/), problems: [] } },
      ]);
      expect(answer.headers.get("allow") ?? "none").toMatch(
        status === 405 ? /^(?:GET|POST|PATCH|DELETE|, )+$/ : /^none$/,
      );
      expect(answer.headers.get("cache-control")).toBe("no-store");
    }
  });
});

describe("an app", () => {
  it("that is made takes calls at once", proves("admin:create"), async () => {
    const server = await startAdminServer({ apps: [demo] });
    const given = await server.call("POST", "/apps", { body: made });
    expect([given.status, given.headers.get("location"), given.body["secretKey"]]).toEqual([
      201,
      `/admin/v1/apps/${made.sdkAppId}`,
      undefined,
    ]);
    expect(await create(await rest(server, made.secretKey, made.sdkAppId), "chess")).toMatchObject({ ErrorCode: 0 });
    const generated = await server.call("POST", "/apps", { body: { sdkAppId: 7 } });
    const secretKey = String(generated.body["secretKey"]);
    expect(secretKey).toMatch(/^[0-9a-f]{64}$/);
    expect(await create(await rest(server, secretKey, 7), "chess")).toMatchObject({ ErrorCode: 0 });
    expect((await server.call("GET", "/apps/7")).body).not.toHaveProperty("secretKey");
  });

  it("is shown but for its secrets", proves("admin:read"), async () => {
    const callback = { url: "https://backend.example.com/callback", token: "the-token", switches };
    const server = await startAdminServer({ apps: [{ ...demo, callback }] });
    const fingerprint = (secret: string): string => createHash("sha256").update(secret).digest("hex").slice(0, 8);
    const view = {
      sdkAppId: demo.sdkAppId,
      source: "file",
      changed: false,
      settings: {
        name: "demo",
        administrators: ["administrator"],
        features: { community: false, topic: false },
        callback: { url: callback.url, allowPrivateNetwork: false, beforeTimeout: "allow", switches },
      },
      secrets: {
        secretKey: { fingerprint: fingerprint(KEY), previous: [] },
        token: { fingerprint: fingerprint("the-token"), previous: [] },
      },
    };
    const one = await server.call("GET", path);
    expect(one).toMatchObject({ status: 200, body: { app: view } });
    expect((await server.call("GET", "/apps")).body).toEqual({ apps: [appOf(one)] });
    // What is shown can be given back.
    const back = await server.call("PATCH", path, { body: appOf(one)["settings"] });
    expect(appOf(back)).toEqual(appOf(one));
  });

  it("is changed where a patch says so, at once", proves("admin:change"), async () => {
    const server = await startAdminServer({ apps: [demo] });
    const call = await rest(server);
    const community = { Type: "Community", Name: "Chess" };
    expect((await call("group_open_http_svc/create_group", community)).ErrorCode).toBe(11000);
    const on = await server.call("PATCH", path, {
      body: { features: { community: true }, groupCustomFields: ["Colour"] },
    });
    expect(appOf(on)).toMatchObject({
      changed: true,
      settings: { name: "demo", features: { community: true, topic: false }, groupCustomFields: ["Colour"] },
    });
    expect((await call("group_open_http_svc/create_group", community)).ErrorCode).toBe(0);
    const off = await server.call("PATCH", path, { body: { features: null, name: null } });
    expect(appOf(off)).toMatchObject({ settings: { name: "", features: { community: false, topic: false } } });
    expect((await call("group_open_http_svc/create_group", community)).ErrorCode).toBe(11000);
  });

  it("is not changed by who has seen another version", proves("admin:versions"), async () => {
    const server = await startAdminServer({ apps: [demo] });
    const seen = (await server.call("GET", path)).headers.get("etag") ?? "";
    const patch = (name: string, tag: string): Promise<AdminAnswer> =>
      server.call("PATCH", path, { body: { name }, headers: { "if-match": tag } });
    const first = await patch("first", seen);
    expect(first.status).toBe(200);
    const late = [
      await patch("second", seen),
      await server.call("DELETE", path, { headers: { "if-match": seen } }),
      await server.call("DELETE", `${path}/changes`, { headers: { "if-match": seen } }),
      await server.call("POST", `${path}/secrets`, { headers: { "if-match": seen } }),
    ];
    expect(late.map(({ status }) => status)).toEqual([412, 412, 412, 412]);
    expect(appOf(await server.call("GET", path))).toEqual(appOf(first));
    expect((await patch("second", `"x", ${first.headers.get("etag")}`)).status).toBe(200);
    expect((await patch("third", "*")).status).toBe(200);
    // Of two at once only one has seen what the other changes.
    const now = (await server.call("GET", path)).headers.get("etag") ?? "";
    const both = await Promise.all([patch("a", now), patch("b", now)]);
    expect(both.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([200, 412]);
  });

  it("is after a restart what it was before", proves("admin:restart"), async () => {
    const folder = temporaryFolder();
    const other = { sdkAppId: 7, secretKey: "another" };
    const before = await startAdminServer({ apps: [demo, other], folder });
    await before.call("POST", "/apps", { body: made });
    await before.call("PATCH", path, { body: { name: "changed" } });
    await before.call("DELETE", "/apps/7");
    const shown = (await before.call("GET", "/apps")).body;
    await before.stop();
    const after = await startAdminServer({ apps: [demo, other], folder });
    expect((await after.call("GET", "/apps")).body).toEqual(shown);
    expect(await anyCall(await rest(after, made.secretKey, made.sdkAppId))).toMatchObject({ ErrorCode: 0 });
    expect((await after.call("GET", "/apps/7")).status).toBe(404);
  });

  it("of the file can be had as in the file again", proves("admin:restore"), async () => {
    const server = await startAdminServer({ apps: [demo] });
    const first = appOf(await server.call("GET", path));
    await server.call("PATCH", path, { body: { name: "changed" } });
    expect(appOf(await server.call("DELETE", `${path}/changes`))).toEqual(first);
    await server.call("DELETE", path);
    expect(appOf(await server.call("DELETE", `${path}/changes`))).toEqual(first);
    expect(await anyCall(await rest(server))).toMatchObject({ ErrorCode: 0 });
  });

  it("that is deleted has no calls, no users and nothing pending", proves("admin:delete"), async () => {
    const backend = await startEndpoint("/callback", () => "not JSON");
    const callback = { url: backend.url, allowPrivateNetwork: true, switches };
    const server = await startAdminServer({ apps: [{ ...demo, callback }] });
    const call = await rest(server);
    await create(call, "chess");
    await create(call, "go");
    await backend.received(2);
    const claims = {
      sdkAppId: demo.sdkAppId,
      userId: "leckie",
      issuedAt: Math.floor(Date.now() / 1000),
      expiresIn: 600,
    };
    const userSig = await signUserSig(claims, KEY);
    const client = createClient({ url: server.url, sdkAppId: demo.sdkAppId });
    onTestFinished(() => client.logout());
    const ended = new Promise((resolve) => client.on(EVENT.KICKED_OUT, resolve));
    await client.login({ userID: "leckie", userSig });

    expect(await server.call("DELETE", path)).toMatchObject({ status: 200, body: { cancelledCallbacks: 2 } });
    await ended;
    expect(await anyCall(call)).toMatchObject({ ActionStatus: "FAIL", ErrorInfo: expect.stringContaining("no app") });
    const again = createClient({ url: server.url, sdkAppId: demo.sdkAppId });
    onTestFinished(() => again.logout());
    await expect(again.login({ userID: "leckie", userSig })).rejects.toThrow("no app");
    await metricReaches(server.url, `muster_callbacks{sdk_app_id="${demo.sdkAppId}",state="cancelled"}`, 2);
    await metricReaches(server.url, `muster_callbacks{sdk_app_id="${demo.sdkAppId}",state="pending"}`, 0);
  });

  it("whose callback URL goes and comes back is told at once", proves("admin:url-removed"), async () => {
    const away = await startEndpoint("/callback", () => "not JSON");
    const backend = await startEndpoint();
    const callback = { url: away.url, allowPrivateNetwork: true, switches };
    const server = await startAdminServer({ apps: [{ ...demo, callback }] });
    const call = await rest(server);
    await create(call, "chess");
    await away.received(1);
    const removed = await server.call("PATCH", path, { body: { callback: null } });
    expect(removed.body["cancelledCallbacks"]).toBe(1);
    await create(call, "untold");
    await server.call("PATCH", path, { body: { callback: { ...callback, url: backend.url } } });
    await create(call, "go");
    const [arrival] = await backend.received(1);
    expect(arrival?.body).toMatchObject({ CallbackCommand: "Group.CallbackAfterCreateGroup", GroupId: "go" });
    await metricReaches(server.url, `muster_callbacks{sdk_app_id="${demo.sdkAppId}",state="delivered"}`, 1);
    await metricReaches(server.url, `muster_callbacks{sdk_app_id="${demo.sdkAppId}",state="cancelled"}`, 1);
  });

  it("is told nothing any more by what began before its URL went", proves("admin:url-removed"), async () => {
    const asked = Promise.withResolvers<void>();
    const mayAnswer = Promise.withResolvers<void>();
    const backend = createServer((request, response) => {
      request.resume().once("end", () => {
        asked.resolve();
        void mayAnswer.promise.then(() => response.end(OK));
      });
    });
    backend.listen(0, "127.0.0.1");
    await once(backend, "listening");
    onTestFinished(() => void backend.close());
    const { port } = backend.address() as AddressInfo;
    const asking = [...switches, "Group.CallbackBeforeCreateGroup"];
    const callback = { url: `http://127.0.0.1:${port}/`, allowPrivateNetwork: true, switches: asking };
    const server = await startAdminServer({ apps: [{ ...demo, callback }] });
    const creating = create(await rest(server), "chess");
    await asked.promise;
    await server.call("PATCH", path, { body: { callback: null } });
    mayAnswer.resolve();
    expect(await creating).toMatchObject({ ErrorCode: 0 });
    expect(await (await fetch(`${server.url}/metrics`)).text()).not.toContain(
      `muster_callbacks{sdk_app_id="${demo.sdkAppId}"`,
    );
  });

  it("has administrators who may act as long as they are", proves("admin:administrators"), async () => {
    const server = await startAdminServer({ apps: [demo] });
    const peter = await rest(server, KEY, demo.sdkAppId, "peter");
    expect(await anyCall(peter)).toMatchObject({ ActionStatus: "FAIL" });
    await server.call("PATCH", path, { body: { administrators: ["administrator", "peter"] } });
    expect(
      await peter("group_open_http_svc/create_group", { Type: "Public", Name: "Go", Owner_Account: "peter" }),
    ).toMatchObject({
      ErrorCode: 0,
    });
    await server.call("PATCH", path, { body: { administrators: ["administrator"] } });
    expect(await anyCall(peter)).toMatchObject({ ActionStatus: "FAIL" });
  });
});

describe("a callback URL", () => {
  it("keeps the documented rules", proves("admin:url-rules"), async () => {
    const server = await startAdminServer({ apps: [demo] });
    const set = (url: string): Promise<AdminAnswer> => server.call("PATCH", path, { body: { callback: { url } } });
    const refused: [string, string][] = [
      ["backend.example.com", "http:// or https://"],
      ["ftp://backend.example.com/", "http:// or https://"],
      ["http://leckie:x@backend.example.com/", "user name or password"],
      ["http://backend.example.com/a b", "spaces"],
      ["http://-backend.example.com/", "hyphen"],
      ["http://backend-.example.com/", "hyphen"],
      ["http://-/", "hyphen"],
      ["http://back$end.example.com/", "letters, digits and hyphens"],
      ["http://backend..example.com/", "letters, digits and hyphens"],
      [`http://${"a".repeat(64)}.example.com/`, "63 in a part"],
    ];
    for (const [url, why] of refused) {
      const answer = await set(url);
      expect([url, answer.status, problemsOf(answer)["callback.url"]]).toEqual([
        url,
        422,
        expect.stringContaining(why),
      ]);
    }
    const taken = [
      "http://123.123.123.123/imcallback",
      "https://a-b.example.com",
      "http://[2606:4700:4700::1111]:8080/x",
      "http://localhost:9100/callback?token=x",
    ];
    for (const url of taken) expect([url, (await set(url)).status]).toEqual([url, 200]);
  });
});

describe("a new secret key", () => {
  it("counts beside the old one until the overlap ends", proves("admin:rotate-key"), async () => {
    const clock = movableClock();
    const server = await startAdminServer({ apps: [demo], clock });
    const old = await rest(server);
    expect(await anyCall(old)).toMatchObject({ ErrorCode: 0 });
    const rotated = await server.call("POST", `${path}/secrets`, { body: { overlapSeconds: 60 } });
    expect(appOf(rotated)).toMatchObject({
      secrets: { secretKey: { previous: [{ validUntil: clock.now() + 60_000 }] } },
    });
    const fresh = await rest(server, String(rotated.body["secretKey"]));
    expect([await anyCall(fresh), await anyCall(old)]).toMatchObject([{ ErrorCode: 0 }, { ErrorCode: 0 }]);
    clock.advance(59_999);
    expect([await anyCall(fresh), await anyCall(old)]).toMatchObject([{ ErrorCode: 0 }, { ErrorCode: 0 }]);
    clock.advance(1);
    expect([await anyCall(fresh), await anyCall(old)]).toMatchObject([{ ErrorCode: 0 }, { ActionStatus: "FAIL" }]);
    expect(appOf(await server.call("GET", path))).toMatchObject({ secrets: { secretKey: { previous: [] } } });

    const keys = ["a", "b", "c", "d"].map((secretKey) => ({ secretKey }));
    const statuses = [];
    for (const body of keys) statuses.push((await server.call("POST", `${path}/secrets`, { body })).status);
    expect(statuses).toEqual([200, 200, 200, 409]);
    expect((await server.call("POST", `${path}/secrets`, { body: { secretKey: "e", overlapSeconds: 0 } })).status).toBe(
      200,
    );
    const counting = await Promise.all(
      ["a", "b", "c", "e"].map(async (key) => (await anyCall(await rest(server, key))).ErrorCode === 0),
    );
    expect(counting).toEqual([false, false, false, true]);
  });
});

describe("a UserSig to try something out with", () => {
  it("is for one user of one app, for a day at most, and is logged", proves("admin:user-sig"), async () => {
    const logged: string[] = [];
    const log = pino({ level: "debug" }, { write: (line: string) => void logged.push(line) });
    const clock = movableClock();
    const server = await startAdminServer({ apps: [demo, made], clock, log });
    const issue = (userId: string, body: object = {}) =>
      server.call("POST", `${path}/users/${encodeURIComponent(userId)}/user-sig`, { body });
    const verdict = (userId: string, userSig: unknown, app = demo) =>
      verifyUserSig(String(userSig), { sdkAppId: app.sdkAppId, userId }, [app.secretKey], clock.now());

    const { status, body } = await issue("leckie");
    expect(status).toBe(200);
    expect(body["expiresAt"]).toBe(Math.floor(clock.now() / 1_000) * 1_000 + 3_600_000);
    expect(await verdict("leckie", body["userSig"])).toMatchObject({ ok: true });
    expect(await verdict("peter", body["userSig"])).toMatchObject({ ok: false });
    expect(await verdict("leckie", body["userSig"], made)).toMatchObject({ ok: false });
    const used = logged.map((line) => JSON.parse(line) as object);
    const operation = { operationId: "issueUserSig" };
    expect(used).toContainEqual(expect.objectContaining({ ...operation, level: 30 }));
    const whole = `/admin/v1${path}/users/leckie/user-sig`;
    expect(used).toContainEqual(expect.objectContaining({ ...operation, level: 20, path: whole }));
    expect(logged.join("")).not.toContain(body["userSig"]);
    const client = createClient({ url: server.url, sdkAppId: demo.sdkAppId });
    onTestFinished(() => client.destroy());
    await client.login({ userID: "leckie", userSig: String(body["userSig"]) });
    clock.advance(3_601_000);
    expect(await verdict("leckie", body["userSig"])).toMatchObject({ ok: false });

    expect((await issue("bob", { expiresIn: 86_400 })).status).toBe(200);
    expect(problemsOf(await issue("bob", { expiresIn: 86_401 }))).toHaveProperty("expiresIn");
    expect(problemsOf(await issue("administrator"))).toHaveProperty("userId");
    expect(problemsOf(await issue("李".repeat(11)))).toHaveProperty("userId");
    expect((await server.call("POST", "/apps/1400000009/users/leckie/user-sig")).status).toBe(404);
  });
});

describe("a new token", () => {
  it("signs at once, and the old one beside it", proves("admin:rotate-token"), async () => {
    const clock = movableClock();
    const backend = await startEndpoint();
    const callback = { url: backend.url, allowPrivateNetwork: true, token: "old-token", switches };
    const server = await startAdminServer({ apps: [{ ...demo, callback }], clock });
    const call = await rest(server);
    const rotated = await server.call("POST", `${path}/callback/token`, { body: { overlapSeconds: 60 } });
    const token = String(rotated.body["token"]);
    await create(call, "chess");
    await backend.received(1);
    clock.advance(60_000);
    await create(call, "go");
    const arrivals = await backend.received(2);
    const signatures = arrivals.map(({ headers }) => String(headers["webhook-signature"]).split(" ").length);
    expect(signatures).toEqual([2, 1]);
    for (const { url } of arrivals) {
      const query = new URL(url, backend.url).searchParams;
      expect(query.get("Sign")).toBe(await callbackSign(token, query.get("RequestTime") ?? ""));
    }
    const [first] = arrivals;
    const fits = (secret: string): boolean => {
      try {
        const headers = first?.headers as Record<string, string>;
        new Webhook(Buffer.from(secret).toString("base64")).verify(first?.raw ?? "", headers);
        return true;
      } catch {
        return false;
      }
    };
    expect([fits(token), fits("old-token"), fits("another")]).toEqual([true, true, false]);
  });
});

describe("secrets", () => {
  it("are in no answer, in no log and readable in no file", proves("admin:secrets-hidden"), async () => {
    const folder = temporaryFolder();
    const logged: string[] = [];
    const log = pino({ level: "debug" }, { write: (line: string) => void logged.push(line) });
    const secrets = ["first-secret", "second-secret", "third-secret", "fourth-secret"];
    const [first, second, third, fourth] = secrets;
    const server = await startAdminServer({ apps: [demo], folder, log });
    const other = "/apps/7";
    const backend = await startEndpoint();
    const callback = { url: backend.url, allowPrivateNetwork: true };
    const answers = [
      await server.call("POST", "/apps", {
        body: { sdkAppId: 7, secretKey: first, callback: { ...callback, token: second } },
      }),
      await server.call("POST", `${other}/secrets`, { body: { secretKey: third } }),
      await server.call("POST", `${other}/callback/token`, { body: { token: fourth } }),
      await server.call("PATCH", other, { body: { secretKey: first, callback: { token: 5 } } }),
      await server.call("POST", `${other}/callback/verify`, { body: { url: backend.url, token: second } }),
      await server.call("GET", "/apps"),
    ];
    expect(answers.map(({ status }) => status)).toEqual([201, 200, 200, 422, 200, 200]);
    await server.stop();
    const told = JSON.stringify(answers.map(({ body }) => body)) + logged.join("");
    expect(logged.length).toBeGreaterThan(0);
    const files = readdirSync(folder).map((name) => readFileSync(join(folder, name)));
    for (const secret of [...secrets, ADMIN_TOKEN, KEY]) {
      expect([secret, told.includes(secret), files.some((file) => file.includes(secret))]).toEqual([
        secret,
        false,
        false,
      ]);
    }
  });
});

describe("a verification", () => {
  it("calls once and says what it found", proves("admin:verify"), async () => {
    const backend = await startEndpoint("/callback", () => OK);
    const callback = { url: backend.url, token: "the-token", allowPrivateNetwork: true };
    const server = await startAdminServer({ apps: [{ ...demo, callback }] });
    const { status, body } = await server.call("POST", `${path}/callback/verify`);
    expect(status).toBe(200);
    expect(body).toMatchObject({
      ok: true,
      signed: true,
      attempt: { outcome: "delivered", status: 200, code: 0, answer: OK },
    });
    const verdicts = (body["findings"] as { step: string; verdict: string }[]).map(({ step, verdict }) => [
      step,
      verdict,
    ]);
    expect(Object.fromEntries(verdicts)).toEqual({
      url: "noted",
      name: "passed",
      address: "passed",
      connection: "passed",
      answer: "passed",
      status: "passed",
      json: "passed",
      code: "passed",
      sign: "passed",
    });
    const [arrival] = backend.arrivals;
    expect(backend.arrivals).toHaveLength(1);
    expect(arrival?.headers["muster-verify"]).toBe("1");
    expect(arrival?.body).toMatchObject({
      CallbackCommand: "Group.CallbackAfterGroupDestroyed",
      GroupId: "@TGS#verify",
    });
    const query = new URL(arrival?.url ?? "", backend.url).searchParams;
    expect(query.get("Sign")).toBe(await callbackSign("the-token", query.get("RequestTime") ?? ""));
    // The app's token is not sent to a URL that is only tried.
    const elsewhere = await startEndpoint();
    const tried = await server.call("POST", `${path}/callback/verify`, { body: { url: elsewhere.url } });
    expect(tried.body).toMatchObject({ ok: true, signed: false });
    expect(elsewhere.arrivals[0]?.url).not.toContain("Sign");
  });

  it("is answered by the recorder, which keeps nothing of it", proves("admin:verify-recorder"), async () => {
    const recorder = await startTestRecorder({
      section: { apps: [{ sdkAppId: SDK_APP_ID, token: "new", previousToken: "old" }] },
    });
    const server = await startAdminServer({ apps: [demo] });
    const verify = (token: string): Promise<AdminAnswer> =>
      server.call("POST", `${path}/callback/verify`, {
        body: { url: `${recorder.url}/callback`, token, allowPrivateNetwork: true },
      });
    expect((await verify("new")).body["ok"]).toBe(true);
    expect((await verify("old")).body["ok"]).toBe(true);
    expect((await verify("wrong")).body).toMatchObject({ ok: false, attempt: { outcome: "status", status: 401 } });
    expect(await recorder.get("/v1/events")).toMatchObject({ events: [] });
  });
});

describe("the OpenAPI document", () => {
  it("is valid, served, and the one in docs/contract", proves("admin:openapi"), async () => {
    const server = await startAdminServer({ apps: [demo] });
    const response = await fetch(`${server.url}/admin/v1/openapi.json`);
    const document = (await response.json()) as Record<string, unknown>;
    const file = join(import.meta.dirname, "..", "..", "docs", "contract", "admin-openapi.json");
    expect(document).toEqual(JSON.parse(readFileSync(file, "utf8")));
    expect(await new Validator().validate(document)).toEqual({ valid: true });
  });
});
