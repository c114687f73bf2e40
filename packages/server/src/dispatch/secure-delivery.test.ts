import { execFile } from "node:child_process";
import { once } from "node:events";
import { createServer, type ServerOptions } from "node:https";
import { createServer as createTcpServer, type AddressInfo } from "node:net";
import { join } from "node:path";
import type { TLSSocket } from "node:tls";
import { promisify } from "node:util";

import { systemClock } from "@muster/foundation";
import { describe, expect, it, onTestFinished } from "vitest";

import { certificate, certified } from "../../../../test/harness/certificates.ts";
import { demoApp, demoCallback } from "../../../../test/harness/demo-app.ts";
import { pendingCallback } from "../../../../test/harness/pending-callback.ts";
import type { Destination } from "../app-settings.ts";
import type { Verification } from "../ports/callback-verifier.ts";
import { createTracing } from "../open-telemetry.ts";
import { createHttpSender } from "./http-sender.ts";
import { createCallbackVerifier } from "./verify-callback.ts";

/** For all that ends by itself, on whatever machine, in ms. */
const PATIENT = { deadline: 60_000 };
const OK = '{"ActionStatus":"OK","ErrorInfo":"","ErrorCode":0}';
const ca = certificate("authority");

interface SecureEndpoint {
  readonly url: string;
  /** Whose certificate each request's client showed. */
  readonly clients: readonly (string | undefined)[];
  /** The secure connections that were made. */
  readonly sockets: readonly TLSSocket[];
}

async function secureEndpoint(options: ServerOptions): Promise<SecureEndpoint> {
  const clients: (string | undefined)[] = [];
  const sockets: TLSSocket[] = [];
  const server = createServer(options, (request, response) => {
    const name = (request.socket as TLSSocket).getPeerCertificate().subject?.CN;
    clients.push(Array.isArray(name) ? name[0] : name);
    request.resume();
    response.end(OK);
  });
  server.on("secureConnection", (socket) => sockets.push(socket));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { url: `https://127.0.0.1:${(server.address() as AddressInfo).port}/`, clients, sockets };
}

type Tls = Destination["tls"];

/** A sender to one URL, whose certificates can be changed. */
function sendTo(url: string, first?: Tls) {
  let callback = { ...demoCallback(url), tls: first };
  const app = () => ({ ...demoApp, callback });
  const sender = createHttpSender(
    { get: app, all: () => [app()], isClosed: () => false },
    systemClock,
    createTracing(),
    PATIENT,
  );
  onTestFinished(() => sender.close());
  return {
    change(tls: Tls) {
      callback = { ...callback, tls };
    },
    async attempt() {
      const attempt = await sender.send(pendingCallback, 1);
      if (!attempt) throw new Error("nothing was sent");
      return attempt;
    },
  };
}

async function verify(url: string, tls?: Tls): Promise<Verification> {
  const verifier = createCallbackVerifier(systemClock, () => "verify-1", PATIENT);
  return await verifier.verify(demoApp, { ...demoCallback(url), tls }, "192.0.2.1");
}

/** What a verification says of TLS. */
async function tlsFinding(url: string, tls?: Tls): Promise<{ message: string; remedy: string }> {
  const { message = "", remedy = "" } = (await verify(url, tls)).findings.find(({ step }) => step === "tls") ?? {};
  return { message, remedy };
}

describe("an endpoint's certificate", () => {
  it("is taken where the app's own authority vouches for it", async () => {
    const { url } = await secureEndpoint(certified("server"));
    expect(await sendTo(url, { ca }).attempt()).toMatchObject({ outcome: "delivered" });
    expect(await verify(url, { ca })).toMatchObject({ ok: true });
  });

  it.each<[Parameters<typeof certified>[0], string, Tls, string, string]>([
    ["server", "whose authority is unknown", undefined, "authority cannot be found", "callback.tls.ca"],
    [
      "server",
      "whose authority is another than the app's",
      { ca: certificate("stranger") },
      "authority",
      "callback.tls.ca",
    ],
    ["expired", "that has expired", { ca }, "has expired", "renew"],
    ["elsewhere", "that is for another host", { ca }, "another host name", "host name"],
    ["self-signed", "that is self-signed", undefined, "self-signed", "callback.tls.ca"],
  ])("%s, %s, is refused, and a verification says why", async (name, _what, tls, message, remedy) => {
    const { url, clients } = await secureEndpoint(certified(name));
    const attempt = await sendTo(url, tls).attempt();
    expect(attempt).toMatchObject({ outcome: "tls" });
    expect(attempt.error).toContain(message);
    expect(attempt.error).not.toMatch(/127\.0\.0\.1|elsewhere\.test/);
    const finding = await tlsFinding(url, tls);
    expect(finding.message).toContain(message);
    expect(finding.remedy).toContain(remedy);
    expect(clients).toEqual([]);
  });

  it("that is self-signed is taken where it is the app's own authority", async () => {
    const { url } = await secureEndpoint(certified("self-signed"));
    expect(await sendTo(url, { ca: certificate("self-signed") }).attempt()).toMatchObject({ outcome: "delivered" });
  });

  it("is looked at anew on every connection: no session is resumed", async () => {
    const { url, sockets } = await secureEndpoint(certified("server"));
    const first = sendTo(url, { ca });
    await first.attempt();
    sockets[0]?.destroy();
    await expect.poll(async () => (await first.attempt()).outcome === "delivered" && sockets.length > 1).toBe(true);
    expect(sockets.some((socket) => socket.isSessionReused())).toBe(false);
  });

  it("is verified also where the process's environment says that none is", async () => {
    const { url, clients } = await secureEndpoint(certified("server"));
    const { stdout } = await verifyElsewhere(url, { NODE_TLS_REJECT_UNAUTHORIZED: "0" });
    expect(stdout.trim()).toBe("tls");
    expect(clients).toEqual([]);
  });
});

