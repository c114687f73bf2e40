import { once } from "node:events";
import { createServer, type AddressInfo } from "node:net";

import { callbackCommands, callbackRow } from "@muster/protocol";
import fc from "fast-check";
import { Webhook } from "standardwebhooks";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

import { createManualClock } from "../../../../test/harness/manual-clock.ts";
import { demoApp, demoCallback } from "../../../../test/harness/demo-app.ts";
import { pendingCallback } from "../../../../test/harness/pending-callback.ts";
import { callbackUrlProblems } from "../callback-url-rules.ts";
import type { PendingCallback } from "../ports/outbox.ts";
import { createTracing } from "../open-telemetry.ts";
import { createHttpSender } from "./http-sender.ts";

const OK = "HTTP/1.1 200 OK\r\nconnection: close\r\ncontent-length: 2\r\n\r\n{}";
const NOW = 1_700_000_000_000;

/** A server that keeps the bytes of each connection's one request. */
const written: Buffer[] = [];
const server = createServer((socket) => {
  let bytes = Buffer.alloc(0);
  socket.on("error", () => undefined);
  socket.on("data", (chunk: Buffer) => {
    bytes = Buffer.concat([bytes, chunk]);
    const head = bytes.indexOf("\r\n\r\n");
    const length = Number(/\r\ncontent-length: (\d+)\r\n/.exec(bytes.toString("latin1"))?.[1]);
    if (head === -1 || bytes.length < head + 4 + length) return;
    written.push(bytes);
    socket.end(OK);
  });
});
let port = 0;
beforeAll(async () => {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  ({ port } = server.address() as AddressInfo);
});
afterAll(() => void server.close());

/** The bytes that an attempt writes; `undefined` where it writes none. */
async function bytesOf(
  callback: PendingCallback,
  { path = "/callback", tokens = [] }: { readonly path?: string; readonly tokens?: readonly string[] } = {},
): Promise<Buffer | undefined> {
  const [token, ...previousTokens] = tokens;
  const settings = { ...demoCallback(`http://127.0.0.1:${port}${path}`), token, previousTokens };
  const app = { ...demoApp, callback: settings };
  const clock = { ...createManualClock(NOW), after: () => () => undefined };
  const sender = createHttpSender({ get: () => app, all: () => [app], isClosed: () => false }, clock, createTracing());
  written.length = 0;
  const attempt = await sender.send(callback, 1);
  await sender.close();
  expect(written.length).toBe(attempt?.outcome === "delivered" ? 1 : 0);
  return written[0];
}

interface Written {
  readonly requestLine: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

function read(bytes: Buffer): Written {
  const end = bytes.indexOf("\r\n\r\n");
  const [requestLine = "", ...lines] = bytes.subarray(0, end).toString("latin1").split("\r\n");
  const headers = lines.map((line) => [line.slice(0, line.indexOf(": ")), line.slice(line.indexOf(": ") + 2)]);
  return { requestLine, headers: Object.fromEntries(headers), body: bytes.subarray(end + 4).toString("utf8") };
}

const names = [
  "accept-encoding",
  "connection",
  "content-length",
  "content-type",
  "host",
  "muster-attempt",
  "muster-sequence",
  "user-agent",
  "webhook-id",
  "webhook-signature",
  "webhook-timestamp",
];

/** Texts with what would end a line, a header or a request among other things. */
const nasty = fc.oneof(
  fc.string({ unit: "binary", maxLength: 40 }),
  fc
    .array(
      fc.constantFrom(
        "\r",
        "\n",
        "\r\n",
        "\0",
        " ",
        "\t",
        ":",
        "x: y",
        "\r\nx: y\r\n\r\n",
        "é",
        "♞",
        "\u2028",
        "a",
        "%0d%0a",
        ".",
      ),
      {
        maxLength: 12,
      },
    )
    .map((parts) => parts.join("")),
);

describe("what is written for a callback", () => {
  it("is one request with the documented headers and no other, whatever ids, groups, addresses and tokens hold", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.record({ id: nasty, lane: nasty, clientIp: nasty, body: nasty, platform: nasty }),
        fc.constantFrom(...callbackCommands),
        fc.array(nasty, { minLength: 1, maxLength: 3 }),
        async ({ platform, ...parts }, command, tokens) => {
          const callback = { ...pendingCallback, ...parts, command, platform: platform as PendingCallback["platform"] };
          const bytes = await bytesOf(callback, { tokens });
          // An id that would not be one header is not sent at all.
          expect(bytes === undefined).toBe(/[^\t\x20-\x7e\x80-\xff]/.test(parts.id));
          if (!bytes) return;
          const { requestLine, headers, body } = read(bytes);
          expect(requestLine).toMatch(/^POST \/callback\?[\x21-\x7e]+ HTTP\/1\.1$/);
          expect(Object.keys(headers).toSorted()).toEqual(names);
          expect(body).toBe(Buffer.from(parts.body).toString("utf8"));
          const query = new URLSearchParams(requestLine.split(" ")[1]?.split("?")[1]);
          expect([query.get("CallbackCommand"), query.get("SdkAppid")]).toEqual([command, "1400000001"]);
          const whoActed = callbackRow(command).systemMade ? [] : ["ClientIP", "OptPlatform"];
          const keys = ["SdkAppid", "CallbackCommand", "contenttype", ...whoActed, "Sign", "RequestTime"];
          expect([...query.keys()]).toEqual(keys);
        },
      ),
      { numRuns: 300 },
    );
  });

  it("goes to the URL's own path alone, whatever a URL that was taken holds", async () => {
    await fc.assert(
      fc.asyncProperty(nasty, async (tail) => {
        const path = `/callback/${tail}`;
        fc.pre(callbackUrlProblems(`http://127.0.0.1:${port}${path}`).length === 0);
        const bytes = await bytesOf(pendingCallback, { path });
        const { requestLine, headers } = read(bytes ?? Buffer.alloc(0));
        expect(requestLine).toMatch(/^POST \/[\x21-\x7e]+&OptPlatform=iOS HTTP\/1\.1$/);
        expect(headers["host"]).toBe(`127.0.0.1:${port}`);
        expect(Object.keys(headers).toSorted()).toEqual(names.filter((name) => name !== "webhook-signature"));
      }),
      { numRuns: 200 },
    );
  });

  it("is signed as a Standard Webhooks library would with each token of an overlap, and with no other", async () => {
    const token = fc.string({ minLength: 1, maxLength: 40 });
    const settled = fc.uniqueArray(token, { minLength: 2, maxLength: 4 });
    await fc.assert(
      fc.asyncProperty(settled, fc.json(), async ([stranger = "", ...tokens], body) => {
        const { headers } = read((await bytesOf({ ...pendingCallback, body }, { tokens })) ?? Buffer.alloc(0));
        expect(headers["webhook-timestamp"]).toBe(String(NOW / 1_000));
        const verifying = (key: string) => new Webhook(`whsec_${Buffer.from(key).toString("base64")}`);
        const signed = headers["webhook-signature"]?.split(" ") ?? [];
        const at = new Date(NOW);
        expect(signed).toEqual(tokens.map((key) => verifying(key).sign(pendingCallback.id, at, body)));
        expect(signed).not.toContain(verifying(stranger).sign(pendingCallback.id, at, body));
      }),
      { numRuns: 50 },
    );
  });
});
