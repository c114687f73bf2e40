import { once } from "node:events";
import { join } from "node:path";
import { DatabaseSync } from "node:sqlite";
import type { Worker } from "node:worker_threads";

import { createLog } from "@muster/foundation";
import { sampleCallback } from "@muster/receiver/inbox-contract";
import { expect, it, onTestFinished } from "vitest";

import { temporaryFolder } from "../../../../../test/harness/folder.ts";
import { createManualClock } from "../../../../../test/harness/manual-clock.ts";
import { openThreadedStore } from "./sqlite-store.ts";

const numbered = (i: number) => sampleCallback({ dedupeKey: `id:1:${i}`, sequence: i });

/** A store, the thread that writes it, and the file for whoever else wants to look into it. */
async function setUp() {
  const path = join(temporaryFolder(), "recorder.db");
  const clock = createManualClock(0);
  const begun = nextThread();
  const store = await openThreadedStore(path, { clock, log: createLog("recorder", "silent") });
  onTestFinished(() => store.close());
  return { ...store, path, clock, thread: await begun };
}

async function nextThread(): Promise<Worker> {
  const [thread] = (await once(process, "worker")) as [Worker];
  return thread;
}

it("says of what was under way that it was not kept when the thread ends, and keeps again when there is another", async () => {
  const { journal, sinks, clock, thread } = await setUp();
  await journal.keep(numbered(1));
  const underWay = [journal.keep(numbered(2)), sinks.open("files", () => 0)].map((work) => work.catch(String));
  await thread.terminate();
  const ended = "Error: the thread that writes the store has ended";
  expect(await Promise.all(underWay)).toEqual([ended, ended]);
  await expect(journal.keep(numbered(3))).rejects.toThrow("has ended");
  // What is on disk is read meanwhile.
  expect(await journal.lastPosition()).toBe(1);
  await expect.poll(() => clock.waiting()).toBe(1);
  const another = nextThread();
  clock.advance(1_000);
  await once(await another, "message");
  expect(await journal.keep(numbered(1))).toBe("duplicate");
  expect(await journal.keep(numbered(2))).toBe("new");
  expect(await journal.lastPosition()).toBe(2);
});

it("keeps the others that came together with one that cannot be kept", async () => {
  const { journal, path } = await setUp();
  const file = new DatabaseSync(path);
  onTestFinished(() => file.close());
  file.exec(`
    CREATE TRIGGER broken BEFORE INSERT ON events WHEN NEW.dedupe_key = 'id:1:2'
    BEGIN SELECT raise(ABORT, 'not this one'); END`);
  const told: number[] = [];
  journal.onCommit(() => told.push(1));
  const kept = await Promise.all([1, 2, 3].map((i) => journal.keep(numbered(i)).catch(String)));
  expect(kept).toEqual(["new", "Error: not this one", "new"]);
  expect((await journal.readEvents({}, 0, 9)).events.map(({ position, dedupeKey }) => [position, dedupeKey])).toEqual([
    [1, "id:1:1"],
    [2, "id:1:3"],
  ]);
  expect(told).toEqual([1]);
});

it("gives the bytes that came, whatever came together", async () => {
  const { journal } = await setUp();
  const bodies = Array.from({ length: 50 }, (_, i) => new Uint8Array(i * i).fill(i));
  await Promise.all(bodies.map((body, i) => journal.keep({ ...numbered(i), body })));
  const { events } = await journal.readEvents({}, 0, 99);
  expect(events.map(({ body }) => Buffer.from(body).toString("hex"))).toEqual(
    bodies.map((body) => Buffer.from(body).toString("hex")),
  );
});
