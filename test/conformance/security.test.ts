import { once } from "node:events";
import { readFileSync, readdirSync, writeFileSync } from "node:fs";
import { createServer } from "node:https";
import type { AddressInfo } from "node:net";
import { join } from "node:path";
import type { TLSSocket } from "node:tls";

import { pino } from "pino";
import { describe, expect, it, onTestFinished } from "vitest";

import { ADMIN_TOKEN, startAdminServer, type AdminAnswer } from "../harness/admin.ts";
import { certificate, certified } from "../harness/certificates.ts";
import { OK, startEndpoint } from "../harness/endpoint.ts";
import { temporaryFolder, writeConfig } from "../harness/folder.ts";
import { startProgram } from "../harness/program.ts";
import { SDK_APP_ID } from "../harness/recorder.ts";
import { restApi } from "../harness/rest.ts";
import { openStored } from "../harness/stored.ts";
import { proves } from "./proves.ts";

const secretKey = "the-key-of-the-demo-app";
const path = `/apps/${SDK_APP_ID}`;
const switches = ["Group.CallbackAfterCreateGroup"];
const ca = certificate("authority");

interface SecureBackend {
  readonly url: string;
  /** Whose certificates the clients showed, a request each. */
  readonly clients: readonly string[];
}

/** An app's backend that takes those whom the authority of tests vouches for. */
async function secureBackend(): Promise<SecureBackend> {
  const clients: string[] = [];
  const options = { ...certified("server"), ca, requestCert: true, rejectUnauthorized: true };
  const server = createServer(options, (request, response) => {
    clients.push(String((request.socket as TLSSocket).getPeerCertificate().subject.CN));
    request.resume();
    response.end(OK);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `https://127.0.0.1:${(server.address() as AddressInfo).port}/callback`, clients };
}

/** The step of a verification that failed, and what is said of it. */
function failureOf({ body }: Pick<AdminAnswer, "body">): unknown {
  const findings = body["findings"] as { step: string; verdict: string; message: string }[];
  const failed = findings.find(({ verdict }) => verdict === "failed");
  return failed && [failed.step, failed.message];
}

describe("an app's certificates", () => {
  it(
    "that are renewed in their files are used soon after, and no half of them",
    proves("security:certificates"),
    async () => {
      const backend = await secureBackend();
      const folder = temporaryFolder();
      const files = { ca: join(folder, "ca.pem"), cert: join(folder, "cert.pem"), key: join(folder, "key.pem") };
      const put = (texts: Partial<Record<keyof typeof files, string>>): void => {
        for (const name of ["ca", "cert", "key"] as const) {
          const text = texts[name];
          if (text !== undefined) writeFileSync(files[name], text);
        }
      };
      put({ ca: certificate("stranger"), ...certified("stranger-client") });
      const tls = { caFile: files.ca, certFile: files.cert, keyFile: files.key };
      const callback = { url: backend.url, allowPrivateNetwork: true, switches, tls };
      const config = writeConfig(folder, {
        server: { port: 0, store: `sqlite:${join(folder, "server.db")}`, adminToken: ADMIN_TOKEN, logLevel: "error" },
        apps: [{ sdkAppId: SDK_APP_ID, secretKey, callback }],
      });
      const server = startProgram(["serve", "--config", config]);
      const verifying = `${await server.url()}/admin/v1${path}/callback/verify`;
      const verify = async (): Promise<unknown> => {
        const headers = { authorization: `Bearer ${ADMIN_TOKEN}` };
        const answer = await fetch(verifying, { method: "POST", headers });
        return failureOf({ body: (await answer.json()) as AdminAnswer["body"] });
      };
      const unknown = ["tls", "the certificate leads to an authority that this machine does not know"];
      await expect.poll(verify).toEqual(unknown);
      put({ ca, ...certified("client") });
      await expect.poll(verify).toBeUndefined();
      // A certificate without its key: what is changed beside it waits for the key too.
      put({ ca: certificate("stranger"), cert: certificate("stranger-client") });
      await expect.poll(server.errors).toContain("certificates of callbacks cannot be used");
      await expect.poll(verify).toBeUndefined();
      put({ key: certified("stranger-client").key });
      await expect.poll(verify).not.toBeUndefined();
      expect(await server.kill("SIGTERM"), server.errors()).toBe(0);
    },
  );

  it("count from the moment that they are set, and over a restart", proves("security:certificates"), async () => {
    const backend = await secureBackend();
    const folder = temporaryFolder();
    // At first often, and on a machine that does much else for long.
    const retry = [...Array.from({ length: 8 }, () => 1), ...Array.from({ length: 12 }, () => 10)];
    const callback = { url: backend.url, allowPrivateNetwork: true, retry, switches };
    const setting = { folder, apps: [{ sdkAppId: SDK_APP_ID, secretKey, callback }] };
    const server = await startAdminServer(setting);
    const rest = await restApi(server.url, { sdkAppId: SDK_APP_ID, secretKey, administrator: "administrator" });
    const verify = async (): Promise<unknown> => failureOf(await server.call("POST", `${path}/callback/verify`));

    await rest("group_open_http_svc/create_group", { Type: "Public", Name: "MyFirstGroup" });
    expect(await verify()).toEqual(["tls", "the certificate leads to an authority that this machine does not know"]);
    await server.call("PATCH", path, { body: { callback: { tls: { ca } } } });
    expect(await verify()).toEqual(["tls", "the endpoint asks for a client certificate"]);
    expect(backend.clients).toEqual([]);

    const changed = await server.call("PATCH", path, { body: { callback: { tls: certified("client") } } });
    expect(changed.status).toBe(200);
    expect(await verify()).toBeUndefined();
    // The callback that was tried with nothing to show arrives as well.
    await expect.poll(() => backend.clients.length).toBeGreaterThanOrEqual(2);
    await server.stop();

    const again = await startAdminServer(setting);
    expect(failureOf(await again.call("POST", `${path}/callback/verify`))).toBeUndefined();
    expect(new Set(backend.clients)).toEqual(new Set(["client.muster.test"]));
    await again.call("PATCH", path, { body: { callback: { tls: null } } });
    expect(failureOf(await again.call("POST", `${path}/callback/verify`))).toMatchObject(["tls", expect.anything()]);
  });

  it("are shown, their key is not", proves("security:certificate-key"), async () => {
    const folder = temporaryFolder();
    const lines: string[] = [];
    const log = pino({ level: "debug" }, { write: (line: string) => void lines.push(line) });
    const server = await startAdminServer({ folder, log, apps: [{ sdkAppId: SDK_APP_ID, secretKey }] });
    const client = certified("client");
    const tls = { ca, ...client };
    const callback = { url: "https://backend.example.com/callback", tls };
    const answers = [
      await server.call("PATCH", path, { body: { callback } }),
      await server.call("GET", path),
      await server.call("GET", "/apps"),
      await server.call("PATCH", path, { body: { callback: { tls: { cert: certified("server").cert } } } }),
    ];
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 200, 422]);
    expect(answers[1]?.body).toMatchObject({ app: { settings: { callback: { tls: { ca, cert: client.cert } } } } });
    await server.stop();

    const [, secret = ""] = client.key.split("\n");
    expect(secret.length).toBeGreaterThan(30);
    const files = readdirSync(folder).map((name) => readFileSync(join(folder, name), "latin1"));
    const { read, close } = await openStored(server.store);
    const stored = JSON.stringify(await read());
    await close();
    expect(stored).toContain("sealed");
    const everything = [...answers.map(({ body }) => JSON.stringify(body)), ...lines, ...files, stored].join("\n");
    expect(everything).not.toContain(secret);
    expect(everything).not.toContain("PRIVATE KEY");
  });

  it("that cannot be used change nothing", proves("security:certificates-fit"), async () => {
    const server = await startAdminServer({ apps: [{ sdkAppId: SDK_APP_ID, secretKey }] });
    const url = "https://backend.example.com/callback";
    const before = (await server.call("GET", path)).body;
    for (const [tls, at] of [
      [{ ca: "none" }, "callback.tls.ca"],
      [{ cert: certified("client").cert }, "callback.tls.key"],
      [{ cert: certified("client").cert, key: certified("server").key }, "callback.tls.key"],
      [{ ca: "x".repeat(20_000) }, "callback.tls.ca"],
    ] as const) {
      const { status, body } = await server.call("PATCH", path, { body: { callback: { url, tls } } });
      expect(status).toBe(422);
      const { code, problems } = body["error"] as { code: string; problems: { path: string }[] };
      expect([code, ...new Set(problems.map((problem) => problem.path))]).toEqual(["invalid", at]);
    }
    expect((await server.call("GET", path)).body).toEqual(before);
  });
});

