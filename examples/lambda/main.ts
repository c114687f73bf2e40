/** Calls the function as its URL would: with the body in base64. */
import assert from "node:assert/strict";

import { sampleCallback } from "@muster/receiver/testing";

import { app, handler, inbox } from "./handler.ts";

const { url, headers, body } = await sampleCallback("Group.CallbackAfterNewMemberJoin", app);
const event = {
  rawQueryString: new URL(url).search.slice(1),
  requestContext: { http: { method: "POST" } },
  headers,
  isBase64Encoded: true,
  body: Buffer.from(body).toString("base64"),
};
const { statusCode, body: answer } = await handler(event);
assert.equal(statusCode, 200);
assert.deepEqual(JSON.parse(answer), { ActionStatus: "OK", ErrorInfo: "", ErrorCode: 0 });
assert.deepEqual(inbox.kept()[0]?.callback.body, body);
console.log("Lambda: the bytes that were sent are the bytes that were kept.");