describe("the client's certificate", () => {
  const asking: ServerOptions = { ...certified("server"), ca, requestCert: true, rejectUnauthorized: true };

  it("is shown where the endpoint asks for one", async () => {
    const { url, clients } = await secureEndpoint(asking);
    expect(await sendTo(url, { ca, ...certified("client") }).attempt()).toMatchObject({ outcome: "delivered" });
    expect(clients).toEqual(["client.muster.test"]);
  });

  it.each([["TLSv1.2"], ["TLSv1.3"]] as const)(
    "that is missing is an error of TLS that is explained (%s)",
    async (version) => {
      const { url } = await secureEndpoint({ ...asking, minVersion: version, maxVersion: version });
      const attempt = await sendTo(url, { ca }).attempt();
      expect(attempt).toMatchObject({ outcome: "tls" });
      const { message, remedy } = await tlsFinding(url, { ca });
      expect(attempt.error).toBe(message);
      expect(remedy).toContain("callback.tls.cert");
    },
  );

  it("of an authority that the endpoint does not know is an error of TLS, as far as the endpoint tells before it ends", async () => {
    const { url, clients } = await secureEndpoint({ ...asking, maxVersion: "TLSv1.2" });
    const tls = { ca, ...certified("stranger-client") };
    expect(await sendTo(url, tls).attempt()).toMatchObject({ outcome: "tls" });
    expect((await tlsFinding(url, tls)).remedy).toContain("callback.tls.cert");
    expect(clients).toEqual([]);
  });

  it("counts for new connections as soon as it is changed, and no connection is shared with the old one", async () => {
    const { url, clients, sockets } = await secureEndpoint({ ...asking, rejectUnauthorized: false });
    const { attempt, change } = sendTo(url, { ca });
    await attempt();
    change({ ca, ...certified("client") });
    await attempt();
    change({ ca, ...certified("stranger-client") });
    await attempt();
    change({ ca: certificate("stranger") });
    expect(await attempt()).toMatchObject({ outcome: "tls" });
    expect(clients).toEqual([undefined, "client.muster.test", "stranger-client.muster.test"]);
    expect(sockets).toHaveLength(3);
  });
});

describe("TLS", () => {
  it.each(["TLSv1", "TLSv1.1"] as const)("of an old version is not spoken: %s", async (version) => {
    const old = { minVersion: version, maxVersion: version, ciphers: "DEFAULT@SECLEVEL=0" } as const;
    const { url, clients } = await secureEndpoint({ ...certified("server"), ...old });
    expect(await sendTo(url, { ca }).attempt()).toMatchObject({ outcome: "tls" });
    expect((await tlsFinding(url, { ca })).remedy).toContain("TLS 1.2");
    expect(clients).toEqual([]);
  });

  it("1.2 and 1.3 are", async () => {
    for (const version of ["TLSv1.2", "TLSv1.3"] as const) {
      const { url } = await secureEndpoint({ ...certified("server"), minVersion: version, maxVersion: version });
      expect(await sendTo(url, { ca }).attempt()).toMatchObject({ outcome: "delivered" });
    }
  });
});

it("no proxy of the process's environment comes between", async () => {
  const { url, clients } = await secureEndpoint(certified("server"));
  const proxied: unknown[] = [];
  const proxy = createTcpServer((socket) => {
    proxied.push(socket);
    socket.destroy();
  });
  proxy.listen(0, "127.0.0.1");
  await once(proxy, "listening");
  onTestFinished(() => void proxy.close());
  const at = `http://127.0.0.1:${(proxy.address() as AddressInfo).port}`;
  const environment = { HTTP_PROXY: at, HTTPS_PROXY: at, ALL_PROXY: at, NO_PROXY: "", NODE_USE_ENV_PROXY: "1" };
  const { stdout } = await verifyElsewhere(url, { ...environment, ca });
  expect(stdout.trim()).toBe("delivered");
  expect([clients.length, proxied.length]).toEqual([1, 0]);
});

/** Verifies a URL in a process of its own, which has an environment, and says the outcome. */
async function verifyElsewhere(url: string, environment: Record<string, string>): Promise<{ stdout: string }> {
  const script = `
    import { systemClock } from "@muster/foundation";
    import { demoApp, demoCallback } from "./test/harness/demo-app.ts";
    import { createCallbackVerifier } from "./packages/server/src/dispatch/verify-callback.ts";
    const verifier = createCallbackVerifier(systemClock, () => "verify-1", { deadline: 60_000 });
    const callback = { ...demoCallback(${JSON.stringify(url)}), tls: { ca: process.env.ca } };
    const { attempt } = await verifier.verify(demoApp, callback, "");
    console.log(attempt.outcome);`;
  return await promisify(execFile)(process.execPath, ["--input-type=module-typescript", "-e", script], {
    cwd: join(import.meta.dirname, "..", "..", "..", ".."),
    env: { ...process.env, ...environment },
  });
}
