import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer as createHttpServer, type RequestListener } from "node:http";
import { createServer as createHttpsServer } from "node:https";
import { createServer, type AddressInfo, type Server, type Socket } from "node:net";
import { join } from "node:path";

import { systemClock } from "@muster/foundation";
import { catalog, fit } from "@muster/protocol";
import { describe, expect, it, onTestFinished } from "vitest";

import { demoApp } from "../../../../test/harness/demo-app.ts";
import { OK, startEndpoint } from "../../../../test/harness/endpoint.ts";
import type { Destination } from "../app-settings.ts";
import type { Finding, Verification } from "../ports/callback-verifier.ts";
import type { PosterOptions } from "./poster.ts";
import { createCallbackVerifier } from "./verify-callback.ts";

interface Trying extends PosterOptions {
  readonly token?: string;
  readonly allowPrivateNetwork?: boolean;
}

async function verify(
  url: string,
  { token, allowPrivateNetwork = true, ...options }: Trying = {},
): Promise<Verification> {
  const settings: Destination = {
    url,
    token,
    previousTokens: [],
    allowPrivateNetwork,
    allowNetworks: [],
    tls: undefined,
  };
  return await createCallbackVerifier(systemClock, () => "an-id", { deadline: 60_000, ...options }).verify(
    demoApp,
    settings,
    "192.0.2.7",
  );
}

async function listening(server: Server, scheme = "http"): Promise<string> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  return `${scheme}://127.0.0.1:${(server.address() as AddressInfo).port}/callback`;
}

/** An endpoint that speaks HTTP. */
const answering = (listener: RequestListener): Promise<string> => listening(createHttpServer(listener));

/** An endpoint that does something to each connection on which something came. */
function onConnection(act: (socket: Socket) => void): Promise<string> {
  const server = createServer((socket) => {
    socket.on("error", () => undefined);
    socket.once("data", () => act(socket));
    onTestFinished(() => void socket.destroy());
  });
  return listening(server);
}

const fixtures = join(import.meta.dirname, "..", "..", "..", "foundation", "fixtures", "tls");
const secure = (): Promise<string> =>
  listening(
    createHttpsServer(
      {
        cert: readFileSync(join(fixtures, "first.cert.pem")),
        key: readFileSync(join(fixtures, "first.key.pem")),
      },
      (_request, response) => response.end(OK),
    ),
    "https",
  );

async function nobody(): Promise<string> {
  const server = createServer();
  const url = await listening(server);
  await new Promise((resolve) => server.close(resolve));
  return url;
}

const failureOf = ({ findings }: Verification): Finding | undefined =>
  findings.find(({ verdict }) => verdict === "failed");

