import { pino } from "pino";
import { describe, expect, it, onTestFinished } from "vitest";

import { isWholeAnswer, rawConnection } from "../../../../test/harness/raw-http.ts";
import { createHttp, type HttpOptions } from "./create-http.ts";
import { BODY_LIMIT } from "./read-body.ts";
import { listen } from "./listen.ts";

async function serve(options: Partial<HttpOptions> = {}): Promise<string> {
  const http = createHttp({ log: pino({ level: "silent" }), ...options });
  onTestFinished(() => http.close());
  http.all("/:name", (request, reply) => {
    void reply.header("x-kind", Object.prototype.toString.call(request.body));
    return request.body ?? "nothing";
  });
  return await listen(http, "127.0.0.1", 0);
}

/** Sends bytes as they are and returns all that comes back. */
async function exchange(url: string, request: string): Promise<string> {
  const { write, closed } = await rawConnection(url);
  await write(request);
  return await closed();
}

describe("a body", () => {
  it.each(["application/json", "text/plain", "no media type at all", "", "application/json; charset=klingon"])(
    "reaches the route as the bytes that came, with the content type %j",
    async (contentType) => {
      const body = Buffer.from([0x7b, 0xff, 0x00, 0x7d]);
      const response = await fetch(`${await serve()}/x`, {
        method: "POST",
        body,
        headers: { "content-type": contentType },
      });
      expect(response.headers.get("x-kind")).toBe("[object Uint8Array]");
      expect(Buffer.from(await response.arrayBuffer()).equals(body)).toBe(true);
    },
  );

  it("has at most one MiB", async () => {
    const url = await serve();
    const most = await fetch(`${url}/x`, { method: "POST", body: Buffer.alloc(BODY_LIMIT) });
    expect(most.status).toBe(200);
    expect((await most.arrayBuffer()).byteLength).toBe(1_048_576);
    const more = await fetch(`${url}/x`, { method: "POST", body: Buffer.alloc(BODY_LIMIT + 1) });
    expect(more.status).toBe(413);
  });
});

describe("a request that no route sees", () => {
  const unreadable = (status: number): string => JSON.stringify({ status });
  const badUrl = "POST /%zz HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: 0\r\n\r\n";
  const badHead = "POST /x HTTP/1.1\r\nhost: x\r\nb@d header\r\n\r\n";
  const hugeHead = `POST /x HTTP/1.1\r\nhost: x\r\nx: ${"y".repeat(20_000)}\r\n\r\n`;

  it.each([
    ["a URL that cannot be decoded", badUrl, 400],
    ["a head that is not HTTP", badHead, 400],
    ["a head that is too long", hugeHead, 431],
  ])("is answered in the program's own words: %s", async (_what, request, status) => {
    const answer = await exchange(await serve({ unreadable }), request);
    expect(answer).toMatch(new RegExp(`^HTTP/1.1 ${status} `));
    expect(answer).toContain("content-type: application/json");
    expect(answer.endsWith(`\r\n\r\n{"status":${status}}`)).toBe(true);
  });

  it.each([badUrl, badHead, hugeHead])("is answered with the status that the program has for all", async (request) => {
    const answer = await exchange(await serve({ unreadable, unreadableStatus: 200 }), request);
    expect(answer).toMatch(/^HTTP\/1.1 200 OK\r\n/);
    expect(answer.endsWith('\r\n\r\n{"status":200}')).toBe(true);
  });
});

describe("a request to go on in another protocol", () => {
  const wish = "connection: upgrade\r\nupgrade: other";

  it("is answered like any other where it is not granted, also by those behind it", async () => {
    const { write, received } = await rawConnection(await serve());
    for (const body of ["first", "second"]) {
      await write(`POST /x HTTP/1.1\r\nhost: x\r\n${wish}\r\ncontent-length: ${body.length}\r\n\r\n${body}`);
      expect(await received((text) => text.endsWith(`\r\n\r\n${body}`))).toMatch(/^HTTP\/1\.1 200 /);
    }
  });

  it("comes to those who hear of it where it is granted", async () => {
    const http = createHttp({ log: pino({ level: "silent" }), upgrades: ({ url }) => url === "/there" });
    onTestFinished(() => http.close());
    http.server.on("upgrade", (_request, socket) => socket.end("granted"));
    const url = await listen(http, "127.0.0.1", 0);
    const ask = async (path: string): Promise<string> => {
      const { write, received } = await rawConnection(url);
      await write(`GET ${path} HTTP/1.1\r\nhost: x\r\n${wish}\r\n\r\n`);
      return await received((text) => text === "granted" || isWholeAnswer(text));
    };
    expect(await ask("/there")).toBe("granted");
    expect(await ask("/elsewhere")).toMatch(/^HTTP\/1\.1 404 /);
  });
});

describe("a client that takes its time", () => {
  const unreadable = (status: number): string => JSON.stringify({ status });
  const slow = { unreadable, headersTimeout: 300, lingerTimeout: 600_000 };

  it.each([
    ["sends nothing", ""],
    ["sends a line without end", "POST /x"],
    ["sends headers without end", "POST /x HTTP/1.1\r\nhost: x\r\nx: "],
  ])("and %s is told so and cut off", async (_what, begun) => {
    const connection = await rawConnection(await serve(slow));
    void connection.write(begun);
    // A byte now and then does not help.
    const dripping = setInterval(() => begun !== "" && void connection.write("y"), 50);
    onTestFinished(() => clearInterval(dripping));
    expect(await connection.closed()).toMatch(/^HTTP\/1\.1 408 .*\{"status":408\}$/s);
  });

  it("and does not shake hands is cut off", async () => {
    const files = new URL("../../fixtures/tls/", import.meta.url);
    const file = (name: string): string => new URL(name, files).pathname;
    const tls = { certFile: file("first.cert.pem"), keyFile: file("first.key.pem") };
    const { closed } = await rawConnection(await serve({ ...slow, tls }));
    expect(await closed()).toBe("");
  });
});
