import { randomBytes } from "node:crypto";

import { inboxContract, sampleCallback } from "@muster/receiver/inbox-contract";
import { describe, expect, it, onTestFinished } from "vitest";

import { PAGE_BYTES, type EventFilter, type RecordedCallback } from "../journal/event-reader.ts";
import type { Journal } from "../journal/journal.ts";
import type { RecorderStore } from "./recorder-store.ts";

/** Where the data of one store are, so that it can be opened again. */
export interface StorePlace {
  open(): Promise<RecorderStore>;
  /** Removes it, when it is closed. */
  remove(): Promise<void>;
}

const numbered = (i: number, over = {}) => sampleCallback({ dedupeKey: `id:1:${i}`, sequence: i, ...over });

async function eventsOf(journal: Journal, filter: EventFilter = {}): Promise<readonly RecordedCallback[]> {
  return (await journal.readEvents(filter, 0, 1000)).events;
}

/**
 * The suite that every store of the recorder passes.
 * @param name of the adapter
 * @param makePlace of a store that is empty
 */
export function recorderStoreContract(name: string, makePlace: () => Promise<StorePlace>): void {
  inboxContract(`${name}'s journal`, async () => {
    const place = await makePlace();
    const store = await place.open();
    return {
      inbox: store.journal,
      kept: async () =>
        (await eventsOf(store.journal)).map(
          ({ position: _p, arrivals, lastArrivedAt: _l, replays: _r, ...callback }) => ({ callback, arrivals }),
        ),
      async close() {
        await store.close();
        await place.remove();
      },
    };
  });

  /** A place whose stores are closed when the test is over, where it has not closed them itself. */
  async function newPlace() {
    const place = await makePlace();
    onTestFinished(() => place.remove());
    return {
      async open(): Promise<RecorderStore> {
        const store = await place.open();
        let closed: Promise<void> | undefined;
        const close = () => (closed ??= store.close());
        onTestFinished(close);
        return { ...store, close };
      },
    };
  }

  const newStore = async () => (await newPlace()).open();

  describe(`${name} of the recorder`, () => {
    describe("the journal", () => {
      it("numbers events 1, 2, 3 … without gaps, whatever else is written", async () => {
        const { journal } = await newStore();
        for (let i = 1; i <= 5; i += 1) {
          await journal.keep(numbered(i));
          await Promise.all([journal.keep(numbered(1)), journal.keep(numbered(i))]);
        }
        expect((await eventsOf(journal)).map(({ position }) => position)).toEqual([1, 2, 3, 4, 5]);
        expect(await journal.lastPosition()).toBe(5);
      });

      it("tells when an event came first and last", async () => {
        const { journal } = await newStore();
        await journal.keep(numbered(1, { receivedAt: 1000 }));
        expect(await eventsOf(journal)).toMatchObject([{ arrivals: 1, receivedAt: 1000, lastArrivedAt: 1000 }]);
        await journal.keep(numbered(1, { receivedAt: 2000 }));
        await journal.keep(numbered(1, { receivedAt: 3000 }));
        expect(await eventsOf(journal)).toMatchObject([{ arrivals: 3, receivedAt: 1000, lastArrivedAt: 3000 }]);
      });

      it("is the same after it was closed and opened", async () => {
        const place = await newPlace();
        const { journal, close } = await place.open();
        await Promise.all(Array.from({ length: 20 }, (_, i) => journal.keep(numbered(i + 1))));
        await journal.keep(numbered(3));
        const before = await eventsOf(journal);
        await close();
        const { journal: again } = await place.open();
        expect(await eventsOf(again)).toEqual(before);
        expect(await again.keep(numbered(3))).toBe("duplicate");
        await again.keep(numbered(21));
        expect(await again.lastPosition()).toBe(21);
      });

      it("waits for what is being kept when it is closed, and keeps nothing afterwards", async () => {
        const place = await newPlace();
        const { journal, close } = await place.open();
        const keeping = Array.from({ length: 20 }, (_, i) => journal.keep(numbered(i + 1)));
        await close();
        expect(await Promise.all(keeping)).toEqual(Array.from({ length: 20 }, () => "new"));
        await expect(journal.keep(numbered(21))).rejects.toThrow("closed");
        expect(await (await place.open()).journal.lastPosition()).toBe(20);
      });

      it("calls after each commit, until nobody wants to hear of it", async () => {
        const { journal } = await newStore();
        const seen: Promise<number>[] = [];
        const forget = journal.onCommit(() => seen.push(journal.lastPosition()));
        await journal.keep(numbered(1));
        expect(await Promise.all(seen)).toEqual([1]);
        await Promise.all([journal.keep(numbered(2)), journal.keep(numbered(3))]);
        expect(await Promise.all(seen)).toEqual([1, 3]);
        forget();
        await journal.keep(numbered(4));
        expect(seen).toHaveLength(2);
      });

      it("knows its size", async () => {
        const { journal } = await newStore();
        const empty = await journal.size();
        expect(empty.events).toBe(0);
        for (let i = 1; i <= 3; i += 1) await journal.keep(numbered(i, { body: randomBytes(500_000) }));
        const full = await journal.size();
        expect(full.events).toBe(3);
        expect(full.bytes - empty.bytes).toBeGreaterThan(1_400_000);
      });
    });

    describe("events that are read", () => {
      it("come in pages that leave nothing out", async () => {
        const { journal } = await newStore();
        await Promise.all(Array.from({ length: 25 }, (_, i) => journal.keep(numbered(i + 1))));
        const page = async (after: number) => {
          const { events, more } = await journal.readEvents({}, after, 10);
          return { positions: events.map(({ position }) => position), more };
        };
        const from = (first: number, length: number) => Array.from({ length }, (_, i) => first + i);
        expect(await page(0)).toEqual({ positions: from(1, 10), more: true });
        expect(await page(10)).toEqual({ positions: from(11, 10), more: true });
        expect(await page(15)).toEqual({ positions: from(16, 10), more: false });
        expect(await page(20)).toEqual({ positions: from(21, 5), more: false });
        expect(await page(25)).toEqual({ positions: [], more: false });
      });

      it("come in shorter pages where bodies are large", async () => {
        const { journal } = await newStore();
        const body = new Uint8Array(PAGE_BYTES / 4);
        for (let i = 1; i <= 6; i += 1) await journal.keep(numbered(i, { body }));
        const { events, more } = await journal.readEvents({}, 0, 100);
        expect([events.length, more]).toEqual([4, true]);
        expect(await journal.readEvents({}, 4, 100)).toMatchObject({
          events: [{ position: 5 }, { position: 6 }],
          more: false,
        });
      });

      it("are those that were asked for", async () => {
        const { journal } = await newStore();
        await journal.keep(numbered(1, { groupId: "a", command: "x" }));
        await journal.keep(numbered(2, { groupId: "b", command: "x" }));
        await journal.keep(numbered(3, { groupId: "a", command: "y" }));
        await journal.keep(numbered(4, { groupId: "a", command: "x", sdkAppId: 2 }));
        await journal.keep(numbered(5, { groupId: undefined, command: "x" }));
        const positions = async (filter: EventFilter) =>
          (await eventsOf(journal, filter)).map(({ position }) => position);
        expect(await positions({ groupId: "a" })).toEqual([1, 3, 4]);
        expect(await positions({ command: "x" })).toEqual([1, 2, 4, 5]);
        expect(await positions({ groupId: "a", command: "x" })).toEqual([1, 4]);
        expect(await positions({ groupId: "a", sdkAppId: 2 })).toEqual([4]);
        expect(await positions({ groupId: undefined, sdkAppId: undefined })).toEqual([1, 2, 3, 4, 5]);
        expect(await positions({ groupId: "none" })).toEqual([]);
        expect(await journal.readEvent(3)).toMatchObject({ position: 3, command: "y" });
        expect(await journal.readEvent(9)).toBeUndefined();
      });
    });

    describe("groups that are read", () => {
      it("are listed in the order in which they were first told of, with their apps", async () => {
        const { journal } = await newStore();
        await journal.keep(numbered(1, { groupId: undefined }));
        await journal.keep(numbered(2, { groupId: "b" }));
        await journal.keep(numbered(3, { groupId: "a" }));
        await journal.keep(numbered(4, { groupId: "b" }));
        await journal.keep(numbered(5, { groupId: "b", sdkAppId: 7 }));
        const app = 1400000001;
        expect(await journal.readGroups(0, 2)).toEqual([
          { sdkAppId: app, groupId: "b", firstPosition: 2 },
          { sdkAppId: app, groupId: "a", firstPosition: 3 },
        ]);
        expect(await journal.readGroups(3, 2)).toEqual([{ sdkAppId: 7, groupId: "b", firstPosition: 5 }]);
        expect(await journal.appsOfGroup("b")).toEqual([app, 7]);
        expect(await journal.appsOfGroup("c")).toEqual([]);
      });

      it("give their events in parts, with the bodies that are asked for", async () => {
        const { journal } = await newStore();
        await journal.keep(numbered(1, { command: "x" }));
        await journal.keep(numbered(2, { command: "y", fault: "It is broken.", eventTime: undefined }));
        await journal.keep(numbered(3, { command: "x", groupId: "other" }));
        await journal.keep(numbered(4, { command: "x", sdkAppId: 7 }));
        await journal.keep(numbered(5, { command: "x", sequence: undefined }));
        const group = { sdkAppId: 1400000001, groupId: "@TGS#2J4SZEAEL" };
        expect(await journal.readPlaces(group, 0, 2)).toEqual([
          { position: 1, sequence: 1 },
          { position: 2, sequence: 2 },
        ]);
        expect(await journal.readPlaces(group, 2, 2)).toEqual([{ position: 5, sequence: undefined }]);
        const body = sampleCallback().body;
        expect(await journal.readGroupEvents(group, ["x"], 0, 10)).toEqual([
          {
            position: 1,
            sequence: 1,
            command: "x",
            eventTime: 1670574414123,
            receivedAt: 1700000000000,
            quarantined: false,
            body,
          },
          {
            position: 2,
            sequence: 2,
            command: "y",
            eventTime: undefined,
            receivedAt: 1700000000000,
            quarantined: true,
          },
          { position: 5, command: "x", eventTime: 1670574414123, receivedAt: 1700000000000, quarantined: false, body },
        ]);
      });
    });

    describe("old events", () => {
      const fold = "a fold";
      const snapshot = (groupId: string, position: number) => ({ sdkAppId: 1, groupId, position, instant: 5, fold });

      it("go up to a position, and leave what is known of their groups; positions go on", async () => {
        const place = await newPlace();
        const { journal, close } = await place.open();
        for (let i = 1; i <= 4; i += 1) await journal.keep(numbered(i, { sdkAppId: 1, groupId: `g${i}` }));
        await journal.keep(numbered(2));
        await journal.trim({
          through: 3,
          snapshots: [snapshot("g1", 1), snapshot("g2", 2), snapshot("g3", 3)],
          over: [
            { sdkAppId: 1, groupId: "g2" },
            { sdkAppId: 1, groupId: "g4" },
          ],
        });
        expect((await eventsOf(journal)).map(({ position }) => position)).toEqual([4]);
        expect((await journal.size()).events).toBe(1);
        expect(await journal.appsOfGroup("g1")).toEqual([1]);
        expect([await journal.appsOfGroup("g2"), await journal.appsOfGroup("g4")]).toEqual([[], [1]]);
        await journal.trim({ through: 4, snapshots: [snapshot("g1", 4)], over: [{ sdkAppId: 1, groupId: "g3" }] });
        expect((await journal.size()).events).toBe(0);
        await close();
        const { journal: again } = await place.open();
        expect(await again.lastPosition()).toBe(4);
        expect(await again.readSnapshot({ sdkAppId: 1, groupId: "g1" })).toMatchObject({
          position: 4,
          instant: 5,
          fold,
        });
        expect(await again.readSnapshot({ sdkAppId: 1, groupId: "g3" })).toBeUndefined();
        await again.keep(numbered(5, { groupId: "g1" }));
        expect((await eventsOf(again)).map(({ position }) => position)).toEqual([5]);
      });

      it("are found from the beginning, as long as they are old, with the bodies that are asked for", async () => {
        const { journal } = await newStore();
        const body = sampleCallback().body;
        for (let i = 1; i <= 4; i += 1) {
          await journal.keep(numbered(i, { receivedAt: i === 3 ? 900 : i * 100, command: i === 1 ? "x" : "y" }));
        }
        const found = await journal.readOldest(["x"], 500, 10);
        expect(found.map(({ position, body: own }) => [position, own])).toEqual([
          [1, body],
          [2, undefined],
        ]);
        expect(await journal.readOldest([], 500, 1)).toMatchObject([{ position: 1, groupId: "@TGS#2J4SZEAEL" }]);
      });

      it("leave snapshots that can be listed in parts", async () => {
        const { journal } = await newStore();
        await journal.keep(numbered(1));
        await journal.trim({ through: 1, snapshots: ["a", "b", "c"].map((id) => snapshot(id, 1)), over: [] });
        expect((await journal.readSnapshots(undefined, 2)).map(({ groupId }) => groupId)).toEqual(["a", "b"]);
        expect(await journal.readSnapshots({ sdkAppId: 1, groupId: "b" }, 2)).toEqual([snapshot("c", 1)]);
      });
    });

    describe("places of sinks", () => {
      const lane = {
        lane: "1/a",
        sdkAppId: 1,
        groupId: "a",
        after: 4,
        failures: 2,
        nextAt: 1_700_000_000_000,
        error: "it is away",
      };
      const letter = (position: number) => ({
        position,
        failures: 3,
        error: "it has no name",
        diedAt: 1_700_000_000_000,
      });
      const nothing = { held: [], released: [], dead: [], revived: [] };

      it("begin where they are told to when they are new, and are found again", async () => {
        const place = await newPlace();
        const { sinks, close } = await place.open();
        expect(await sinks.open("a", () => 0)).toEqual({ position: 0, paused: false, held: [] });
        expect(await sinks.open("b", async () => 7)).toEqual({ position: 7, paused: false, held: [] });
        const ofApp = { ...lane, lane: "1", groupId: undefined };
        await sinks.save("a", { ...nothing, position: 9, held: [lane, ofApp], dead: [letter(3)] });
        await sinks.setPaused("a", true);
        await close();
        const { sinks: again } = await place.open();
        expect(await again.open("a", () => 100)).toEqual({ position: 9, paused: true, held: [ofApp, lane] });
        expect(await again.open("b", () => 100)).toEqual({ position: 7, paused: false, held: [] });
        expect(await again.deadLetters("a", 0, 10)).toEqual([letter(3)]);
        expect(await again.all()).toEqual([
          { name: "a", position: 9 },
          { name: "b", position: 7 },
        ]);
      });

      it("hold lanes and let them go", async () => {
        const { sinks } = await newStore();
        await sinks.open("a", () => 0);
        await sinks.open("b", () => 0);
        for (const sink of ["a", "b"]) await sinks.save(sink, { ...nothing, position: 5, held: [lane] });
        const changed = { ...lane, after: 6, failures: 0, nextAt: 1_800_000_000_000, error: "" };
        await sinks.save("a", { ...nothing, position: 6, held: [changed] });
        expect((await sinks.open("a", () => 0)).held).toEqual([changed]);
        await sinks.save("a", { ...nothing, position: 7, released: [lane.lane] });
        expect(await sinks.open("a", () => 0)).toEqual({ position: 7, paused: false, held: [] });
        expect((await sinks.open("b", () => 0)).held).toEqual([lane]);
      });

      it("have dead letters in order, in parts, until they are delivered after all", async () => {
        const { sinks } = await newStore();
        await sinks.open("a", () => 0);
        await sinks.save("a", { ...nothing, position: 9, dead: [letter(5), letter(3), letter(8)] });
        expect(await sinks.deadLetters("a", 0, 2)).toEqual([letter(3), letter(5)]);
        expect(await sinks.deadLetters("a", 5, 2)).toEqual([letter(8)]);
        expect(await sinks.countDeadLetters("a")).toBe(3);
        const again = { ...letter(8), failures: 1, error: "still not", diedAt: 1_800_000_000_000 };
        await sinks.save("a", { ...nothing, position: 9, dead: [again], revived: [3] });
        expect(await sinks.deadLetters("a", 0, 9)).toEqual([letter(5), { ...again, failures: 4 }]);
        expect(await sinks.countDeadLetters("b")).toBe(0);
      });

      it("tell up to where no sink needs the journal", async () => {
        const { sinks } = await newStore();
        expect(await sinks.taken()).toBe(Number.MAX_SAFE_INTEGER);
        await sinks.open("a", () => 9);
        await sinks.open("b", () => 7);
        expect(await sinks.taken()).toBe(7);
        await sinks.save("a", { ...nothing, position: 9, held: [lane] });
        expect(await sinks.taken()).toBe(lane.after);
      });

      it("are forgotten as a whole", async () => {
        const { sinks } = await newStore();
        await sinks.open("a", () => 0);
        await sinks.save("a", { ...nothing, position: 9, held: [lane], dead: [letter(3)] });
        expect(await sinks.forget("a")).toBe(true);
        expect(await sinks.forget("a")).toBe(false);
        expect(await sinks.countDeadLetters("a")).toBe(0);
        expect(await sinks.open("a", () => 2)).toEqual({ position: 2, paused: false, held: [] });
      });
    });
  });
}
