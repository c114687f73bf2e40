/** An app backend on node:http alone, held against the contract of the callbacks. */
import assert from "node:assert/strict";
import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

import { createMemoryInbox, createReceiver } from "@muster/receiver";
import { nodeHandler } from "@muster/receiver/node-http";
import { checkBackend } from "@muster/receiver/testing";

const app = { sdkAppId: 1400000001, token: "the token that both sides know" };

const receiver = createReceiver({
  apps: [{ sdkAppId: app.sdkAppId, tokens: [app.token] }],
  inbox: createMemoryInbox(),
});
const server = createServer(nodeHandler(receiver)).listen(0, "127.0.0.1");
await once(server, "listening");
const { port } = server.address() as AddressInfo;

// A sender waits for 2 s: where many tests share a machine, how fast an answer comes says little.
const verdicts = await checkBackend({ url: `http://127.0.0.1:${port}/`, ...app, deadlineMs: 20_000 });
for (const { verdict, title } of verdicts) console.log(`${verdict.padEnd(8)} ${title}`);
assert.deepEqual(
  verdicts.filter(({ verdict }) => verdict === "failed"),
  [],
);

server.closeAllConnections();
server.close();
