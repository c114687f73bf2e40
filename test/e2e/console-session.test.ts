import { systemClock } from "@muster/foundation";
import { describe, expect, it } from "vitest";

import { ADMIN_TOKEN, startAdminServer, type AdminServer } from "../harness/admin.ts";

const demo = { sdkAppId: 1400000001, name: "demo", secretKey: "the-key-of-the-demo-app" };
const page = { "muster-console": "1", "sec-fetch-site": "same-origin" };

function signIn({ url }: AdminServer, token: string, headers: Record<string, string> = page): Promise<Response> {
  const init = { method: "POST", headers: { "content-type": "application/json", ...headers } };
  return fetch(`${url}/admin/v1/session`, { ...init, body: JSON.stringify({ token }) });
}

async function cookieOf(server: AdminServer): Promise<string> {
  const answer = await signIn(server, ADMIN_TOKEN);
  expect(answer.status).toBe(200);
  return answer.headers.get("set-cookie")?.split(";", 1)[0] ?? "";
}

function call(
  { url }: AdminServer,
  method: string,
  headers: Record<string, string>,
  path = "/apps",
): Promise<Response> {
  return fetch(`${url}/admin/v1${path}`, { method, headers });
}

describe("a session of the console", () => {
  it("is a cookie that no script reads and no other site sends, secure where the page is", async () => {
    const server = await startAdminServer({ apps: [demo] });
    const plain = (await signIn(server, ADMIN_TOKEN)).headers.get("set-cookie");
    expect(plain).toMatch(/^muster-session=[0-9a-f]{64}; Path=\/; Max-Age=43200; HttpOnly; SameSite=Strict$/);
    const secure = await signIn(server, ADMIN_TOKEN, { ...page, origin: "https://muster.example.com" });
    expect(secure.headers.get("set-cookie")).toMatch(/; Secure$/);
  });

  it("counts as the token does", async () => {
    const server = await startAdminServer({ apps: [demo] });
    const cookie = await cookieOf(server);
    const apps = await call(server, "GET", { cookie });
    expect(await apps.json()).toMatchObject({ apps: [{ sdkAppId: demo.sdkAppId }] });
    expect((await call(server, "DELETE", { cookie, ...page }, "/apps/1400000001")).status).toBe(200);
  });

  it("counts for the console's page alone", async () => {
    const server = await startAdminServer({ apps: [demo] });
    const cookie = await cookieOf(server);
    const elsewhere: readonly [string, Record<string, string>][] = [
      ["DELETE", { cookie }],
      ["DELETE", { cookie, "muster-console": "1", "sec-fetch-site": "cross-site" }],
      ["DELETE", { cookie, "muster-console": "1", "sec-fetch-site": "same-site" }],
      ["DELETE", { cookie, "muster-console": "1", origin: "http://elsewhere.example.com" }],
      ["DELETE", { cookie, "muster-console": "1", origin: "null" }],
      ["GET", { cookie, "sec-fetch-site": "cross-site" }],
    ];
    for (const [method, headers] of elsewhere) {
      expect((await call(server, method, headers, "/apps/1400000001")).status, JSON.stringify(headers)).toBe(401);
    }
    const own = { cookie, "muster-console": "1", origin: server.url };
    expect((await call(server, "DELETE", own, "/apps/1400000001")).status).toBe(200);
    expect((await signIn(server, ADMIN_TOKEN, {})).status).toBe(401);
  });

  it("ends when one signs out, and after twelve hours", async () => {
    let ahead = 0;
    const clock = { now: () => Date.now() + ahead, after: systemClock.after };
    const server = await startAdminServer({ apps: [demo], clock });
    const first = await cookieOf(server);
    const out = await call(server, "DELETE", { cookie: first, ...page }, "/session");
    expect(out.headers.get("set-cookie")).toContain("Max-Age=0");
    expect((await call(server, "GET", { cookie: first })).status).toBe(401);

    const second = await cookieOf(server);
    ahead = 12 * 3_600_000 - 60_000;
    expect((await call(server, "GET", { cookie: second })).status).toBe(200);
    ahead = 12 * 3_600_000 + 60_000;
    expect((await call(server, "GET", { cookie: second })).status).toBe(401);
  });

  it("takes with it what still watches deliveries by it", async () => {
    const server = await startAdminServer({ apps: [demo] });
    const cookie = await cookieOf(server);
    const watching = await call(server, "GET", { cookie }, "/deliveries/stream?sdkAppId=1400000001");
    expect(watching.status).toBe(200);
    await call(server, "DELETE", { cookie, ...page }, "/session");
    // Ends only with the stream.
    expect(await watching.text()).toMatch(/^: /);
  });

  it("cannot be guessed at, and who guesses the token is not listened to", async () => {
    const server = await startAdminServer({ apps: [demo] });
    const made = await call(server, "GET", { cookie: `muster-session=${"0".repeat(64)}` });
    expect(made.status).toBe(401);
    for (let i = 0; i < 20; i += 1) expect((await signIn(server, `guess ${i}`)).status).toBe(401);
    expect((await signIn(server, ADMIN_TOKEN)).status).toBe(429);
  });
});

describe("the console's page", () => {
  it("runs nothing but its own files, and is framed by nobody", async () => {
    const { url } = await startAdminServer({ apps: [demo] });
    for (const path of ["/console", "/console/1400000001/deliveries/7"]) {
      const answer = await fetch(url + path);
      expect(answer.status).toBe(200);
      const policy = answer.headers.get("content-security-policy");
      expect(policy).toMatch(/default-src 'none'.*frame-ancestors 'none'.*require-trusted-types-for 'script'/);
      expect(policy).not.toContain("unsafe");
      expect(answer.headers.get("x-content-type-options")).toBe("nosniff");
      expect(answer.headers.get("cache-control")).toBe("no-cache");
      expect(await answer.text()).not.toMatch(/<script>|style=|onload=/);
    }
  });

  it("has files that never change under their names, and no others", async () => {
    const { url } = await startAdminServer({ apps: [demo] });
    const html = await (await fetch(`${url}/console`)).text();
    const script = /src="(\/console\/assets\/[^"]+\.js)"/.exec(html)?.[1] ?? "";
    const answer = await fetch(url + script);
    expect(answer.headers.get("cache-control")).toContain("immutable");
    expect(answer.headers.get("content-encoding")).toBe("gzip");
    expect(answer.headers.get("content-type")).toBe("text/javascript; charset=utf-8");
    for (const path of ["/console/../package.json", "/console/assets/none.js", "/console/%2e%2e/package.json"]) {
      const missing = await fetch(url + path);
      expect(await missing.text(), path).not.toContain("dependencies");
      expect(missing.status, path).toBe(404);
    }
  });
});
