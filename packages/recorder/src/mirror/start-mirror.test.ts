import { readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";

import { createLog } from "@muster/foundation";
import { describe, expect, it, onTestFinished } from "vitest";

import { readFigures } from "../../../../test/harness/figures.ts";
import { temporaryFolder } from "../../../../test/harness/folder.ts";
import { createManualClock } from "../../../../test/harness/manual-clock.ts";
import { startTestRecorder, type RecorderUnderTest } from "../../../../test/harness/recorder.ts";
import { mirrorMigrations } from "../store/sqlite/mirror-schema.ts";
import { openSqliteStore } from "../store/sqlite/sqlite-store.ts";
import { startMirror } from "./start-mirror.ts";

const GROUP = "@TGS#2J4SZEAEL";

interface Status {
  readonly lastPosition: number;
  readonly mirror: { readonly position: number; readonly behind: { readonly events: number; readonly ms: number } };
}

const start = (folder: string) => startTestRecorder({ folder, section: { mirror: true } });

async function post(recorder: RecorderUnderTest, name: string, fields: object): Promise<void> {
  const body = { CallbackCommand: `Group.Callback${name}`, GroupId: GROUP, Type: "Public", Operator_Account: "leckie" };
  expect((await recorder.post({ body: { ...body, ...fields } })).status).toBe(200);
}

/** Waits until the mirror tells of everything. */
async function mirrored(recorder: RecorderUnderTest): Promise<void> {
  const status = () => recorder.get<Status>("/v1/status");
  await expect.poll(async () => (await status()).mirror.behind, { interval: 5 }).toEqual({ events: 0, ms: 0 });
}

function tablesIn(folder: string): DatabaseSync {
  const tables = new DatabaseSync(join(folder, "recorder-mirror.db"), { readOnly: true });
  onTestFinished(() => {
    if (tables.isOpen) tables.close();
  });
  return tables;
}

describe("the mirror of a recorder", () => {
  it("follows what comes, goes on after a start, and is made anew where its file is gone", async () => {
    const folder = temporaryFolder();
    const first = await start(folder);
    await post(first, "AfterCreateGroup", { Owner_Account: "leckie", Name: "MyFirstGroup", EventTime: 1_000 });
    await mirrored(first);
    const names = () => {
      const tables = tablesIn(folder);
      const found = tables.prepare("SELECT name, state FROM groups").all();
      tables.close();
      return found;
    };
    expect(names()).toEqual([{ name: "MyFirstGroup", state: "there" }]);
    await post(first, "AfterGroupInfoChanged", { Name: "Renamed", EventTime: 2_000 });
    await first.stop();
    expect(readdirSync(folder).toSorted()).toEqual(
      ["recorder-mirror.db", "recorder-mirror.db.lock", "recorder.db", "recorder.db.lock"].toSorted(),
    );
    const second = await start(folder);
    await post(second, "AfterGroupDestroyed", { Owner_Account: "leckie", EventTime: 3_000 });
    await mirrored(second);
    expect(names()).toEqual([{ name: "Renamed", state: "disbanded" }]);
    await second.stop();
    for (const ending of ["", "-wal", "-shm", ".lock"])
      rmSync(join(folder, `recorder-mirror.db${ending}`), { force: true });
    const third = await start(folder);
    await mirrored(third);
    expect(names()).toEqual([{ name: "Renamed", state: "disbanded" }]);
    const figures = readFigures((await third.request("/metrics")).text);
    expect(figures.value("muster_recorder_mirror_lag_seconds")).toBe(0);
    expect(figures.value("muster_recorder_mirror_lag_events")).toBe(0);
  });

  it("is not waited for longer than 5 s", async () => {
    const path = join(temporaryFolder(), "recorder.db");
    const { journal, close } = openSqliteStore(path);
    onTestFinished(close);
    const clock = createManualClock(0);
    const ahead = { ...journal, lastPosition: async () => 9 };
    const log = createLog("recorder", "silent");
    const order = { store: `sqlite:${path}`, rebuild: false, logLevel: "silent" } as const;
    const mirror = await startMirror({ ...order, journal: ahead, clock, log });
    onTestFinished(() => mirror.stop());
    let isFresh: boolean | undefined;
    const asked = mirror.isFresh().then((fresh) => (isFresh = fresh));
    // The other one is for the news of commits.
    await expect.poll(() => clock.waiting()).toBe(2);
    clock.advance(4_999);
    expect(isFresh).toBeUndefined();
    clock.advance(1);
    expect(await asked).toBe(false);
  });

  it("is not there where it is not wanted", async () => {
    const recorder = await startTestRecorder();
    expect(await recorder.get("/v1/status")).toEqual({ lastPosition: 0, mirror: null });
  });

  it("keeps a recorder from starting where its file is something else, and lets go of the rest", async () => {
    const folder = temporaryFolder();
    writeFileSync(join(folder, "recorder-mirror.db"), "Dear diary,".repeat(1_000));
    await expect(start(folder)).rejects.toMatchObject({ name: "StartError", code: "STORE_UNUSABLE" });
    await startTestRecorder({ folder });
  });
});

describe("the guide to the mirror's tables", () => {
  const guide = readFileSync(new URL("../../../../docs/guides/recorder.md", import.meta.url), "utf8");
  const db = () => {
    const opened = new DatabaseSync(":memory:");
    onTestFinished(() => opened.close());
    for (const { sql } of mirrorMigrations) opened.exec(sql);
    return opened;
  };

  it("names each table with exactly its columns, in their order and with their types", () => {
    const tables = db();
    const own = new Set(["mirror", "checkpoints"]);
    const names = tables
      .prepare("SELECT name FROM sqlite_schema WHERE type = 'table'")
      .all()
      .map((row) => String(row["name"]))
      .filter((name) => !own.has(name));
    const sections = new Map(guide.split("\n### ").map((section) => [section.split("\n", 1)[0], section]));
    for (const name of names) {
      const documented = [...(sections.get(name) ?? "").matchAll(/^\| `(\w+)` +\| (\w+) +\|/gm)].map(
        ([, column, type]) => ({ name: column, type }),
      );
      expect(documented).toEqual(tables.prepare(`SELECT name, type FROM pragma_table_info('${name}')`).all());
    }
    expect(names.length).toBe(6);
  });

  it("has queries that run", () => {
    const tables = db();
    tables.exec("ATTACH ':memory:' AS journal");
    tables.exec("CREATE TABLE journal.events (position, sdk_app_id, group_id, command, received_at, body)");
    const queries = [...guide.matchAll(/```sql\n(.*?)```/gs)].map(([, sql]) => String(sql));
    expect(queries.length).toBeGreaterThan(4);
    for (const query of queries) expect(tables.prepare(query).all()).toEqual([]);
  });
});
