import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";

import { createLog, systemClock, type MigrationEvent } from "@muster/foundation";
import { sampleCallback } from "@muster/receiver/inbox-contract";
import { beforeEach, expect, it, onTestFinished } from "vitest";

import { temporaryFolder } from "../../../../../test/harness/folder.ts";
import { postgresOfFile } from "../../../../../test/harness/postgres-of-file.ts";
import { MIRROR_SCHEMA } from "../postgres/mirror-schema.ts";
import { openPostgresStore } from "../postgres/postgres-store.ts";
import { SCHEMA } from "../postgres/schema.ts";
import { migrations } from "../sqlite/schema.ts";
import { openSqliteStore } from "../sqlite/sqlite-store.ts";
import { isRecorderStore, migrateRecorderStore } from "./migrate-recorder-store.ts";
import { recorderStoreKind } from "./recorder-store-kind.ts";

const ports = { clock: systemClock, log: createLog("recorder", "silent") };
/** So many that their table is copied in several pieces. */
const EVENTS = 2_300;

const postgres = await postgresOfFile();
let url: string;
beforeEach(async () => {
  url = await postgres.createDatabase();
});

/** A journal with bodies that are no text, and callbacks that came again. */
async function fillStore(): Promise<string> {
  const path = join(temporaryFolder(), "recorder.db");
  const { journal, sinks, close } = openSqliteStore(path);
  const keep = (i: number) =>
    journal.keep(sampleCallback({ dedupeKey: `id:1:${i}\u0000`, sequence: i, body: Uint8Array.of(0, 255, i % 256) }));
  await Promise.all(Array.from({ length: EVENTS }, (_, i) => keep(i + 1)));
  await keep(7);
  await sinks.open("archive", async () => 5);
  await sinks.setPaused("archive", true);
  await close();
  return path;
}

async function migrate(from: string, isEnd: (event: MigrationEvent) => boolean = () => false) {
  const events: MigrationEvent[] = [];
  const migrated = await migrateRecorderStore({
    from,
    to: url,
    onEvent(event) {
      events.push(event);
      if (isEnd(event)) throw new Error("killed");
    },
  });
  return { ...migrated, events };
}

const isCopying = (event: MigrationEvent): boolean => event.event === "copying" && event.table === "events";
const refusal = (message: RegExp) => ({ code: "STORE_UNUSABLE", message: expect.stringMatching(message) });

it("goes on where it was stopped, keeps recorders off meanwhile, and all is there in the end", async () => {
  const from = await fillStore();
  expect(isRecorderStore(from)).toBe(true);
  await expect(migrate(from, isCopying)).rejects.toThrow("killed");
  await expect(openPostgresStore(url, ports)).rejects.toMatchObject(refusal(/not complete: run muster migrate-store/));
  const { events, rows, wasComplete } = await migrate(from);
  // Beside the events: one that came again, their group, and a sink.
  expect([rows, wasComplete]).toEqual([EVENTS + 3, false]);
  expect(events[0]).toEqual({ event: "resumed", rows });
  expect(events.filter(isCopying)).toMatchObject([{ rows: 2_000, of: EVENTS }, { rows: EVENTS }]);
  expect(await migrate(from)).toMatchObject({ wasComplete: true, events: [] });

  const { journal, sinks, close } = await openPostgresStore(url, ports);
  onTestFinished(close);
  const page = await journal.readEvents({}, 6, 1);
  expect(page.events).toMatchObject([{ position: 7, dedupeKey: "id:1:7\u0000", arrivals: 2 }]);
  expect([...(page.events[0]?.body ?? [])]).toEqual([0, 255, 7]);
  expect(await journal.keep(sampleCallback({ dedupeKey: "id:1:8\u0000" }))).toBe("duplicate");
  expect(await journal.keep(sampleCallback({ dedupeKey: "another" }))).toBe("new");
  expect(await journal.lastPosition()).toBe(EVENTS + 1);
  expect(await sinks.open("archive", async () => 0)).toMatchObject({ position: 5, paused: true });
});

it("does not end where a byte differs", async () => {
  const from = await fillStore();
  const isLast = (event: MigrationEvent): boolean => event.event === "copied" && event.table === "snapshots";
  await expect(migrate(from, isLast)).rejects.toThrow("killed");
  await postgres.run(url, `UPDATE ${SCHEMA}.events SET body = set_byte(body, 0, 1) WHERE position = 9`);
  await expect(migrate(from)).rejects.toMatchObject(refusal(/table events, of app 1400000001: 2300 rows/));
});

it("refuses a database that has a recorder's data, or a mirror of others, and another program's file", async () => {
  const from = await fillStore();
  await postgres.run(url, `CREATE SCHEMA ${MIRROR_SCHEMA}`);
  await expect(migrate(from)).rejects.toMatchObject(refusal(/has muster_mirror of another store.*DROP SCHEMA/));
  const { journal, close } = await openPostgresStore(url, ports);
  await journal.keep(sampleCallback({ dedupeKey: "one" }));
  await close();
  await expect(migrate(from)).rejects.toMatchObject(refusal(/holds data already \(in muster_recorder\.events\)/));
  const other = join(temporaryFolder(), "server.db");
  const file = new DatabaseSync(other);
  file.exec("PRAGMA application_id = 1; CREATE TABLE other (id)");
  file.close();
  expect(isRecorderStore(other)).toBe(false);
  expect(isRecorderStore(`${other}.none`)).toBe(false);
  await expect(migrate(other)).rejects.toMatchObject(refusal(/another program's data/));
});

it("copies every table of both, but for the one that holds the last position", async () => {
  const { close } = await openPostgresStore(url, ports);
  await close();
  const copied = recorderStoreKind.tables.map(({ name }) => name).toSorted();
  const there = await postgres.rows(url, `SELECT tablename AS name FROM pg_tables WHERE schemaname = '${SCHEMA}'`);
  const own = ["import", "import_table", "journal", "schema_version"];
  expect(there.map(({ name }) => String(name)).toSorted()).toEqual([...copied, ...own].toSorted());
  const source = new DatabaseSync(":memory:");
  for (const { sql } of migrations) source.exec(sql);
  const held = source.prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%'").all();
  expect(held.map(({ name }) => String(name)).toSorted()).toEqual(copied);
});
