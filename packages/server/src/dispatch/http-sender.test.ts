import { createHash, createHmac } from "node:crypto";
import { subscribe, unsubscribe } from "node:diagnostics_channel";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer as createHttpsServer } from "node:https";
import { createServer, type AddressInfo, type Socket } from "node:net";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { gzipSync } from "node:zlib";

import { systemClock, type Clock } from "@muster/foundation";
import { Webhook } from "standardwebhooks";
import { describe, expect, it, onTestFinished } from "vitest";

import { demoApp, demoCallback } from "../../../../test/harness/demo-app.ts";
import { drip } from "../../../../test/harness/hostile.ts";
import { createManualClock } from "../../../../test/harness/manual-clock.ts";
import { pendingCallback as callback } from "../../../../test/harness/pending-callback.ts";
import type { App, Apps, CallbackSettings } from "../app-settings.ts";
import type { Attempt, AttemptOutcome } from "../ports/outbox.ts";
import { VERSION } from "../version.ts";
import { createTracing } from "../open-telemetry.ts";
import { createHttpSender, type HttpSender } from "./http-sender.ts";
import type { PosterOptions } from "./poster.ts";

const APP = 1400000001;
const OK = '{"ActionStatus":"OK","ErrorInfo":"","ErrorCode":0}';

interface Sending extends PosterOptions {
  readonly token?: string;
  readonly previousTokens?: readonly string[];
  readonly allowPrivateNetwork?: boolean;
  readonly clock?: Clock;
}

interface Sender {
  attempt(number?: number): Promise<Attempt>;
  readonly sender: HttpSender;
  /** Gives the app another URL, or none. */
  move(url: string | undefined): void;
}

/** The time as it is, and no deadline that a busy machine may miss: what hangs is ended with the test. */
const patientClock = (): Clock => ({ ...createManualClock(0), now: systemClock.now });

/** A sender for one app that has this URL. */
function sendTo(url: string, sending: Sending = {}): Sender {
  const { token, previousTokens = [], allowPrivateNetwork = true, clock = patientClock(), ...options } = sending;
  const settings = (to: string): CallbackSettings => ({
    ...demoCallback(to),
    token,
    previousTokens,
    allowPrivateNetwork,
  });
  let current: CallbackSettings | undefined = settings(url);
  const app = (): App => ({ ...demoApp, callback: current });
  const apps: Apps = {
    get: (sdkAppId) => (sdkAppId === APP ? app() : undefined),
    all: () => [app()],
    isClosed: () => false,
  };
  const sender = createHttpSender(apps, clock, createTracing(), options);
  onTestFinished(() => sender.close());
  return {
    sender,
    move(to) {
      current = to === undefined ? undefined : settings(to);
    },
    async attempt(number = 1) {
      const attempt = await sender.send(callback, number);
      if (!attempt) throw new Error("nothing was sent");
      return attempt;
    },
  };
}

interface Endpoint {
  readonly url: string;
  readonly connections: () => number;
  /** The requests that came, each as its text. */
  readonly requests: readonly string[];
  /** Resolves once all connections are closed. */
  allClosed(): Promise<void>;
}