describe("an app's networks", () => {
  it("are where its URL may lead, and no other private one is", proves("security:networks"), async () => {
    const backend = await startEndpoint();
    // A name: an address that is written out is judged when it is set.
    const url = backend.url.replace("127.0.0.1", "localhost");
    const server = await startAdminServer({ apps: [{ sdkAppId: SDK_APP_ID, secretKey, callback: { url } }] });
    const own = ["127.0.0.0/8", "::1/128"];
    const allow = (networks: readonly string[]): Promise<AdminAnswer> =>
      server.call("PATCH", path, { body: { callback: { allowNetworks: networks } } });
    const verify = async (body: object = {}): Promise<unknown> =>
      failureOf(await server.call("POST", `${path}/callback/verify`, { body }));
    const forbidden = ["address", "the URL leads to an address that callbacks must not be sent to"];

    expect(await verify()).toEqual(forbidden);
    expect(await verify({ allowNetworks: own })).toBeUndefined();
    expect((await allow(["10.1.0.0/16"])).status).toBe(200);
    expect(await verify()).toEqual(forbidden);
    expect((await allow(["10.1.0.0/16", ...own])).status).toBe(200);
    expect(await verify()).toBeUndefined();
    expect(await verify({ url: "http://192.168.1.1/" })).toEqual(forbidden);
    expect(await verify({ url: "http://169.254.169.254/", allowNetworks: ["169.254.0.0/16"] })).toEqual(forbidden);
    expect((await allow(["0.0.0.0/0"])).body).toMatchObject({
      error: { problems: [{ path: "callback.allowNetworks[0]" }] },
    });
  });

  it("are not where a URL may name an address that they leave out", proves("security:literals"), async () => {
    const server = await startAdminServer({ apps: [{ sdkAppId: SDK_APP_ID, secretKey }] });
    const literal = { url: "http://10.0.0.1/callback" };
    const made = { sdkAppId: SDK_APP_ID + 1, callback: literal };
    for (const [method, at, body] of [
      ["POST", "/apps", made],
      ["PATCH", path, { callback: literal }],
    ] as const) {
      const { status, body: refusal } = await server.call(method, at, { body });
      expect(status).toBe(422);
      expect(refusal).toMatchObject({
        error: { problems: [{ path: "callback.url", message: expect.stringContaining("set allowPrivateNetwork") }] },
      });
    }
    expect((await server.call("GET", path)).body).not.toHaveProperty("app.settings.callback");
    const allowed = { ...literal, allowNetworks: ["10.0.0.0/8"] };
    expect((await server.call("PATCH", path, { body: { callback: allowed } })).status).toBe(200);
    // What it was allowed is not taken away from under it.
    expect((await server.call("PATCH", path, { body: { callback: { allowNetworks: null } } })).status).toBe(422);
  });
});
