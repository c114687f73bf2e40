import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";

import { openSqlite } from "@muster/foundation";
import { expect, it } from "vitest";

import { temporaryFolder } from "../../../../../test/harness/folder.ts";
import { newMember } from "../../group/new-member.ts";
import { storeContract, type StoreUnderTest } from "../store.contract.ts";
import { APPLICATION_ID, migrations } from "./migrations.ts";
import { openSqliteStore } from "./open-store.ts";

function openAt(path: string): StoreUnderTest {
  const opened = openSqliteStore(path);
  return {
    ...opened,
    keepsOrder: true,
    async reopen() {
      await opened.close();
      return openAt(path);
    },
  };
}

storeContract("SQLite", async () => openAt(join(temporaryFolder(), "server.db")));

it("takes a file along that the first version wrote, with all that is in it", async () => {
  const path = join(temporaryFolder(), "server.db");
  const first = openSqlite(path, APPLICATION_ID, migrations.slice(0, 1));
  first.writer.exec(`
    INSERT INTO account VALUES (7, 'leckie', 'L', '');
    INSERT INTO chat_group VALUES (7, 'chess', 'Public', 'Chess', 'i', 'n', 'f', 'leckie', 5, 6, 100, 'FreeAccess',
      'FreeAccess', 0, '{"UserDefined1":"hello"}');
    INSERT INTO member (app, group_id, user_id, role, join_time) VALUES (7, 'chess', 'leckie', 'Owner', 5);
    INSERT INTO topic (app, group_id, topic_id, name, introduction, notification, face_url, custom_string, creator,
      create_time) VALUES (7, 'chess', 'chess@TOPIC#_a', 'a', '', '', '', '', 'leckie', 5);
    INSERT INTO lane VALUES (7, 'chess', 2, 1, 8);
    INSERT INTO outbox (app, lane, sequence, id, command, body, client_ip, platform, accepted_at, state, attempts)
      VALUES (7, 'chess', 1, 'one', 'Group.CallbackAfterCreateGroup', '{}', '', 'Web', 7, 'delivered', 1),
             (7, 'chess', 2, 'two', 'Group.CallbackAfterCreateTopic', '{}', '', 'Web', 8, 'pending', 3);
  `);
  first.close();

  const { store, outbox, close } = openAt(path);
  const reads = store.read(7);
  expect(await reads.missingAccounts(["leckie"])).toEqual([]);
  expect(await reads.group("chess")).toEqual({
    groupId: "chess",
    type: "Public",
    name: "Chess",
    introduction: "i",
    notification: "n",
    faceUrl: "f",
    owner: "leckie",
    createTime: 5,
    lastInfoTime: 6,
    maxMembers: 100,
    applyJoinOption: "FreeAccess",
    inviteJoinOption: "FreeAccess",
    supportTopic: false,
    muteAll: false,
    customFields: { UserDefined1: "hello" },
  });
  expect(await reads.members("chess")).toEqual([newMember("Public", "leckie", "Owner", 5)]);
  expect(await reads.topics("chess")).toMatchObject([{ topicId: "chess@TOPIC#_a", muteAll: false }]);
  expect(await outbox.pending(7, "chess", 0, 9)).toMatchObject([{ id: "two", sequence: 2 }]);
  expect(await outbox.dueLanes(7, "retrying", 8, 9)).toMatchObject([
    { lane: "chess", last: 2, head: { sequence: 2, attempts: 3 } },
  ]);
  expect(await outbox.ledger()).toEqual([
    { sdkAppId: 7, accepted: 2, delivered: 1, pending: 1, dead: 0, cancelled: 0 },
  ]);
  await close();
});

it("keeps every attempt, readable with SQL", async () => {
  const path = join(temporaryFolder(), "server.db");
  const { store, outbox, close } = openAt(path);
  await store.write(7, (tx) =>
    tx.enqueue({
      id: "an-id",
      lane: "a",
      command: "Group.CallbackAfterCreateGroup",
      body: "{}",
      clientIp: "",
      platform: "RESTAPI",
      acceptedAt: 1,
    }),
  );
  const [callback] = await outbox.pending(7, "a", 0, 1);
  if (!callback) throw new Error("it is pending");
  const failed = { number: 1, startedAt: 2, durationMs: 3, outcome: "headers-timeout", error: "too slow" } as const;
  const worked = {
    number: 2,
    startedAt: 9,
    durationMs: 4,
    outcome: "delivered",
    status: 200,
    code: 7,
    answer: "{}",
  } as const;
  await outbox.settle([{ callback, attempt: failed, state: { pending: true, retryAt: 8 } }], 5);
  await outbox.settle([{ callback, attempt: worked, state: "delivered" }], 13);
  await close();

  const db = new DatabaseSync(path, { readOnly: true });
  expect(
    db.prepare("SELECT number, started_at, duration_ms, outcome, status, code, answer, error FROM attempt").all(),
  ).toEqual([
    {
      number: 1,
      started_at: 2,
      duration_ms: 3,
      outcome: "headers-timeout",
      status: null,
      code: null,
      answer: null,
      error: "too slow",
    },
    { number: 2, started_at: 9, duration_ms: 4, outcome: "delivered", status: 200, code: 7, answer: "{}", error: null },
  ]);
  expect(db.prepare("SELECT last, settled, due FROM lane").all()).toEqual([{ last: 1, settled: 1, due: null }]);
  db.close();
});