describe("a verification", () => {
  it("sends a whole documented callback, once", async () => {
    const endpoint = await startEndpoint("/callback?team=a");
    const { ok, command, attempt } = await verify(endpoint.url);
    expect([ok, attempt?.outcome]).toEqual([true, "delivered"]);
    expect(endpoint.arrivals).toHaveLength(1);
    expect(fit(catalog["Group.CallbackAfterGroupDestroyed"].body, endpoint.arrivals[0]?.body).ok).toBe(true);
    expect(endpoint.arrivals[0]?.url).toContain(`/callback?team=a&SdkAppid=1400000001&CallbackCommand=${command}`);
  });

  const cases: [
    what: string,
    url: () => string | Promise<string>,
    failed: [Finding["step"], string, string],
    Trying?,
  ][] = [
    ["nobody listens", nobody, ["connection", "refused", "web server runs"]],
    [
      "the name does not exist",
      () => "http://nowhere.invalid/",
      ["name", "not found", "spelling"],
      {
        resolve: (_name, _options, callback) =>
          callback(Object.assign(new Error("getaddrinfo"), { code: "ENOTFOUND" }), []),
      },
    ],
    [
      "the address is one's own",
      async () => await answering((_request, response) => response.end(OK)),
      ["address", "must not be sent", "allowPrivateNetwork"],
      { allowPrivateNetwork: false },
    ],
    [
      "the connection is broken off",
      () => onConnection((socket) => socket.resetAndDestroy()),
      ["answer", "broken off", "log"],
    ],
    [
      "the answer is broken off",
      () => onConnection((socket) => socket.end("HTTP/1.1 200 OK\r\ncontent-length: 99\r\n\r\n{")),
      ["answer", "broken off", "log"],
    ],
    ["the certificate is self-signed", secure, ["tls", "self-signed", "public authority"]],
    [
      "what answers does not speak TLS",
      async () => (await answering((_request, response) => response.end(OK))).replace("http:", "https:"),
      ["tls", "does not speak TLS", "port"],
    ],
    [
      "nothing is answered",
      () => onConnection(() => undefined),
      ["answer", "within 2 s", "answer first"],
      { deadline: 800 },
    ],
    [
      "the answer does not end",
      () => answering((_request, response) => response.writeHead(200, { "content-length": "99" }).write("{")),
      ["answer", "not whole within 2 s", "end the answer"],
      { deadline: 800 },
    ],
    [
      "there is no connection in time",
      () => "http://slow.example.com/",
      ["connection", "no connection within 2 s", "firewall"],
      { deadline: 800, resolve: () => undefined },
    ],
    [
      "the path is another",
      () => answering((_request, response) => response.writeHead(404).end("no")),
      ["status", "404", "path"],
    ],
    [
      "a redirect is answered",
      () => answering((_request, response) => response.writeHead(302, { location: "/" }).end()),
      ["status", "302", "redirects are not followed"],
    ],
    [
      "the endpoint fails",
      () => answering((_request, response) => response.writeHead(500).end()),
      ["status", "500", "log"],
    ],
    [
      "the signature is refused",
      () => answering((_request, response) => response.writeHead(401).end()),
      ["status", "401", "Sign"],
    ],
    [
      "a page is answered",
      () => answering((_request, response) => response.end("<!doctype html>")),
      ["json", "a web page", "ActionStatus"],
    ],
    [
      "nothing is in the answer",
      () => answering((_request, response) => response.end()),
      ["json", "empty", "ActionStatus"],
    ],
    [
      "the answer is too long",
      () => answering((_request, response) => response.end("x".repeat(100_000))),
      ["answer", "longer", "nothing more"],
    ],
    ["the URL is none", () => "backend", ["url", "http:// or https://", "another URL"]],
  ];
  it.each(cases)("explains that %s", async (_what, url, [step, message, remedy], trying) => {
    const verification = await verify(await url(), trying);
    expect(verification.ok).toBe(false);
    expect(failureOf(verification)).toEqual({
      step,
      verdict: "failed",
      message: expect.stringContaining(message),
      remedy: expect.stringContaining(remedy),
    });
    const steps = verification.findings.map((finding) => finding.step);
    const failedAt = steps.indexOf(step);
    const verdicts = verification.findings.filter(({ step: one }) => one !== "sign").map(({ verdict }) => verdict);
    expect(new Set(verdicts.slice(failedAt + 1))).toEqual(
      new Set(failedAt + 1 < verdicts.length ? ["not reached"] : []),
    );
    expect(verdicts.slice(0, failedAt)).not.toContain("failed");
  });

  it("does not claim to know how far a call came that nothing came back of", async () => {
    const { findings } = await verify(await onConnection((socket) => socket.resetAndDestroy()));
    expect(findings.map(({ step, verdict }) => `${step} ${verdict}`)).toEqual([
      "url noted",
      "name unknown",
      "address unknown",
      "connection unknown",
      "answer failed",
      "status not reached",
      "json not reached",
      "code not reached",
      "sign noted",
    ]);
  });

  it("claims to have signed only what it sent", async () => {
    const signOf = async (url: string, token?: string): Promise<string | undefined> =>
      (await verify(url, token === undefined ? {} : { token })).findings.at(-1)?.verdict;
    const endpoint = await startEndpoint();
    expect(await signOf(endpoint.url, "token")).toBe("passed");
    expect(await signOf(endpoint.url)).toBe("noted");
    expect(await signOf(await nobody(), "token")).toBe("not reached");
  });

  it("shows the beginning of the answer, and how long it took", async () => {
    const url = await answering((_request, response) => response.writeHead(503).end("é".repeat(4_000)));
    const { attempt } = await verify(url);
    expect(attempt).toEqual({
      durationMs: expect.any(Number),
      outcome: "status",
      status: 503,
      answer: "é".repeat(2_048),
    });
  });

  it.each([
    ['{"ActionStatus":"FAIL","ErrorCode":1,"ErrorInfo":"no"}', "ErrorCode is 1, not 0"],
    ["{}", "no ErrorCode"],
  ])("notes that %s does not say OK", async (answer, message) => {
    const { ok, findings } = await verify(await answering((_request, response) => response.end(answer)));
    expect(ok).toBe(true);
    expect(findings.find(({ step }) => step === "code")).toMatchObject({
      verdict: "noted",
      message: expect.stringContaining(message),
    });
  });

  it.each([
    ["a?team=b", "query of its own"],
    ["a#b", "is not sent"],
    ["a!b", "special characters"],
  ])("notes what Tencent's console would not take: %s", async (rest, note) => {
    const { ok, findings } = await verify(
      (await answering((_request, response) => response.end(OK))).replace("callback", rest),
    );
    expect(ok).toBe(true);
    expect(findings[0]).toMatchObject({ step: "url", verdict: "noted", message: expect.stringContaining(note) });
  });
});
