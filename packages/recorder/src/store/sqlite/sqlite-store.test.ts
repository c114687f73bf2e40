import { mkdtempSync, rmSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";

import { createLog, systemClock } from "@muster/foundation";
import { sampleCallback } from "@muster/receiver/inbox-contract";
import { expect, it, onTestFinished } from "vitest";

import { temporaryFolder } from "../../../../../test/harness/folder.ts";
import { quickFolders } from "../../../../../test/harness/quick-folders.ts";
import { recorderStoreContract } from "../recorder-store.contract.ts";
import type { RecorderStore } from "../recorder-store.ts";
import { createEventReader } from "./event-reader.ts";
import { createEventWriter } from "./event-writer.ts";
import { createGroupReader } from "./group-reader.ts";
import { migrations } from "./schema.ts";
import { openSqliteStore, openThreadedStore } from "./sqlite-store.ts";

const ports = { clock: systemClock, log: createLog("recorder", "silent") };
const ways: Readonly<Record<string, (path: string) => Promise<RecorderStore>>> = {
  "the SQLite store": async (path) => openSqliteStore(path),
  "the SQLite store that a thread writes": (path) => openThreadedStore(path, ports),
};
for (const [name, open] of Object.entries(ways)) {
  recorderStoreContract(name, async () => {
    const folder = mkdtempSync(join(quickFolders, "muster-"));
    return {
      open: () => open(join(folder, "recorder.db")),
      remove: async () => rmSync(folder, { recursive: true }),
    };
  });
}

it("can be read by another process with SQL", async () => {
  const path = join(temporaryFolder(), "recorder.db");
  const { journal, close } = openSqliteStore(path);
  onTestFinished(close);
  await journal.keep(sampleCallback());
  const other = new DatabaseSync(path, { readOnly: true });
  onTestFinished(() => other.close());
  expect(other.prepare("SELECT group_id FROM events").all()).toEqual([{ group_id: "@TGS#2J4SZEAEL" }]);
});

it("finds everything by an index and sorts nothing", async () => {
  const db = new DatabaseSync(":memory:");
  for (const { sql } of migrations) db.exec(sql);
  const statements: string[] = [];
  const spying = Object.create(db, {
    prepare: {
      value(sql: string) {
        statements.push(sql);
        return db.prepare(sql);
      },
    },
  }) as DatabaseSync;
  createEventWriter(spying);
  createGroupReader(spying);
  const events = createEventReader(spying);
  for (const sdkAppId of [undefined, 1]) {
    for (const groupId of [undefined, "a"]) {
      for (const command of [undefined, "x"]) await events.readEvents({ sdkAppId, groupId, command }, 0, 1);
    }
  }
  const plans = statements
    .filter((sql) => /^\s*SELECT.* FROM events|FROM events AS e/s.test(sql) || sql.includes("WHERE first_position >"))
    .map((sql) => ({
      sql,
      steps: db
        .prepare(`EXPLAIN QUERY PLAN ${sql}`)
        .all()
        .map((row) => String(row["detail"])),
    }));
  expect(plans.length).toBeGreaterThan(12);
  expect(plans.filter(({ steps }) => steps.some((step) => /^SCAN (?!json_each)|TEMP B-TREE/.test(step)))).toEqual([]);
  const byGroup = plans.filter(({ sql }) => sql.includes("group_id = ") && sql.includes("FROM events"));
  expect(byGroup.filter(({ steps }) => !steps.some((step) => step.includes("events_by_group")))).toEqual([]);
});
