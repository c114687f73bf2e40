import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";

import { expect, it } from "vitest";
import * as z from "zod/mini";

import { temporaryFolder } from "../../../../../test/harness/folder.ts";
import { sampleCallback } from "../inbox.contract.ts";
import { storedCallback } from "../stored-callback.ts";
import { workInboxContract } from "../work-inbox.contract.ts";
import { createSqliteInbox } from "./sqlite-inbox.ts";

const keptRow = z.object({ callback: z.string(), body: z.instanceof(Uint8Array), arrivals: z.number() });
const state = z.enum(["waiting", "done", "dead", "stale", "quarantined"]);

function openFile() {
  const path = join(temporaryFolder(), "app.db");
  const connection = new DatabaseSync(path);
  const reader = new DatabaseSync(path);
  reader.exec("CREATE TABLE effects (text TEXT NOT NULL)");
  return { path, connection, reader, inbox: createSqliteInbox(connection) };
}

workInboxContract("the SQLite inbox", () => {
  const { connection, reader, inbox } = openFile();
  return {
    inbox,
    kept: () =>
      reader
        .prepare("SELECT callback, body, arrivals FROM muster_inbox ORDER BY position")
        .all()
        .map((row) => keptRow.parse(row))
        .map(({ callback, body, arrivals }) => ({ callback: storedCallback(callback, body), arrivals })),
    stateOf: (key) => {
      const row = reader.prepare("SELECT state FROM muster_inbox WHERE dedupe_key = ?").get(key);
      return row && state.parse(row["state"]);
    },
    write: async (tx, text) => {
      // Later in time, as by a handler that waits for something.
      await new Promise(setImmediate);
      tx.prepare("INSERT INTO effects VALUES (?)").run(text);
    },
    written: () =>
      reader
        .prepare("SELECT text FROM effects ORDER BY rowid")
        .all()
        .map((row) => String(row["text"])),
    close() {
      connection.close();
      reader.close();
      return Promise.resolve();
    },
  };
});

it("keeps why a callback died in a file that is older than that", async () => {
  const { connection, reader, inbox } = openFile();
  await inbox.open();
  await inbox.keep(sampleCallback());
  await inbox.work(0, ({ lane }) => Promise.resolve({ lane, state: "dead", failures: 12 }));
  reader.exec("ALTER TABLE muster_inbox DROP COLUMN error; DROP INDEX muster_inbox_dead");
  await Promise.all([connection, reader].map((each) => createSqliteInbox(each).open()));
  const newer = createSqliteInbox(reader);
  expect(await newer.deadLetters(0, 9)).toMatchObject([{ attempts: 12, error: undefined }]);
  await newer.keep(sampleCallback({ dedupeKey: "b", groupId: "h" }));
  await newer.work(0, ({ lane }) => Promise.resolve({ lane, state: "dead", failures: 12, error: "no" }));
  expect((await newer.deadLetters(0, 9)).map(({ error }) => error)).toEqual([undefined, "no"]);
  connection.close();
  reader.close();
});

it("goes on in a file that another process has left", async () => {
  const { path, connection, reader, inbox } = openFile();
  await inbox.keep(sampleCallback());
  connection.close();
  const again = new DatabaseSync(path);
  const seen: string[] = [];
  const other = createSqliteInbox(again);
  await other.open();
  expect(await other.keep(sampleCallback())).toBe("duplicate");
  await other.work(0, ({ callback, lane }) => {
    seen.push(callback.dedupeKey);
    return Promise.resolve({ lane, state: "done", failures: 0 });
  });
  expect(seen).toEqual([sampleCallback().dedupeKey]);
  again.close();
  reader.close();
});

it.each(["COMMIT", "rollback", " BEGIN", "INSERT INTO effects VALUES ('x'); END"])(
  "lets no handler end the transaction with %j",
  async (sql) => {
    const { connection, reader, inbox } = openFile();
    await inbox.keep(sampleCallback());
    await inbox.work(0, async ({ lane }, runEffect) => {
      const effect = runEffect((tx) => {
        tx.exec(sql);
        return Promise.resolve();
      });
      await expect(effect).rejects.toThrow("the receiver's to begin and to end");
      return { lane, state: "dead", failures: 1 };
    });
    expect(reader.prepare("SELECT * FROM effects").all()).toEqual([]);
    connection.close();
    reader.close();
  },
);

it("keeps nothing while another connection holds the file, and says so", async () => {
  const { connection, reader, inbox } = openFile();
  await inbox.open();
  connection.exec("PRAGMA busy_timeout = 0");
  reader.exec("BEGIN IMMEDIATE");
  await expect(inbox.keep(sampleCallback())).rejects.toThrow("locked");
  reader.exec("ROLLBACK");
  expect(await inbox.keep(sampleCallback())).toBe("new");
  connection.close();
  reader.close();
});

it("counts it as the handler's failure where a constraint is broken only at the commit, and goes on with other lanes", async () => {
  const { connection, reader, inbox } = openFile();
  reader.exec(`
    CREATE TABLE rooms (id TEXT PRIMARY KEY);
    CREATE TABLE seats (room TEXT REFERENCES rooms (id) DEFERRABLE INITIALLY DEFERRED)`);
  for (const groupId of ["broken", "whole"]) await inbox.keep(sampleCallback({ dedupeKey: groupId, groupId }));
  const worked: string[] = [];
  const work = () =>
    inbox.work(0, async ({ lane, callback, failures }, runEffect) => {
      const { dedupeKey } = callback;
      try {
        await runEffect(async (tx) => {
          tx.prepare("INSERT INTO effects VALUES (?)").run(dedupeKey);
          if (dedupeKey === "broken") tx.exec("INSERT INTO seats VALUES ('nowhere')");
        });
      } catch (error) {
        worked.push(`${dedupeKey}: ${String(error)}`);
        return { lane: { ...lane, dueAt: 1_000 }, state: "waiting", failures: failures + 1 };
      }
      worked.push(dedupeKey);
      return { lane, state: "done", failures };
    });
  while (await work());
  expect(worked).toEqual(["broken", "broken: Error: FOREIGN KEY constraint failed", "whole"]);
  expect(reader.prepare("SELECT text FROM effects").all()).toEqual([{ text: "whole" }]);
  expect(await inbox.nextDue(0)).toBe(1_000);
  connection.close();
  reader.close();
});

it("keeps what is new on a connection that says null where there is no row, as bun:sqlite does", async () => {
  const { connection, reader, inbox } = openFile();
  const nullish = createSqliteInbox({
    exec: (sql) => connection.exec(sql),
    prepare(sql) {
      const statement = connection.prepare(sql);
      return {
        run: (...parameters) => statement.run(...parameters),
        get: (...parameters) => statement.get(...parameters) ?? null,
        all: (...parameters) => statement.all(...parameters),
      };
    },
  });
  expect(await nullish.keep(sampleCallback())).toBe("new");
  await nullish.work(0, ({ lane }) => Promise.resolve({ lane, state: "done", failures: 0 }));
  expect(await nullish.work(0, () => Promise.reject(new Error("There is nothing.")))).toBe(false);
  expect(await inbox.keep(sampleCallback())).toBe("duplicate");
  connection.close();
  reader.close();
});
