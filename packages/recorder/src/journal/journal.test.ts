import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";

import { inboxContract, sampleCallback } from "@muster/receiver/inbox-contract";
import { describe, expect, it, onTestFinished } from "vitest";

import { temporaryFolder } from "../../../../test/harness/folder.ts";
import { createEventReader, PAGE_BYTES, type EventFilter, type RecordedCallback } from "./event-reader.ts";
import { createEventWriter } from "./event-writer.ts";
import { createGroupReader } from "./group-reader.ts";
import { openJournal, type Journal } from "./journal.ts";
import { migrations } from "./schema.ts";

inboxContract("the journal", () => {
  const folder = mkdtempSync(join(tmpdir(), "muster-"));
  const journal = openJournal(join(folder, "recorder.db"));
  return {
    inbox: journal,
    kept: () =>
      eventsOf(journal).map(({ position: _p, arrivals, lastArrivedAt: _l, replays: _r, ...callback }) => ({
        callback,
        arrivals,
      })),
    async close() {
      await journal.close();
      rmSync(folder, { recursive: true });
    },
  };
});

function eventsOf(journal: Journal, filter: EventFilter = {}): readonly RecordedCallback[] {
  return journal.readEvents(filter, 0, 1000).events;
}

function newJournal(path = join(temporaryFolder(), "recorder.db")): Journal {
  const journal = openJournal(path);
  onTestFinished(() => journal.close());
  return journal;
}

const numbered = (i: number, over = {}) => sampleCallback({ dedupeKey: `id:1:${i}`, sequence: i, ...over });

describe("the journal", () => {
  it("numbers events 1, 2, 3 … without gaps, whatever else is written", async () => {
    const journal = newJournal();
    for (let i = 1; i <= 5; i += 1) {
      await journal.keep(numbered(i));
      await Promise.all([journal.keep(numbered(1)), journal.keep(numbered(i))]);
    }
    expect(eventsOf(journal).map(({ position }) => position)).toEqual([1, 2, 3, 4, 5]);
    expect(journal.lastPosition()).toBe(5);
  });

  it("tells when an event came first and last", async () => {
    const journal = newJournal();
    await journal.keep(numbered(1, { receivedAt: 1000 }));
    expect(eventsOf(journal)).toMatchObject([{ arrivals: 1, receivedAt: 1000, lastArrivedAt: 1000 }]);
    await journal.keep(numbered(1, { receivedAt: 2000 }));
    await journal.keep(numbered(1, { receivedAt: 3000 }));
    expect(eventsOf(journal)).toMatchObject([{ arrivals: 3, receivedAt: 1000, lastArrivedAt: 3000 }]);
  });

  it("is the same after it was closed and opened", async () => {
    const path = join(temporaryFolder(), "recorder.db");
    const journal = openJournal(path);
    await Promise.all(Array.from({ length: 20 }, (_, i) => journal.keep(numbered(i + 1))));
    await journal.keep(numbered(3));
    const before = eventsOf(journal);
    await journal.close();
    const again = newJournal(path);
    expect(eventsOf(again)).toEqual(before);
    expect(await again.keep(numbered(3))).toBe("duplicate");
    await again.keep(numbered(21));
    expect(again.lastPosition()).toBe(21);
  });

  it("waits for what is being kept when it is closed, and keeps nothing afterwards", async () => {
    const path = join(temporaryFolder(), "recorder.db");
    const journal = openJournal(path);
    const keeping = Array.from({ length: 20 }, (_, i) => journal.keep(numbered(i + 1)));
    await journal.close();
    expect(await Promise.all(keeping)).toEqual(Array.from({ length: 20 }, () => "new"));
    await expect(journal.keep(numbered(21))).rejects.toThrow("closed");
    expect(newJournal(path).lastPosition()).toBe(20);
  });

  it("calls after each commit, until nobody wants to hear of it", async () => {
    const journal = newJournal();
    const seen: number[] = [];
    const forget = journal.onCommit(() => seen.push(journal.lastPosition()));
    await journal.keep(numbered(1));
    await Promise.all([journal.keep(numbered(2)), journal.keep(numbered(3))]);
    forget();
    await journal.keep(numbered(4));
    expect(seen).toEqual([1, 3]);
  });

  it("knows its size", async () => {
    const journal = newJournal();
    const empty = journal.size();
    expect(empty.events).toBe(0);
    for (let i = 1; i <= 3; i += 1) await journal.keep(numbered(i, { body: new Uint8Array(500_000) }));
    expect(journal.size().events).toBe(3);
    expect(journal.size().bytes - empty.bytes).toBeGreaterThan(1_400_000);
  });

  it("can be read by another process with SQL", async () => {
    const path = join(temporaryFolder(), "recorder.db");
    const journal = newJournal(path);
    await journal.keep(numbered(1));
    const other = new DatabaseSync(path, { readOnly: true });
    onTestFinished(() => other.close());
    expect(other.prepare("SELECT group_id FROM events").all()).toEqual([{ group_id: "@TGS#2J4SZEAEL" }]);
  });
});

