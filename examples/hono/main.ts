/** An app backend on Hono, here on Node.js; it is the same on Bun, Deno and Workers. */
import assert from "node:assert/strict";
import { once } from "node:events";
import type { AddressInfo } from "node:net";

import { createAdaptorServer } from "@hono/node-server";
import { createMemoryInbox, createReceiver } from "@muster/receiver";
import { honoHandler } from "@muster/receiver/hono";
import { sampleCallback } from "@muster/receiver/testing";
import { Hono } from "hono";

const app = { sdkAppId: 1400000001, token: "the token that both sides know" };

const inbox = createMemoryInbox();
const receiver = createReceiver({ apps: [{ sdkAppId: app.sdkAppId, tokens: [app.token] }], inbox });

const backend = new Hono();
backend.all("/callback", honoHandler(receiver));

const server = createAdaptorServer({ fetch: backend.fetch });
server.listen(0, "127.0.0.1");
await once(server, "listening");
const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/callback`;

const asked = await sampleCallback("Group.CallbackBeforeCreateGroup", { ...app, url });
const answer = await fetch(asked.url, asked);
assert.deepEqual(await answer.json(), { ActionStatus: "OK", ErrorInfo: "", ErrorCode: 0 });
assert.equal(inbox.kept().length, 1);
console.log("Hono: asked whether a group may be created, and allowed it.");

server.close();
