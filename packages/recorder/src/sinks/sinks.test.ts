import { join } from "node:path";

import { createFigures, createLog, systemClock } from "@muster/foundation";
import { expect, it, onTestFinished } from "vitest";

import { temporaryFolder } from "../../../../test/harness/folder.ts";
import { openSqliteStore } from "../store/sqlite/sqlite-store.ts";
import { ownSink } from "./own-sink.ts";
import { sinkCounters } from "./sink-figures.ts";
import { sampleEvent } from "./sink.contract.ts";
import { startSinks } from "./sinks.ts";

it("brings events to no sink where one of them has no place, so that whoever tries again begins each once", async () => {
  const store = openSqliteStore(join(temporaryFolder(), "recorder.db"));
  onTestFinished(() => store.close());
  for (let position = 1; position <= 3; position += 1) await store.journal.keep(sampleEvent(position));
  const taken: number[] = [];
  const sinkNamed = (name: string) =>
    ownSink({
      name,
      sink: {
        concurrency: 1,
        batchSize: 1,
        deliver: async (events) => void (name === "first" && taken.push(...events.map(({ position }) => position))),
        close: async () => {},
      },
    });
  const added = ["first", "second"].map(sinkNamed);
  let following = 0;
  const { journal, sinks: places } = store;
  const watched = {
    ...store,
    journal: {
      ...journal,
      onCommit(listener: () => void) {
        following += 1;
        const forget = journal.onCommit(listener);
        return () => {
          following -= 1;
          forget();
        };
      },
    },
  };
  const counters = sinkCounters(createFigures());
  const parts = { clock: systemClock, random: () => 0.5, log: createLog("recorder", "silent"), counters };
  const failing: typeof places.open = (name, from) =>
    name === "second" ? Promise.reject(new Error("the database is away")) : places.open(name, from);
  const refused = startSinks(added, { ...parts, store: { ...watched, sinks: { ...places, open: failing } } });
  await expect(refused).rejects.toThrow("the database is away");
  expect([following, taken]).toEqual([0, []]);

  const sinks = await startSinks(["first", "second"].map(sinkNamed), { ...parts, store: watched });
  await expect.poll(async () => (await sinks.reports()).map(({ position }) => position)).toEqual([3, 3]);
  await sinks.stop();
  expect([following, taken]).toEqual([0, [1, 2, 3]]);
});

it("shows dead letters in pages that bodies do not make too large", async () => {
  const store = openSqliteStore(join(temporaryFolder(), "recorder.db"));
  onTestFinished(() => store.close());
  const body = Buffer.from(JSON.stringify({ Name: "x".repeat(1_048_576) }));
  for (let i = 1; i <= 6; i += 1) await store.journal.keep(sampleEvent(i, { groupId: `g${i}`, body }));
  await store.sinks.open("own", () => 6);
  const dead = [1, 2, 3, 4, 5, 6].map((position) => ({ position, failures: 1, error: "no", diedAt: 0 }));
  await store.sinks.save("own", { position: 6, held: [], released: [], dead, revived: [] });
  const sink = { concurrency: 1, batchSize: 1, deliver: async () => {}, close: async () => {} };
  const log = createLog("recorder", "silent");
  const parts = { store, clock: systemClock, random: () => 0.5, log, counters: sinkCounters(createFigures()) };
  const sinks = await startSinks([ownSink({ name: "own", sink })], parts);
  onTestFinished(() => sinks.stop());
  const positions = async (after: number) => {
    const { letters, more } = await sinks.deadLetters("own", after, 100);
    return [letters.map(({ position, event }) => [position, event?.groupId]), more];
  };
  const ofGroups = (...numbers: number[]) => numbers.map((n) => [n, `g${n}`]);
  expect(await positions(0)).toEqual([ofGroups(1, 2, 3, 4), true]);
  expect(await positions(4)).toEqual([ofGroups(5, 6), false]);
});
