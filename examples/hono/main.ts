/** An app backend on Hono, here on Node.js; it is the same on Bun, Deno and Workers. */
import assert from "node:assert/strict";
import { once } from "node:events";
import type { AddressInfo } from "node:net";

import { createAdaptorServer } from "@hono/node-server";
import { allow, createMemoryInbox, createReceiver, refuse } from "@muster/receiver";
import { honoHandler } from "@muster/receiver/hono";
import { sampleCallback } from "@muster/receiver/testing";
import { Hono } from "hono";

const app = { sdkAppId: 1400000001, token: "the token that both sides know" };

const receiver = createReceiver({
  apps: [{ sdkAppId: app.sdkAppId, tokens: [app.token] }],
  inbox: createMemoryInbox(),
}).before("Group.CallbackBeforeCreateGroup", ({ name }) =>
  name.includes("casino") ? refuse(10100, "We do not gamble here.") : allow(),
);

const backend = new Hono();
backend.all("/callback", honoHandler(receiver));

const server = createAdaptorServer({ fetch: backend.fetch });
server.listen(0, "127.0.0.1");
await once(server, "listening");
const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/callback`;

async function ask(name: string): Promise<unknown> {
  const asked = await sampleCallback("Group.CallbackBeforeCreateGroup", { ...app, url, fields: { Name: name } });
  return await (await fetch(asked.url, asked)).json();
}
assert.deepEqual(await ask("tea"), { ActionStatus: "OK", ErrorInfo: "", ErrorCode: 0 });
const refusal = { ActionStatus: "FAIL", ErrorInfo: "We do not gamble here.", ErrorCode: 10100 };
assert.deepEqual(await ask("casino"), refusal);
console.log("Hono: asked whether two groups may be created, allowed one and refused the other.");

server.close();
