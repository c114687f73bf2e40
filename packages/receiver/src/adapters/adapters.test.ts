import { once } from "node:events";
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo } from "node:net";

import { createAdaptorServer } from "@hono/node-server";
import express from "express";
import fastify from "fastify";
import { Hono } from "hono";
import { describe, expect, it, onTestFinished } from "vitest";

import { accepted, type Answer } from "../answer.ts";
import { createMemoryInbox } from "../inbox/memory-inbox.ts";
import { createReceiver, type Receiver } from "../create-receiver.ts";
import { sampleCallback } from "../testing/sample-callback.ts";
import { describeAdapter, describeReading, type StartAdapter } from "./adapter.contract.ts";
import { expressHandler } from "./express.ts";
import { fastifyCallbacks } from "./fastify.ts";
import { fetchHandler } from "./fetch.ts";
import { honoHandler } from "./hono.ts";
import { lambdaHandler, type LambdaEvent } from "./lambda.ts";
import { nodeHandler } from "./node-http.ts";

const sdkAppId = 1400000001;

async function listening(server: Pick<Server, "listen" | "address" | "close"> & Partial<Server>): Promise<string> {
  server.listen(0, "127.0.0.1");
  if (server.once) await once(server as Server, "listening");
  onTestFinished(() => {
    server.closeAllConnections?.();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

const startNode: StartAdapter = (receiver, options) => listening(createServer(nodeHandler(receiver, options)));

const startExpress: StartAdapter = (receiver, options) => {
  const app = express();
  app.all("/callback", expressHandler(receiver, options));
  app.use(express.json());
  return listening(createServer(app as RequestListener));
};

const startFastify: StartAdapter = async (receiver, options) => {
  const app = fastify({ forceCloseConnections: true });
  await app.register(fastifyCallbacks(receiver, { path: "/callback", ...options }));
  onTestFinished(() => app.close());
  return await app.listen({ port: 0, host: "127.0.0.1" });
};

const startHono: StartAdapter = (receiver, options) => {
  const app = new Hono();
  app.all("/callback", honoHandler(receiver, options));
  return listening(createAdaptorServer({ fetch: app.fetch }) as Server);
};

const startFetch: StartAdapter = (receiver, options) =>
  listening(createAdaptorServer({ fetch: fetchHandler(receiver, options) }) as Server);

/** What stands in front of a function: it reads the whole body and makes an event of the request. */
function gateway(
  toEvent: (request: { method: string; url: URL; headers: [string, string][]; body: Buffer }) => LambdaEvent,
): StartAdapter {
  return (receiver) => {
    const handler = lambdaHandler(receiver);
    return listening(
      createServer((request, response) => {
        const chunks: Buffer[] = [];
        request.on("data", (chunk: Buffer) => chunks.push(chunk));
        request.on("end", () => {
          const url = new URL(request.url ?? "", "http://gateway");
          const headers = Object.entries(request.headers).map(([name, value]): [string, string] => [
            name,
            String(value),
          ]);
          const event = toEvent({ method: request.method ?? "", url, headers, body: Buffer.concat(chunks) });
          void handler(event).then(({ statusCode, headers: answered, body }) => {
            response.writeHead(statusCode, answered).end(body);
          });
        });
      }),
    );
  };
}

const startHttpApi = gateway(({ method, url, headers, body }) => ({
  rawQueryString: url.search.slice(1),
  headers: Object.fromEntries(headers),
  requestContext: { http: { method } },
  isBase64Encoded: true,
  body: body.toString("base64"),
}));

const startRestApi = gateway(({ method, url, headers, body }) => ({
  httpMethod: method,
  headers: Object.fromEntries(headers.map(([name, value]) => [name.toUpperCase(), value])),
  multiValueQueryStringParameters: Object.fromEntries([...url.searchParams].map(([name, value]) => [name, [value]])),
  isBase64Encoded: false,
  body: body.length === 0 ? null : body.toString("utf8"),
}));

const startLoadBalancer = gateway(({ method, url, headers, body }) => ({
  httpMethod: method,
  requestContext: { elb: {} },
  multiValueHeaders: Object.fromEntries(headers.map(([name, value]) => [name, [value]])),
  queryStringParameters: Object.fromEntries(
    url.search
      .slice(1)
      .split("&")
      .map((part) => part.split("=")),
  ) as Record<string, string>,
  isBase64Encoded: true,
  body: body.toString("base64"),
}));

const readers: [string, StartAdapter][] = [
  ["node:http", startNode],
  ["Express", startExpress],
  ["Fastify", startFastify],
  ["Hono", startHono],
  ["Fetch", startFetch],
];
const functions: [string, StartAdapter][] = [
  ["Lambda behind an HTTP API", startHttpApi],
  ["Lambda behind a REST API", startRestApi],
  ["Lambda behind a load balancer", startLoadBalancer],
];
for (const [name, start] of [...readers, ...functions]) describeAdapter(name, start);
for (const [name, start] of readers) describeReading(name, start);

describe("a body that something in front has read", () => {
  async function post(origin: string) {
    const { url, ...sample } = await sampleCallback("Group.CallbackAfterGroupDestroyed", {
      url: `${origin}/callback`,
      sdkAppId,
    });
    const response = await fetch(url, sample);
    return { status: response.status, json: (await response.json()) as { ErrorInfo: string } };
  }
  const setUp = (): { receiver: Receiver; inbox: ReturnType<typeof createMemoryInbox> } => {
    const inbox = createMemoryInbox();
    return { inbox, receiver: createReceiver({ apps: [{ sdkAppId }], inbox }) };
  };

  it("is no callback behind express.json(): the answer says where the route belongs", async () => {
    const { receiver, inbox } = setUp();
    const app = express().use(express.json()).all("/callback", expressHandler(receiver));
    const { status, json } = await post(await listening(createServer(app as RequestListener)));
    expect(status).toBe(500);
    expect(json.ErrorInfo).toContain("before anything that parses bodies");
    expect(inbox.kept()).toEqual([]);
  });

  it("is the callback behind express.raw()", async () => {
    const { receiver, inbox } = setUp();
    const app = express();
    app.all("/callback", express.raw({ type: () => true, limit: "1mb" }), expressHandler(receiver));
    expect(await post(await listening(createServer(app as RequestListener)))).toMatchObject({ status: 200 });
    expect(inbox.kept()).toMatchObject([{ callback: { fault: undefined } }]);
  });

  it("is no callback behind c.req.json() of Hono", async () => {
    const { receiver } = setUp();
    const app = new Hono();
    app.use(async (context, next) => {
      await context.req.json();
      await next();
    });
    app.all("/callback", honoHandler(receiver));
    const { status, json } = await post(await listening(createAdaptorServer({ fetch: app.fetch }) as Server));
    expect(status).toBe(500);
    expect(json.ErrorInfo).toContain("before anything that parses bodies");
  });

  it("leaves the parsers of Fastify's other routes as they are", async () => {
    const { receiver } = setUp();
    const app = fastify({ forceCloseConnections: true });
    await app.register(fastifyCallbacks(receiver, { path: "/callback" }));
    app.post("/other", (request) => ({ got: request.body }));
    onTestFinished(() => app.close());
    const origin = await app.listen({ port: 0, host: "127.0.0.1" });
    expect(await post(origin)).toMatchObject({ status: 200 });
    const other = await fetch(`${origin}/other`, {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: '{"a":1}',
    });
    expect(await other.json()).toEqual({ got: { a: 1 } });
  });
});

it("leaves it at the answer that something in front has given meanwhile", async () => {
  const unheard: unknown[] = [];
  const note = (reason: unknown): void => void unheard.push(reason);
  process.on("unhandledRejection", note);
  onTestFinished(() => void process.off("unhandledRejection", note));
  const kept = Promise.withResolvers<Answer>();
  const handle = nodeHandler({ handle: () => kept.promise });
  const origin = await listening(
    createServer((request, response) => {
      handle(request, response);
      response.writeHead(504).end();
    }),
  );
  expect((await fetch(`${origin}/callback`, { method: "POST", body: "{}" })).status).toBe(504);
  kept.resolve(accepted());
  // Rejections that nobody has looked after are told of when everything else is done.
  for (let turn = 0; turn < 3; turn += 1) await new Promise(setImmediate);
  expect(unheard).toEqual([]);
});

describe("a Lambda event", () => {
  it("whose base64 is none is refused", async () => {
    const receiver = createReceiver({ apps: [{ sdkAppId }], inbox: createMemoryInbox() });
    const event = { httpMethod: "POST", isBase64Encoded: true, body: "%%%" };
    expect(await lambdaHandler(receiver)(event)).toMatchObject({ statusCode: 400, isBase64Encoded: false });
  });
});
