import { existsSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";

import { createLog, systemClock, type MigrationEvent } from "@muster/foundation";
import { beforeEach, describe, expect, it, onTestFinished } from "vitest";

import { temporaryFolder } from "../../../../../test/harness/folder.ts";
import { postgresOfFile } from "../../../../../test/harness/postgres-of-file.ts";
import { SCHEMA } from "../postgres/migrations.ts";
import { openPostgresStore } from "../postgres/open-store.ts";
import { migrations } from "../sqlite/migrations.ts";
import { openSqliteStore } from "../sqlite/open-store.ts";
import { migrateServerStore } from "./migrate-server-store.ts";
import { serverStore } from "./server-store.ts";

const ports = { clock: systemClock, log: createLog("server", "silent") };
const APP = 1400000001;
const OTHER_APP = 1400000002;
/** So many that their table is copied in several pieces. */
const ACCOUNTS = 2_500;

const postgres = await postgresOfFile();
let url: string;
beforeEach(async () => {
  url = await postgres.createDatabase();
});

/** A store with accounts of two apps. */
async function fillStore(): Promise<string> {
  const path = join(temporaryFolder(), "server.db");
  const { store, close } = openSqliteStore(path);
  const write = (app: number, names: readonly string[]): Promise<void> =>
    store.write(app, async (tx) => {
      for (const userId of names) await tx.putAccount({ userId, nick: `nick of ${userId}`, faceUrl: "\u001A\u0000" });
    });
  await write(
    APP,
    Array.from({ length: ACCOUNTS }, (_, i) => `user\u0000${i}`),
  );
  await write(OTHER_APP, ["leckie"]);
  await close();
  return path;
}

/** Migrates, and stops where an event says so, as whoever is killed. */
async function migrate(from: string, isEnd: (event: MigrationEvent) => boolean = () => false) {
  const events: MigrationEvent[] = [];
  const migrated = await migrateServerStore({
    from,
    to: url,
    onEvent(event) {
      events.push(event);
      if (isEnd(event)) throw new Error("killed");
    },
  });
  return { ...migrated, events };
}

const isCopying = (event: MigrationEvent): boolean => event.event === "copying" && event.table === "account";
const refusal = (message: RegExp) => ({
  name: "StartError",
  code: "STORE_UNUSABLE",
  message: expect.stringMatching(message),
});

describe("migrating a store", () => {
  it("goes on where it was stopped, and tells what both hold", async () => {
    const from = await fillStore();
    await expect(migrate(from, isCopying)).rejects.toThrow("killed");
    const { events, rows, wasComplete } = await migrate(from);
    expect(events[0]).toEqual({ event: "resumed", rows });
    const copying = events.filter(isCopying).map((event) => "rows" in event && event.rows);
    expect(copying[0]).toBe(2_000);
    expect(copying.at(-1)).toBe(ACCOUNTS + 1);
    expect(events.find((event) => event.event === "verified")).toMatchObject({
      table: "account",
      apps: [
        { app: APP, rows: ACCOUNTS },
        { app: OTHER_APP, rows: 1 },
      ],
    });
    expect(wasComplete).toBe(false);
    expect(await migrate(from)).toMatchObject({ wasComplete: true, events: [] });
    const { store, close } = await openPostgresStore(url, ports);
    onTestFinished(close);
    expect(await store.read(APP).missingAccounts(["user\u00007", "nobody"])).toEqual(["nobody"]);
  });

  it("keeps servers off a database that it has not completed", async () => {
    const from = await fillStore();
    await expect(migrate(from, isCopying)).rejects.toThrow("killed");
    await expect(openPostgresStore(url, ports)).rejects.toMatchObject(
      refusal(/not complete: run muster migrate-store/),
    );
  });

  it("refuses a file that a server has open, or that is not there", async () => {
    const from = await fillStore();
    const { close } = openSqliteStore(from);
    await expect(migrate(from)).rejects.toMatchObject(refusal(/another process has it open/));
    await close();
    const missing = join(temporaryFolder(), "server.db");
    await expect(migrate(missing)).rejects.toMatchObject(refusal(/There is no store .*server\.db/));
    expect(existsSync(missing)).toBe(false);
  });

  it("refuses a database that has a server's data, or a server", async () => {
    const from = await fillStore();
    const server = await openPostgresStore(url, ports);
    await expect(migrate(from)).rejects.toMatchObject(refusal(/in use by a server/));
    await server.store.write(APP, (tx) => tx.putAccount({ userId: "bob", nick: "", faceUrl: "" }));
    await server.close();
    await expect(migrate(from)).rejects.toMatchObject(refusal(/holds data already \(in muster_server\.account\)/));
  });

  it("refuses to go on with another store, or when a server has run on the file", async () => {
    const from = await fillStore();
    await expect(migrate(from, isCopying)).rejects.toThrow("killed");
    const { store, close } = openSqliteStore(from);
    await store.write(APP, (tx) => tx.putAccount({ userId: "bob", nick: "", faceUrl: "" }));
    await close();
    await expect(migrate(from)).rejects.toMatchObject(refusal(/holds part of another store.*DROP SCHEMA/));
    await postgres.run(url, `DROP SCHEMA ${SCHEMA} CASCADE`);
    await migrate(from);
    await expect(migrate(await fillStore())).rejects.toMatchObject(refusal(/holds a store already/));
  });

  it("does not end where the copy differs in a letter, or lacks a row", async () => {
    const from = await fillStore();
    const isCopied = (event: MigrationEvent): boolean => event.event === "copied" && event.table === "stay";
    await expect(migrate(from, isCopied)).rejects.toThrow("killed");
    await postgres.run(url, `UPDATE ${SCHEMA}.account SET nick = 'other' WHERE app = ${OTHER_APP}`);
    const differs = refusal(/table account, of app 1400000002: 1 rows in the file, 1 in the target/);
    await expect(migrate(from)).rejects.toMatchObject(differs);
    await postgres.run(url, `DELETE FROM ${SCHEMA}.account WHERE app = ${OTHER_APP}`);
    await expect(migrate(from)).rejects.toMatchObject(refusal(/1 rows in the file, 0 in the target/));
    await expect(openPostgresStore(url, ports)).rejects.toMatchObject(refusal(/not complete/));
  });
});

describe("what is copied", () => {
  /** The target's own, which say how it is parted, who is connected, and what was copied. */
  const own =
    /^(schema_version|period|shard|node|presence|room_stay|console_session|import|import_table|arrival|arrival_table|departure|(outbox|attempt)_(rest|\d+))$/;
  /** Counts, which the target keeps in `tally`. */
  const counts = ["ledger", "group_count", "group_growth"];

  it("is every table of both, and every sequence", async () => {
    const { close } = await openPostgresStore(url, ports);
    await close();
    const named = async (sql: string): Promise<string[]> =>
      (await postgres.rows(url, sql)).map(({ name }) => String(name)).toSorted();
    const tables = await named(`SELECT tablename AS name FROM pg_tables WHERE schemaname = '${SCHEMA}'`);
    const copied = serverStore.tables.map(({ name }) => name).toSorted();
    expect(tables.filter((name) => !own.test(name))).toEqual(copied);
    const sequences = await named(`SELECT sequencename AS name FROM pg_sequences WHERE schemaname = '${SCHEMA}'`);
    expect(sequences.filter((name) => !/^(node_number|room_stay_came_seq)$/.test(name))).toEqual(
      serverStore.numbers.map(({ set }) => String(/'(\w+)'/.exec(set)?.[1])).toSorted(),
    );

    const source = new DatabaseSync(":memory:");
    for (const { sql } of migrations) source.exec(sql);
    const held = source.prepare("SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite%'");
    const copiedFrom = serverStore.tables.flatMap(({ counted }) => counted ?? []);
    expect(
      held
        .all()
        .map(({ name }) => String(name))
        .toSorted(),
    ).toEqual([...copiedFrom, ...counts].toSorted());
  });
});