describe("events that are read", () => {
  it("come in pages that leave nothing out", async () => {
    const journal = newJournal();
    await Promise.all(Array.from({ length: 25 }, (_, i) => journal.keep(numbered(i + 1))));
    const page = (after: number) => {
      const { events, more } = journal.readEvents({}, after, 10);
      return { positions: events.map(({ position }) => position), more };
    };
    const from = (first: number, length: number) => Array.from({ length }, (_, i) => first + i);
    expect(page(0)).toEqual({ positions: from(1, 10), more: true });
    expect(page(10)).toEqual({ positions: from(11, 10), more: true });
    expect(page(15)).toEqual({ positions: from(16, 10), more: false });
    expect(page(20)).toEqual({ positions: from(21, 5), more: false });
    expect(page(25)).toEqual({ positions: [], more: false });
  });

  it("come in shorter pages where bodies are large", async () => {
    const journal = newJournal();
    const body = new Uint8Array(PAGE_BYTES / 4);
    for (let i = 1; i <= 6; i += 1) await journal.keep(numbered(i, { body }));
    const { events, more } = journal.readEvents({}, 0, 100);
    expect([events.length, more]).toEqual([4, true]);
    expect(journal.readEvents({}, 4, 100)).toMatchObject({ events: [{ position: 5 }, { position: 6 }], more: false });
  });

  it("are those that were asked for", async () => {
    const journal = newJournal();
    await journal.keep(numbered(1, { groupId: "a", command: "x" }));
    await journal.keep(numbered(2, { groupId: "b", command: "x" }));
    await journal.keep(numbered(3, { groupId: "a", command: "y" }));
    await journal.keep(numbered(4, { groupId: "a", command: "x", sdkAppId: 2 }));
    await journal.keep(numbered(5, { groupId: undefined, command: "x" }));
    const positions = (filter: EventFilter) => eventsOf(journal, filter).map(({ position }) => position);
    expect(positions({ groupId: "a" })).toEqual([1, 3, 4]);
    expect(positions({ command: "x" })).toEqual([1, 2, 4, 5]);
    expect(positions({ groupId: "a", command: "x" })).toEqual([1, 4]);
    expect(positions({ groupId: "a", sdkAppId: 2 })).toEqual([4]);
    expect(positions({ groupId: undefined, sdkAppId: undefined })).toEqual([1, 2, 3, 4, 5]);
    expect(positions({ groupId: "none" })).toEqual([]);
    expect(journal.readEvent(3)).toMatchObject({ position: 3, command: "y" });
    expect(journal.readEvent(9)).toBeUndefined();
  });
});

describe("groups that are read", () => {
  it("are listed in the order in which they were first told of, with their apps", async () => {
    const journal = newJournal();
    await journal.keep(numbered(1, { groupId: undefined }));
    await journal.keep(numbered(2, { groupId: "b" }));
    await journal.keep(numbered(3, { groupId: "a" }));
    await journal.keep(numbered(4, { groupId: "b" }));
    await journal.keep(numbered(5, { groupId: "b", sdkAppId: 7 }));
    const app = 1400000001;
    expect(journal.readGroups(0, 2)).toEqual([
      { sdkAppId: app, groupId: "b", firstPosition: 2 },
      { sdkAppId: app, groupId: "a", firstPosition: 3 },
    ]);
    expect(journal.readGroups(3, 2)).toEqual([{ sdkAppId: 7, groupId: "b", firstPosition: 5 }]);
    expect(journal.appsOfGroup("b")).toEqual([app, 7]);
    expect(journal.appsOfGroup("c")).toEqual([]);
  });

  it("give their events in parts, with the bodies that are asked for", async () => {
    const journal = newJournal();
    await journal.keep(numbered(1, { command: "x" }));
    await journal.keep(numbered(2, { command: "y", fault: "It is broken.", eventTime: undefined }));
    await journal.keep(numbered(3, { command: "x", groupId: "other" }));
    await journal.keep(numbered(4, { command: "x", sdkAppId: 7 }));
    await journal.keep(numbered(5, { command: "x", sequence: undefined }));
    const group = { sdkAppId: 1400000001, groupId: "@TGS#2J4SZEAEL" };
    expect(journal.readPlaces(group, 0, 2)).toEqual([
      { position: 1, sequence: 1 },
      { position: 2, sequence: 2 },
    ]);
    expect(journal.readPlaces(group, 2, 2)).toEqual([{ position: 5, sequence: undefined }]);
    const body = sampleCallback().body;
    expect(journal.readGroupEvents(group, ["x"], 0, 10)).toEqual([
      {
        position: 1,
        sequence: 1,
        command: "x",
        eventTime: 1670574414123,
        receivedAt: 1700000000000,
        quarantined: false,
        body,
      },
      { position: 2, sequence: 2, command: "y", eventTime: undefined, receivedAt: 1700000000000, quarantined: true },
      { position: 5, command: "x", eventTime: 1670574414123, receivedAt: 1700000000000, quarantined: false, body },
    ]);
  });
});

it("finds everything by an index and sorts nothing", () => {
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
      for (const command of [undefined, "x"]) events.readEvents({ sdkAppId, groupId, command }, 0, 1);
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
