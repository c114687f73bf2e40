/** An app backend on Fastify: the callbacks are a plugin with body parsers of its own. */
import assert from "node:assert/strict";

import { createMemoryInbox, createReceiver } from "@muster/receiver";
import { fastifyCallbacks } from "@muster/receiver/fastify";
import { sampleCallback } from "@muster/receiver/testing";
import fastify from "fastify";

const app = { sdkAppId: 1400000001, token: "the token that both sides know" };

const inbox = createMemoryInbox();
const receiver = createReceiver({ apps: [{ sdkAppId: app.sdkAppId, tokens: [app.token] }], inbox });

const backend = fastify();
await backend.register(fastifyCallbacks(receiver, { path: "/callback" }));
backend.post("/orders", (request) => request.body);
const origin = await backend.listen({ port: 0, host: "127.0.0.1" });

// As Tencent Cloud Chat sends it: no id, no content type.
const disbanded = await sampleCallback("Group.CallbackAfterGroupDestroyed", {
  ...app,
  url: `${origin}/callback`,
  form: "tencent",
});
for (let attempt = 1; attempt <= 2; attempt += 1) assert.equal((await fetch(disbanded.url, disbanded)).status, 200);
assert.deepEqual(
  inbox.kept().map(({ arrivals, callback }) => [arrivals, callback.command]),
  [[2, "Group.CallbackAfterGroupDestroyed"]],
);

const order = await backend.inject({ method: "POST", url: "/orders", payload: { tea: 1 } });
assert.deepEqual(order.json(), { tea: 1 });
console.log("Fastify: came twice without an id, kept once; the other routes still parse.");

await backend.close();