/** A server that speaks TCP: it is told of each request that is complete, and answers in bytes. */
async function endpoint(onRequest: (socket: Socket, count: number) => void, path = "/callback"): Promise<Endpoint> {
  const sockets = new Set<Socket>();
  const closed = new Set<Promise<unknown>>();
  const requests: string[] = [];
  const server = createServer((socket) => {
    sockets.add(socket);
    closed.add(new Promise((resolve) => socket.once("close", resolve)));
    socket.on("error", () => undefined);
    let text = "";
    socket.on("data", (chunk: Buffer) => {
      text += chunk.toString("utf8");
      if (!text.endsWith(callback.body)) return;
      requests.push(text);
      text = "";
      onRequest(socket, requests.length);
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`,
    connections: () => sockets.size,
    requests,
    async allClosed() {
      await Promise.all(closed);
    },
  };
}

/** An answer in bytes. */
function answer(body: string | Buffer, status = "200 OK", ...headers: string[]): Buffer {
  const bytes = Buffer.from(body);
  const head = [`HTTP/1.1 ${status}`, `content-length: ${bytes.length}`, ...headers, "", ""].join("\r\n");
  return Buffer.concat([Buffer.from(head), bytes]);
}

const polite = (socket: Socket): void => void socket.write(answer(OK));

describe("an attempt", () => {
  it("is a POST with the documented query, headers and body", async () => {
    const { url, requests } = await endpoint(polite, "/im/callback?team=1");
    const before = Math.floor(Date.now() / 1000);
    expect(await sendTo(url, { token: "xxxxyyyy" }).attempt(3)).toMatchObject({
      number: 3,
      outcome: "delivered",
      status: 200,
    });

    const [head = "", body] = requests[0]?.split("\r\n\r\n") ?? [];
    const [requestLine, ...lines] = head.split("\r\n");
    const headers = Object.fromEntries(lines.map((line) => line.split(": ", 2) as [string, string]));
    const time = headers["webhook-timestamp"] ?? "";
    const sign = createHash("sha256").update(`xxxxyyyy${time}`).digest("hex");
    expect(requestLine).toBe(
      "POST /im/callback?team=1&SdkAppid=1400000001&CallbackCommand=Group.CallbackAfterGroupDestroyed&contenttype=json" +
        `&ClientIP=192.0.2.7&OptPlatform=iOS&Sign=${sign}&RequestTime=${time} HTTP/1.1`,
    );
    const signature = createHmac("sha256", "xxxxyyyy")
      .update(`${callback.id}.${time}.${callback.body}`)
      .digest("base64");
    expect(headers).toEqual({
      host: new URL(url).host,
      connection: "keep-alive",
      "content-type": "application/json",
      "content-length": String(Buffer.byteLength(callback.body)),
      "accept-encoding": "identity",
      "user-agent": `Muster/${VERSION}`,
      "webhook-id": callback.id,
      "webhook-timestamp": time,
      "webhook-signature": `v1,${signature}`,
      "muster-sequence": "42",
      "muster-attempt": "3",
    });
    expect(Math.abs(Number(time) - before)).toBeLessThanOrEqual(5);
    expect(body).toBe(callback.body);
  });

  it("says where it is sent once more, under its own number", async () => {
    const { url, requests } = await endpoint(polite);
    await sendTo(url).sender.send({ ...callback, replayOf: { position: 3, sequence: 7 } }, 1);
    expect(requests[0]).toContain("muster-replay: 1\r\n");
    expect(requests[0]).toContain("muster-sequence: 7\r\n");
    expect(requests[0]).toContain(`webhook-id: ${callback.id}\r\n`);
  });

  it("is not signed where the app has no token", async () => {
    const { url, requests } = await endpoint(polite);
    await sendTo(url).attempt();
    expect(requests[0]).not.toContain("Sign");
    expect(requests[0]).not.toContain("RequestTime");
    expect(requests[0]).not.toContain("webhook-signature");
    expect(requests[0]).toContain("webhook-timestamp: ");
  });

  it("has a signature that a Standard Webhooks library takes", async () => {
    const { url, requests } = await endpoint(polite);
    const token = "any token, as text: ä";
    const previousTokens = ["the token before", "and the one before that"];
    await sendTo(url, { token, previousTokens }).attempt();
    const [head = "", body = ""] = requests[0]?.split("\r\n\r\n") ?? [];
    const headers = Object.fromEntries(
      head
        .split("\r\n")
        .slice(1)
        .map((line) => line.split(": ", 2) as [string, string]),
    );
    const verifying = (key: string): Webhook => new Webhook(`whsec_${Buffer.from(key).toString("base64")}`);
    for (const key of [token, ...previousTokens]) {
      expect(verifying(key).verify(body, headers)).toEqual(JSON.parse(callback.body));
      const changed = body.replace("Chess", "chess");
      expect(() => verifying(key).verify(changed, headers)).toThrow("No matching signature found");
    }
    expect(() => verifying("another").verify(body, headers)).toThrow("No matching signature found");
  });

  it("is signed anew each time", async () => {
    let now = 1_700_000_000_999;
    const { url, requests } = await endpoint(polite);
    const { attempt } = sendTo(url, { token: "t", clock: { ...patientClock(), now: () => now } });
    await attempt(1);
    now += 60_000;
    await attempt(2);
    const times = requests.map((request) => /RequestTime=(\d+)/.exec(request)?.[1]);
    expect(times).toEqual(["1700000000", "1700000060"]);
    const signs = requests.map((request) => /Sign=([0-9a-f]{64})&/.exec(request)?.[1]);
    expect(signs).toEqual(times.map((time) => createHash("sha256").update(`t${time}`).digest("hex")));
  });

  it("goes to the URL that the app has at the time, and nowhere where it has none", async () => {
    const [first, second] = [await endpoint(polite), await endpoint(polite)];
    const { sender, attempt, move } = sendTo(first.url);
    await attempt();
    move(second.url);
    await attempt();
    move(undefined);
    expect(await sender.send(callback, 1)).toBeUndefined();
    expect(await sender.send({ ...callback, sdkAppId: 2 }, 1)).toBeUndefined();
    expect([first.requests.length, second.requests.length]).toEqual([1, 1]);
  });

  it("uses a connection again, or its neighbour while that is still busy with the end of an answer", async () => {
    const { url, connections } = await endpoint(polite);
    const { attempt } = sendTo(url);
    for (let i = 0; i < 50; i += 1) expect((await attempt()).outcome).toBe("delivered");
    expect(connections()).toBeLessThanOrEqual(2);
  });

  it("shares 256 connections with the others", async () => {
    const { url, connections, requests } = await endpoint((socket) => setTimeout(polite, 5, socket));
    const { attempt } = sendTo(url);
    const attempts = await Promise.all(Array.from({ length: 300 }, () => attempt()));
    expect(new Set(attempts.map(({ outcome }) => outcome))).toEqual(new Set(["delivered"]));
    expect(requests).toHaveLength(300);
    expect(connections()).toBeLessThanOrEqual(256);
  });

  it("tells when it began and how long it took", async () => {
    let now = 1_000;
    const { url } = await endpoint((socket) => {
      now += 34;
      polite(socket);
    });
    const { attempt } = sendTo(url, { clock: { ...patientClock(), now: () => now } });
    expect(await attempt()).toMatchObject({ startedAt: 1_000, durationMs: 34 });
  });
});

describe("delivered", () => {
  it.each<[string, string, Partial<Attempt>]>([
    ["OK", OK, { code: 0 }],
    ["a refusal, which changes nothing", '{"ActionStatus":"FAIL","ErrorInfo":"no","ErrorCode":1}', { code: 1 }],
    ["an object without anything", "{}", {}],
    ["a code that is no number", '{"ErrorCode":"0"}', {}],
    ["a code that is no integer", '{"ErrorCode":0.5}', {}],
    ["white space around", ` \r\n${OK}\n`, { code: 0 }],
  ])("is what is answered with 200 and a JSON object: %s", async (_what, body, more) => {
    const { url } = await endpoint((socket) => socket.write(answer(body, "200 OK", "content-type: text/plain")));
    const { number: _number, startedAt: _startedAt, durationMs: _durationMs, ...rest } = await sendTo(url).attempt();
    expect(rest).toEqual({ outcome: "delivered", status: 200, answer: body, ...more });
  });

  it("is also what has a long answer, of which the beginning is kept", async () => {
    const body = JSON.stringify({ ErrorCode: 0, more: "x".repeat(65_536 - 25) });
    expect(Buffer.byteLength(body)).toBe(65_536);
    const { url } = await endpoint((socket) => socket.write(answer(body)));
    const attempt = await sendTo(url).attempt();
    expect(attempt).toMatchObject({ outcome: "delivered", code: 0, answer: body.slice(0, 4_096) });
  });

  it("is what comes in parts", async () => {
    const { url } = await endpoint((socket) => {
      socket.write("HTTP/1.1 103 Early Hints\r\n\r\nHTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n");
      setImmediate(() => socket.write("1\r\n{\r\n1\r\n}\r\n0\r\n\r\n"));
    });
    expect(await sendTo(url).attempt()).toMatchObject({ outcome: "delivered", answer: "{}" });
  });
});

describe("not delivered", () => {
  it.each<[string, Attempt["outcome"], (socket: Socket) => void, Partial<Attempt>]>([
    [
      "an error of the server",
      "status",
      (s) => s.write(answer(OK, "500 Internal Server Error")),
      { status: 500, answer: OK },
    ],
    ["no content", "status", (s) => s.write("HTTP/1.1 204 No Content\r\n\r\n"), { status: 204, answer: "" }],
    ["created", "status", (s) => s.write(answer(OK, "201 Created")), { status: 201 }],
    ["gone", "status", (s) => s.write(answer("", "410 Gone")), { status: 410 }],
    ["something that is not JSON", "not-json", (s) => s.write(answer("OK")), { status: 200, answer: "OK" }],
    ["nothing", "not-json", (s) => s.write(answer("")), { status: 200, answer: "" }],
    ["a JSON list", "not-json", (s) => s.write(answer("[]")), { status: 200, answer: "[]" }],
    ["a JSON null", "not-json", (s) => s.write(answer("null")), { status: 200 }],
    ["a JSON text", "not-json", (s) => s.write(answer('"OK"')), { status: 200 }],
    ["JSON that is cut off", "not-json", (s) => s.write(answer('{"ErrorCode":0')), { status: 200 }],
    [
      "something compressed, unasked",
      "not-json",
      (s) => s.write(answer(gzipSync(OK), "200 OK", "content-encoding: gzip")),
      { status: 200 },
    ],
    [
      "more than 64 KiB",
      "too-large",
      (s) => s.write(answer("x".repeat(65_537), "502 Bad Gateway")),
      { status: 502, answer: "x".repeat(4_096) },
    ],
    ["headers without end", "too-large", (s) => s.write(`HTTP/1.1 200 OK\r\nx: ${"y".repeat(100_000)}\r\n\r\n`), {}],
    ["what is not HTTP", "other", (s) => s.write("SSH-2.0-OpenSSH_9.9\r\n"), {}],
    ["nothing, and the connection is closed", "reset", (s) => s.end(), {}],
    ["nothing, and the connection is reset", "reset", (s) => s.resetAndDestroy(), {}],
    [
      "a part of its body, and the connection is closed",
      "reset",
      (s) => s.end("HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{}"),
      { status: 200, answer: "{}" },
    ],
    [
      "chunks that are none",
      "other",
      (s) => s.write("HTTP/1.1 500 Oh\r\ntransfer-encoding: chunked\r\n\r\n2\r\nno\r\nzz\r\n"),
      { status: 500, answer: "no" },
    ],
  ])("is what is answered with %s", async (_what, outcome, onRequest, more) => {
    const { url } = await endpoint(onRequest);
    const attempt = await sendTo(url).attempt();
    expect(attempt).toMatchObject({ outcome, ...more });
    expect(attempt.error).toMatch(/.+/);
  });

  it("is what is reset in the middle of its body", async () => {
    const { url } = await endpoint((socket) => {
      socket.write("HTTP/1.1 200 OK\r\ncontent-length: 100\r\n\r\n{", () =>
        setTimeout(() => socket.resetAndDestroy(), 20),
      );
    });
    expect(await sendTo(url).attempt()).toMatchObject({ outcome: "reset" });
  });

  it.each([301, 302, 303, 307, 308])("is what is sent elsewhere with %d, and nobody goes there", async (status) => {
    const elsewhere = await endpoint(polite);
    const { url } = await endpoint((socket) =>
      socket.write(answer(OK, `${status} Go There`, `location: ${elsewhere.url}`)),
    );
    expect(await sendTo(url).attempt()).toMatchObject({ outcome: "status", status });
    expect(elsewhere.connections()).toBe(0);
  });

  it("is what nobody listens for", async () => {
    const server = createServer();
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    const { port } = server.address() as AddressInfo;
    await new Promise((resolve) => server.close(resolve));
    expect(await sendTo(`http://127.0.0.1:${port}/`).attempt()).toMatchObject({ outcome: "refused" });
  });

  it.each(["ENOTFOUND", "EAI_AGAIN"])("is what has a name without an address (%s)", async (code) => {
    const { attempt } = sendTo("http://backend.test/", {
      resolve: (_hostname, _options, done) => done(Object.assign(new Error("no address"), { code }), []),
    });
    expect(await attempt()).toMatchObject({ outcome: "dns" });
  });

  it("is what leads to an address that is forbidden, by number or by name", async () => {
    const { url, connections } = await endpoint(polite);
    expect(await sendTo(url, { allowPrivateNetwork: false }).attempt()).toMatchObject({ outcome: "forbidden-address" });
    const byName = sendTo(url.replace("127.0.0.1", "backend.test"), {
      allowPrivateNetwork: false,
      resolve: (_hostname, _options, done) => done(null, [{ address: "127.0.0.1", family: 4 }]),
    });
    const attempt = await byName.attempt();
    expect(attempt).toMatchObject({ outcome: "forbidden-address" });
    expect(attempt.error).not.toContain("127.0.0.1");
    expect(connections()).toBe(0);
  });
});

describe("an endpoint that takes its time", () => {
  const DEADLINE = 800;
  const START = 1_700_000_000_000;
  const head = "HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n";

  /** An attempt whose time a test is in charge of, and which has taken all that the endpoint says at first. */
  async function waitedFor(onRequest: (socket: Socket) => void, options: PosterOptions = {}) {
    const clients: Socket[] = [];
    const note = (message: unknown): void => void clients.push((message as { socket: Socket }).socket);
    subscribe("net.client.socket", note);
    const said = Promise.withResolvers<number>();
    const { url, allClosed } = await endpoint((socket) => {
      onRequest(socket);
      said.resolve(socket.bytesWritten);
    });
    const clock = createManualClock(START);
    const attempt = sendTo(url, { clock, ...options }).attempt();
    const bytes = await said.promise;
    unsubscribe("net.client.socket", note);
    await expect.poll(() => clients[0]?.bytesRead).toBeGreaterThanOrEqual(bytes);
    return {
      attempt,
      allClosed,
      /** Lets so many ms pass, of which the attempt lasts all but the last. */
      async whileWaiting(ms: number) {
        let isOver = false;
        void attempt.then(() => (isOver = true));
        clock.advance(ms - 1);
        await new Promise(setImmediate);
        expect(isOver).toBe(false);
        clock.advance(1);
      },
    };
  }

  it.each<[string, AttemptOutcome, (socket: Socket) => void]>([
    ["does not answer", "headers-timeout", () => undefined],
    ["drips its headers", "headers-timeout", (s) => (s.write("HTTP/1.1 200 OK\r\nx: "), drip(s, "y", 20))],
    ["drips its body", "body-timeout", (s) => (s.write(head), drip(s, " ", 20))],
    [
      "announces ten gigabytes and sends none",
      "body-timeout",
      (s) => s.write("HTTP/1.1 200 OK\r\ncontent-length: 10000000000\r\n\r\n"),
    ],
    [
      "announces answers all the time",
      "headers-timeout",
      // Not so many within the deadline that they are too many.
      (s) => drip(s, "HTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\n", 100),
    ],
  ])("is waited for until the deadline, no longer: it %s", async (_what, outcome, onRequest) => {
    const { attempt, whileWaiting, allClosed } = await waitedFor(onRequest, { deadline: DEADLINE });
    await whileWaiting(DEADLINE);
    const made = await attempt;
    expect(made).toMatchObject({ outcome, durationMs: DEADLINE });
    // What has come is kept, though it is no answer.
    expect(made.status).toBe(outcome === "body-timeout" ? 200 : undefined);
    await allClosed();
  });

  it("has 2 s where nothing else is said", async () => {
    const { attempt, whileWaiting } = await waitedFor(() => undefined);
    await whileWaiting(2_000);
    expect(await attempt).toMatchObject({ outcome: "headers-timeout", durationMs: 2_000 });
  });

  it("is waited for no longer where it does not even shake hands", async () => {
    const came = Promise.withResolvers<void>();
    const server = createServer((socket) => {
      socket.on("error", () => undefined);
      came.resolve();
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    onTestFinished(() => void server.close());
    const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    const clock = createManualClock(START);
    const attempt = sendTo(url, { clock, deadline: DEADLINE }).attempt();
    await came.promise;
    clock.advance(DEADLINE);
    expect(await attempt).toMatchObject({ outcome: "connect-timeout", durationMs: DEADLINE });
  });

  it("gets nothing any more where the connection comes too late", async () => {
    const { url, requests } = await endpoint(polite);
    const held: (() => void)[] = [];
    let late = true;
    const clock = createManualClock(START);
    const { sender, attempt } = sendTo(url.replace("127.0.0.1", "backend.test"), {
      clock,
      deadline: DEADLINE,
      resolve(_hostname, _options, done) {
        const answerNow = (): void => done(null, [{ address: "127.0.0.1", family: 4 }]);
        if (late) held.push(answerNow);
        else answerNow();
      },
    });
    const first = attempt(1);
    await expect.poll(() => held.length).toBe(1);
    clock.advance(DEADLINE);
    expect(await first).toMatchObject({ outcome: "connect-timeout", error: "no connection within 800 ms" });
    late = false;
    for (const answerNow of held) answerNow();
    expect(await attempt(2)).toMatchObject({ outcome: "delivered" });
    await sender.close();
    expect(requests).toHaveLength(1);
    expect(requests[0]).toContain("muster-attempt: 2");
  });

  it.each<[string, (socket: Socket) => void]>([
    [
      "with a length",
      (s) => (s.write("HTTP/1.1 200 OK\r\ncontent-length: 10000000000\r\n\r\n"), drip(s, "x".repeat(10_000), 0)),
    ],
    [
      "in chunks",
      (s) => (
        s.write("HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n"),
        drip(s, "5\r\nxxxxx\r\n".repeat(1_000), 0)
      ),
    ],
    ["until it closes", (s) => (s.write("HTTP/1.1 500 Oh\r\n\r\n"), drip(s, "x".repeat(10_000), 0))],
  ])("and never ends is cut off at 64 KiB, long before: %s", async (_what, onRequest) => {
    const { url, allClosed } = await endpoint(onRequest);
    // No time passes.
    const attempt = await sendTo(url, { clock: createManualClock(START) }).attempt();
    expect(attempt).toMatchObject({ outcome: "too-large" });
    await allClosed();
  });

  it("counts if it had come by then, though the process was too busy to read it", async () => {
    const endpointThread = `
      const { createServer } = require("node:net");
      const { parentPort, workerData } = require("node:worker_threads");
      const server = createServer((socket) => {
        socket.on("error", () => undefined);
        socket.once("data", () => {
          parentPort.postMessage("asked");
          Atomics.wait(workerData, 0, 0);
          socket.write(${JSON.stringify(answer(OK).toString())}, () => {
            Atomics.store(workerData, 0, 2);
            Atomics.notify(workerData, 0);
          });
        });
      });
      server.listen(0, "127.0.0.1", () => parentPort.postMessage(server.address().port));
    `;
    const turns = new Int32Array(new SharedArrayBuffer(4));
    const thread = new Worker(endpointThread, { eval: true, workerData: turns });
    onTestFinished(() => void thread.terminate());
    const [port] = (await once(thread, "message")) as [number];
    const clock = createManualClock(START);
    const attempt = sendTo(`http://127.0.0.1:${port}/`, { clock, deadline: DEADLINE }).attempt();
    await once(thread, "message");
    // Timers come before what has been received, as they do in a process that was busy.
    setTimeout(() => {
      Atomics.store(turns, 0, 1);
      Atomics.notify(turns, 0);
      Atomics.wait(turns, 0, 1);
      clock.advance(DEADLINE);
    });
    expect(await attempt).toMatchObject({ outcome: "delivered", durationMs: DEADLINE });
  });

  it("does not get the next attempt over the same connection", async () => {
    const clock = createManualClock(START);
    const { url, connections } = await endpoint((socket, count) => {
      // What it should have said to the first comes when the second asks.
      if (count === 1) clock.advance(DEADLINE);
      else polite(socket);
    });
    const { attempt } = sendTo(url, { clock, deadline: DEADLINE });
    expect((await attempt(1)).outcome).toBe("headers-timeout");
    expect((await attempt(2)).outcome).toBe("delivered");
    expect(connections()).toBe(2);
  });
});

describe("a connection that the endpoint gives up at the moment at which it is used again", () => {
  const ends: [string, (socket: Socket) => void][] = [
    ["closes", (socket) => void socket.end()],
    ["resets", (socket) => void socket.resetAndDestroy()],
  ];

  it.each(ends)("costs no attempt: it is sent again over another, once (%s)", async (_how, end) => {
    const { url, requests, connections } = await endpoint((socket, count) =>
      count === 2 ? end(socket) : polite(socket),
    );
    const { attempt } = sendTo(url);
    expect((await attempt(1)).outcome).toBe("delivered");
    expect(await attempt(2)).toMatchObject({ outcome: "delivered", number: 2 });
    expect(connections()).toBe(2);
    const [, second, again] = requests;
    expect(requests).toHaveLength(3);
    expect(again).toBe(second);
  });

  it.each(ends)("is no excuse for what fails again (%s)", async (_how, end) => {
    const { url, requests } = await endpoint((socket, count) => (count === 1 ? polite(socket) : end(socket)));
    const { attempt } = sendTo(url);
    expect((await attempt(1)).outcome).toBe("delivered");
    expect((await attempt(2)).outcome).toBe("reset");
    expect(requests).toHaveLength(3);
    // Over a connection that was not used before, it is the endpoint that fails.
    expect((await attempt(3)).outcome).toBe("reset");
    expect(requests).toHaveLength(4);
  });

  it("is not one over which an answer had begun", async () => {
    const { url, requests } = await endpoint((socket, count) =>
      count === 1 ? polite(socket) : void socket.end("HTTP/1.1 200 OK\r\n"),
    );
    const { attempt } = sendTo(url);
    expect((await attempt(1)).outcome).toBe("delivered");
    expect((await attempt(2)).outcome).toBe("reset");
    expect(requests).toHaveLength(2);
  });
});

it("takes no less than no time where the clock is set back meanwhile", async () => {
  const clock = createManualClock(1_700_000_000_000);
  const { url } = await endpoint((socket) => {
    clock.advance(-3_600_000);
    polite(socket);
  });
  expect(await sendTo(url, { clock }).attempt()).toMatchObject({ outcome: "delivered", durationMs: 0 });
});

it("does not take bytes that nobody asked for as the answer to the next attempt", async () => {
  const { url } = await endpoint((socket, count) => {
    const honest = answer(`{"ErrorCode":${count}}`);
    socket.write(count === 1 ? Buffer.concat([honest, answer('{"ErrorCode":666}')]) : honest);
  });
  const { attempt } = sendTo(url);
  expect(await attempt(1)).toMatchObject({ outcome: "delivered", code: 1 });
  expect(await attempt(2)).toMatchObject({ outcome: "delivered", code: 2 });
});

it("does not send the next attempt behind a request that was answered before it was read", async () => {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined);
    socket.once("data", () => {
      socket.pause();
      socket.write(answer(OK));
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  const { sender } = sendTo(url, { deadline: 20_000 });
  // More than both sides' buffers hold.
  const large = { ...callback, body: " ".repeat(32 * 1_048_576) };
  for (const number of [1, 2]) expect(await sender.send(large, number)).toMatchObject({ outcome: "delivered" });
  expect(sockets.size).toBe(2);
});

describe("over HTTPS", () => {
  it("a certificate that nobody vouches for is refused", async () => {
    const fixtures = join(import.meta.dirname, "..", "..", "..", "foundation", "fixtures", "tls");
    const pair = {
      cert: readFileSync(join(fixtures, "first.cert.pem")),
      key: readFileSync(join(fixtures, "first.key.pem")),
    };
    let requests = 0;
    const server = createHttpsServer(pair, (_request, response) => {
      requests += 1;
      response.end(OK);
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    onTestFinished(() => void server.close());
    const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    expect(await sendTo(url).attempt()).toMatchObject({ outcome: "tls" });
    expect(requests).toBe(0);
  });

  it("a server that speaks no TLS is an error of TLS", async () => {
    const server = createServer((socket) => {
      socket.on("error", () => undefined);
      socket.on("data", () => socket.end("HTTP/1.1 400 Bad Request\r\n\r\n"));
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    onTestFinished(() => void server.close());
    const url = `https://127.0.0.1:${(server.address() as AddressInfo).port}/`;
    expect(await sendTo(url).attempt()).toMatchObject({ outcome: "tls" });
  });
});

it("lets go of every connection when it is closed, also of one that is waited for", async () => {
  const { url, allClosed } = await endpoint((socket, count) => {
    if (count === 1) polite(socket);
  });
  const { sender, attempt } = sendTo(url, { deadline: 60_000 });
  await attempt();
  const waiting = attempt();
  await sender.close();
  expect((await waiting).outcome).not.toBe("delivered");
  await allClosed();
});
