import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";

import { expect, it } from "vitest";

import { temporaryFolder } from "../../../../../test/harness/folder.ts";
import { storeContract, type StoreUnderTest } from "../store.contract.ts";
import { openSqliteStore } from "./open-store.ts";

function openAt(path: string): StoreUnderTest {
  const opened = openSqliteStore(path);
  return {
    ...opened,
    async reopen() {
      await opened.close();
      return openAt(path);
    },
  };
}

storeContract("SQLite", async () => openAt(join(temporaryFolder(), "server.db")));

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
  const failed = { number: 1, startedAt: 2, durationMs: 3, outcome: "timeout", error: "too slow" } as const;
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
      outcome: "timeout",
      status: null,
      code: null,
      answer: null,
      error: "too slow",
    },
    { number: 2, started_at: 9, duration_ms: 4, outcome: "delivered", status: 200, code: 7, answer: "{}", error: null },
  ]);
  expect(db.prepare("SELECT state, attempts, settled_at FROM outbox").all()).toEqual([
    { state: "delivered", attempts: 2, settled_at: 13 },
  ]);
  db.close();
});
