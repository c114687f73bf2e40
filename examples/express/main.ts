/** An app backend on Express: the callbacks' route stands in front of the body parser that the other routes want. */
import assert from "node:assert/strict";
import { once } from "node:events";
import type { AddressInfo } from "node:net";

import { createMemoryInbox, createReceiver } from "@muster/receiver";
import { expressHandler } from "@muster/receiver/express";
import { sampleCallback } from "@muster/receiver/testing";
import express from "express";

const app = { sdkAppId: 1400000001, token: "the token that both sides know" };

const inbox = createMemoryInbox();
const receiver = createReceiver({ apps: [{ sdkAppId: app.sdkAppId, tokens: [app.token] }], inbox });

const backend = express();
backend.all("/callback", expressHandler(receiver));
backend.use(express.json());
backend.post("/orders", (request, response) => void response.json(request.body));

const server = backend.listen(0, "127.0.0.1");
await once(server, "listening");
const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;

const created = await sampleCallback("Group.CallbackAfterCreateGroup", { ...app, url: `${origin}/callback` });
for (let attempt = 1; attempt <= 2; attempt += 1) assert.equal((await fetch(created.url, created)).status, 200);
const forged = await sampleCallback("Group.CallbackAfterCreateGroup", {
  ...app,
  token: "a guess",
  url: `${origin}/callback`,
});
assert.equal((await fetch(forged.url, forged)).status, 401);

const [kept, ...others] = inbox.kept();
assert.deepEqual(others, []);
assert.equal(kept?.arrivals, 2);
assert.equal(kept.callback.groupId, "@TGS#2J4SZEAEL");

const order = await fetch(`${origin}/orders`, {
  method: "POST",
  headers: { "content-type": "application/json" },
  body: '{"tea":1}',
});
assert.deepEqual(await order.json(), { tea: 1 });
console.log("Express: came twice, kept once; the forged one refused; the other routes still parse.");

server.closeAllConnections();
server.close();
