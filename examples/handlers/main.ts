/** An app backend with a table of rooms in SQLite: each callback is in effect once, however often and in what order it comes. */
import assert from "node:assert/strict";
import { DatabaseSync } from "node:sqlite";

import { allow, createReceiver, refuse } from "@muster/receiver";
import { createSqliteInbox } from "@muster/receiver/sqlite";
import { sampleCallback } from "@muster/receiver/testing";

const app = { sdkAppId: 1400000001, token: "the token that both sides know" };

const db = new DatabaseSync(":memory:");
db.exec("CREATE TABLE rooms (group_id TEXT PRIMARY KEY, name TEXT, owner TEXT)");
db.exec("CREATE TABLE events (group_id TEXT, what TEXT)");

let idle = (): void => {};
const receiver = createReceiver({
  apps: [{ sdkAppId: app.sdkAppId, tokens: [app.token] }],
  // With a file, the inbox has a connection of its own, and the rest of the app has others.
  inbox: createSqliteInbox(db),
  onGap: ({ groupId, missing: [from, to] }) => console.error(`${groupId} misses ${from} to ${to}: ask for a replay.`),
  onDead: ({ callback, error }) => console.error(`${callback.command} cannot be handled:`, error),
})
  .on("Group.CallbackAfterCreateGroup", ({ groupId, name, owner }, { tx }) => {
    tx.prepare("INSERT INTO rooms VALUES (?, ?, ?)").run(groupId, name, owner);
    tx.prepare("INSERT INTO events VALUES (?, 'created')").run(groupId);
  })
  .on("Group.CallbackAfterGroupDestroyed", ({ groupId }, { tx, attempt }) => {
    tx.prepare("DELETE FROM rooms WHERE group_id = ?").run(groupId);
    tx.prepare("INSERT INTO events VALUES (?, 'disbanded')").run(groupId);
    // Undone with all that was written above, and done again a second later.
    if (attempt === 1) throw new Error("the first time something else goes wrong");
    idle();
  })
  .before("Group.CallbackBeforeCreateGroup", ({ name }) => (name === "admin" ? refuse(10101, "Taken.") : allow()), {
    deadline: 1_000,
    onTimeout: "refuse",
  })
  .fallback(({ command }) => console.log(`${command} is of no interest here.`));

assert.deepEqual(receiver.commands(), [
  "Group.CallbackBeforeCreateGroup",
  "Group.CallbackAfterCreateGroup",
  "Group.CallbackAfterGroupDestroyed",
]);
await receiver.start();

const done = new Promise<void>((resolve) => (idle = resolve));
const of = { ...app, fields: { GroupId: "room" } };
const created = await sampleCallback("Group.CallbackAfterCreateGroup", { ...of, sequence: 1, id: "msg_1" });
const destroyed = await sampleCallback("Group.CallbackAfterGroupDestroyed", { ...of, sequence: 2, id: "msg_2" });
// The wrong way round, and twice.
for (const callback of [destroyed, created, destroyed, created]) {
  assert.equal((await receiver.handle(callback)).status, 200);
}
const asked = await receiver.handle(
  await sampleCallback("Group.CallbackBeforeCreateGroup", { ...app, fields: { Name: "admin" } }),
);
assert.deepEqual(JSON.parse(asked.body), { ActionStatus: "FAIL", ErrorCode: 10101, ErrorInfo: "Taken." });

await done;
await receiver.stop();
assert.deepEqual(
  db
    .prepare("SELECT what FROM events")
    .all()
    .map(({ what }) => what),
  ["created", "disbanded"],
);
assert.deepEqual(db.prepare("SELECT * FROM rooms").all(), []);
console.log("Handlers: came twice and the wrong way round, in effect once and in order.");
