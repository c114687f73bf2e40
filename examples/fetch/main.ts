/** Calls the route as its framework would. */
import assert from "node:assert/strict";

import { sampleCallback } from "@muster/receiver/testing";

import { app, inbox, POST } from "./route.ts";

const url = "https://app.example.com/callback";

const deleted = await sampleCallback("Group.CallbackAfterTopicDestroyed", { ...app, url });
const answer = await POST(new Request(deleted.url, deleted));
assert.equal(answer.status, 200);
assert.deepEqual(await answer.json(), { ActionStatus: "OK", ErrorInfo: "", ErrorCode: 0 });
assert.equal(inbox.kept()[0]?.callback.groupId, "@TGS#_@TGS#cQVLVHIM62CJ");

const foreign = await sampleCallback("Group.CallbackAfterTopicDestroyed", { ...app, sdkAppId: 1400000002, url });
assert.equal((await POST(new Request(foreign.url, foreign))).status, 403);
console.log("Fetch: topics deleted, kept; another app's callback refused.");
