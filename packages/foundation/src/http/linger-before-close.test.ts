import { readFileSync } from "node:fs";
import { promisify } from "node:util";

import { pino } from "pino";
import { describe, expect, it, onTestFinished } from "vitest";

import { isWholeAnswer, rawConnection, type RawConnection } from "../../../../test/harness/raw-http.ts";
import { createHttp, type HttpOptions } from "./create-http.ts";
import { listen } from "./listen.ts";
import { createBodyReader } from "./read-body.ts";

const MIB = 1_048_576;
/** Longer than any test waits. */
const FOREVER = 600_000;
const log = pino({ level: "silent" });
const unreadable = (status: number): string => JSON.stringify({ status });
const files = new URL("../../fixtures/tls/", import.meta.url);
const tls = {
  certFile: new URL("first.cert.pem", files).pathname,
  keyFile: new URL("first.key.pem", files).pathname,
};

interface Serving {
  readonly url: string;
  /** What came to the route, and to the door in front of the routes: bodies, or methods of what has none. */
  readonly carriedOut: string[];
  /** How many connections are open. */
  readonly open: () => Promise<number>;
  readonly stop: () => Promise<unknown>;
}

async function serve(options: Partial<HttpOptions> = {}): Promise<Serving> {
  const carriedOut: string[] = [];
  const readBody = createBodyReader();
  const http = createHttp({
    log,
    unreadable,
    lingerTimeout: FOREVER,
    ...options,
    first(request, response) {
      if (request.url !== "/door") return false;
      const refuse = (): void => void response.writeHead(413, { connection: "close", "content-length": 0 }).end();
      readBody(
        request,
        (body) => {
          carriedOut.push(Buffer.from(body).toString());
          response.end();
        },
        refuse,
      );
      return true;
    },
  });
  http.all("/route", ({ method, body }) => {
    carriedOut.push(Buffer.isBuffer(body) ? body.toString() : method);
    return "done";
  });
  const stop = (): Promise<unknown> => http.close();
  onTestFinished(() => void stop());
  const open = async (): Promise<number> => await promisify(http.server.getConnections.bind(http.server))();
  return { url: await listen(http, "127.0.0.1", 0), carriedOut, open, stop };
}

const head = (path: string, more: string): string => `POST ${path} HTTP/1.1\r\nhost: a\r\n${more}\r\n\r\n`;
const much = "x".repeat(8 * MIB);
const announced = `content-length: ${much.length}`;
const chunked = "transfer-encoding: chunked";
const chunk = `100000\r\n${"x".repeat(MIB)}\r\n`;

/** A connection of which the other side's end is not the end. */
const begin = (url: string, ca?: Buffer): Promise<RawConnection> =>
  rawConnection(url, { allowHalfOpen: true, ...(ca && { ca }) });

describe.each([
  ["HTTP", undefined],
  ["HTTPS", tls],
])("over %s, who sends all before reading anything", (_name, secure) => {
  const ca = secure && readFileSync(secure.certFile);

  it.each([
    ["a body that announces to be too long", 413, head("/route", announced) + much],
    ["the same before the routes", 413, head("/door", announced) + much],
    ["chunks that are too many", 413, head("/route", chunked) + chunk.repeat(8)],
    ["the same before the routes", 413, head("/door", chunked) + chunk.repeat(8)],
    ["a head that is too long", 431, head("/route", `x: ${much}`)],
    ["a head that is not HTTP", 400, head("/route", "b@d header") + much],
  ])("is told what was wrong with %s", async (_what, status, request) => {
    const { url } = await serve({ tls: secure });
    const { socket, write, received } = await begin(url, ca);
    socket.pause();
    expect(await write(request)).toBe(true);
    socket.resume();
    expect(await received(isWholeAnswer)).toMatch(new RegExp(`^HTTP/1\\.1 ${status} `));
  });
});

describe("behind the last answer", () => {
  it("no other request is carried out", async () => {
    const { url, carriedOut, open } = await serve();
    const { socket, write, received } = await begin(url);
    await write(head("/route", announced) + much + "GET /route HTTP/1.1\r\nhost: a\r\n\r\n");
    socket.end();
    expect(await received(isWholeAnswer)).toMatch(/^HTTP\/1\.1 413 /);
    await expect.poll(open).toBe(0);
    expect(carriedOut).toEqual([]);
  });

  it.each(["/route", "/door"])("a body that came too late is not carried out: %s", async (path) => {
    const { url, carriedOut, open } = await serve({ headersTimeout: 100, requestTimeout: 100 });
    const { socket, write, received } = await begin(url);
    await write(head(path, "content-length: 9") + "half ");
    expect(await received(isWholeAnswer)).toMatch(/^HTTP\/1\.1 408 /);
    expect(await write("late")).toBe(true);
    socket.end();
    await expect.poll(open).toBe(0);
    expect(carriedOut).toEqual([]);
  });

  it("nobody else's protocol is spoken", async () => {
    const upgrades: string[] = [];
    const { url, open } = await serve({ upgrades: ({ url: path = "" }) => upgrades.push(path) > 0 });
    const { socket, write, received } = await begin(url);
    const wish = "GET /there HTTP/1.1\r\nhost: a\r\nconnection: upgrade\r\nupgrade: other\r\n\r\n";
    await write(head("/route", announced) + much + wish);
    socket.end();
    expect(await received(isWholeAnswer)).toMatch(/^HTTP\/1\.1 413 /);
    await expect.poll(open).toBe(0);
    expect(upgrades).toEqual([]);
  });
});

describe("a connection that lingers", () => {
  it.each([
    ["goes on", true],
    ["is silent", false],
  ])("is cut in time where its sender %s", async (_what, goesOn) => {
    const { url, open } = await serve({ lingerTimeout: 200 });
    const { write, received } = await begin(url);
    await write(head("/route", announced));
    expect(await received(isWholeAnswer)).toMatch(/^HTTP\/1\.1 413 /);
    const dripping = setInterval(() => goesOn && void write("x"), 20);
    onTestFinished(() => clearInterval(dripping));
    await expect.poll(open).toBe(0);
  });

  it.each([
    ["HTTP", undefined],
    ["HTTPS", tls],
  ])("is not waited for by a server that stops, over %s", async (_name, secure) => {
    const { url, open, stop } = await serve({ tls: secure });
    const { write, received } = await begin(url, secure && readFileSync(secure.certFile));
    await write(head("/route", announced));
    await received(isWholeAnswer);
    expect(await open()).toBe(1);
    await stop();
  });
});
