import { createMemoryInbox, type MemoryInbox } from "../inbox/memory-inbox.ts";
import { createReceiver, type Receiver } from "../create-receiver.ts";
import { sampleCallback, type SampleOptions } from "../testing/sample-callback.ts";
import { isWholeAnswer, rawConnection, type RawConnection } from "../../../../test/harness/raw-http.ts";
import { describe, expect, it } from "vitest";

import type { ReadingOptions } from "./read-body.ts";

/** Starts a server with the adapter at `/callback`; it is stopped when the test is over. Resolves with its origin. */
export type StartAdapter = (receiver: Receiver, options: ReadingOptions) => Promise<string>;

const sdkAppId = 1400000001;
const token = "xxxxyyyy";
const DESTROYED = "Group.CallbackAfterGroupDestroyed";

interface Running {
  readonly inbox: MemoryInbox;
  readonly url: string;
}

async function run(start: StartAdapter, options: ReadingOptions = { bodyTimeoutMs: 60_000 }): Promise<Running> {
  const inbox = createMemoryInbox();
  const receiver = createReceiver({ apps: [{ sdkAppId, tokens: [token] }], inbox });
  return { inbox, url: `${await start(receiver, options)}/callback` };
}

async function post({ url }: Running, options: Partial<SampleOptions> = {}, headers: Record<string, string> = {}) {
  const { url: target, ...sample } = await sampleCallback(DESTROYED, { url, sdkAppId, token, ...options });
  const response = await fetch(target, { ...sample, headers: { ...sample.headers, ...headers } });
  return { status: response.status, headers: response.headers, json: (await response.json()) as unknown };
}

const failure = (status: number) => ({
  ActionStatus: "FAIL",
  ErrorInfo: expect.stringMatching(/^[A-Z].{10,}\.$/),
  ErrorCode: status,
});

/** Begins a request whose body has still to come. */
async function begin({ url }: Running, length: string): Promise<RawConnection> {
  const connection = await rawConnection(url);
  const { url: target } = await sampleCallback(DESTROYED, { url, sdkAppId, token });
  const { host, pathname, search } = new URL(target);
  await connection.write(`POST ${pathname}${search} HTTP/1.1\r\nHost: ${host}\r\n${length}\r\n\r\n`);
  return connection;
}

/** What every adapter must do, over real sockets. */
export function describeAdapter(name: string, start: StartAdapter): void {
  describe(`the adapter for ${name}`, () => {
    it.each(["application/json", "text/plain", "application/x-www-form-urlencoded", undefined])(
      "hands on the bytes as they came, with the content type %s",
      async (type) => {
        const running = await run(start);
        const body = `{ "CallbackCommand":"${DESTROYED}",\n\t"GroupId":"@TGS#1","Type":"Public","Owner_Account":"l\\u00e9ckie","Name":"名字 😀" }\n`;
        const answer = await post(
          running,
          { body, form: "tencent" },
          type === undefined ? {} : { "content-type": type },
        );
        expect(answer).toMatchObject({ status: 200, json: { ActionStatus: "OK", ErrorInfo: "", ErrorCode: 0 } });
        expect(answer.headers.get("content-type")).toContain("application/json");
        const [kept] = running.inbox.kept();
        expect(new TextDecoder().decode(kept?.callback.body)).toBe(body);
        expect(kept?.callback).toMatchObject({ fault: undefined, clientIp: "127.0.0.1", platform: "RESTAPI" });
      },
    );

    it("hands on the headers: what comes again is known by its id", async () => {
      const running = await run(start);
      for (const attempt of [1, 2]) {
        expect(await post(running, { id: "msg_1", sequence: 7, attempt })).toMatchObject({ status: 200 });
      }
      expect(running.inbox.kept()).toMatchObject([{ arrivals: 2, callback: { id: "msg_1", sequence: 7 } }]);
    });

    it("answers what is forged with 401, and keeps nothing", async () => {
      const running = await run(start);
      const forged = await post(running, { token: "another" });
      expect(forged).toMatchObject({ status: 401, json: failure(401) });
      expect(running.inbox.kept()).toEqual([]);
    });

    it.each(["GET", "PUT", "DELETE"])("answers %s with 405 and the method that is taken", async (method) => {
      const { url } = await run(start);
      const response = await fetch(url, { method });
      expect([response.status, response.headers.get("allow")]).toEqual([405, "POST"]);
      expect(await response.json()).toEqual(failure(405));
    });

    it("takes a body near the limit", async () => {
      const running = await run(start);
      expect(await post(running, { fields: { Name: "x".repeat(1_000_000) } })).toMatchObject({ status: 200 });
    });

    it("answers 413 to a body that is too long, all of which was sent", async () => {
      const running = await run(start);
      const answer = await post(running, { fields: { Name: "x".repeat(3_000_000) } });
      expect(answer).toMatchObject({ status: 413, json: failure(413) });
      expect(running.inbox.kept()).toEqual([]);
    });
  });
}

/** What an adapter that reads the body itself must do besides. */
export function describeReading(name: string, start: StartAdapter): void {
  describe(`the adapter for ${name}, while it reads`, () => {
    it("answers 413 to a chunked body as soon as it is too long, without its end", async () => {
      const running = await run(start);
      const connection = await begin(running, "Transfer-Encoding: chunked");
      const piece = `10000\r\n${"x".repeat(0x10000)}\r\n`;
      for (let i = 0; i <= 16; i += 1) await connection.write(piece);
      expect(await connection.received(isWholeAnswer)).toMatch(/^HTTP\/1\.1 413 /);
    });

    it("breaks off with who goes on sending after that", async () => {
      const running = await run(start, { bodyTimeoutMs: 500 });
      const connection = await begin(running, "Transfer-Encoding: chunked");
      const piece = `10000\r\n${"x".repeat(0x10000)}\r\n`;
      for (let i = 0; i <= 16; i += 1) await connection.write(piece);
      // On a busy machine the time is over first.
      expect(await connection.received(isWholeAnswer)).toMatch(/^HTTP\/1\.1 4(?:13|08) /);
      while (await connection.write(piece));
    });

    it("answers 408 to a body that does not come, and closes", async () => {
      const running = await run(start, { bodyTimeoutMs: 200 });
      const connection = await begin(running, "Content-Length: 100");
      await connection.write('{"CallbackCommand":');
      const text = await connection.closed();
      expect(text).toMatch(/^HTTP\/1\.1 408 /);
      expect(text).toContain("did not come within 200 ms");
      expect(running.inbox.kept()).toEqual([]);
    });

    it("outlives a sender that breaks off", async () => {
      const running = await run(start);
      const connection = await begin(running, "Content-Length: 100");
      await connection.write('{"CallbackCommand":');
      connection.socket.destroy();
      await connection.closed();
      expect(await post(running)).toMatchObject({ status: 200 });
      expect(running.inbox.kept()).toHaveLength(1);
    });
  });
}
