import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { createLog, systemClock } from "@muster/foundation";
import { afterEach, beforeEach, describe, expect, it } from "vitest";

import type { RecordedCallback } from "../journal/event-reader.ts";
import { cloudEvent, type OutgoingEvent } from "./cloud-event.ts";
import { openSqliteStore } from "../store/sqlite/sqlite-store.ts";
import { startPump } from "./pump.ts";
import type { Sink } from "./sink.ts";

/** A sink under test, and a way to look at what the other system has. */
export interface SinkUnderTest {
  readonly sink: Sink;
  /** The events that the other system has, as CloudEvents in JSON, in the order in which it got them. */
  kept(): Promise<readonly string[]>;
  /** Ends the other system as a crash does; what it has stays. */
  crash(): Promise<void>;
  /** Starts it again, where it was. */
  restart(): Promise<void>;
  /** Ends what was started for the test; the sink is closed already. */
  close(): Promise<void>;
}

/** An event of the journal of which every field is set; `over` replaces some of them. */
export function sampleEvent(position: number, over: Partial<RecordedCallback> = {}): RecordedCallback {
  const body = { CallbackCommand: "Group.CallbackAfterGroupFull", GroupId: "@TGS#2J4SZEAEL", EventTime: position };
  return {
    position,
    dedupeKey: `id:1400000001:msg_${position}`,
    sdkAppId: 1400000001,
    command: "Group.CallbackAfterGroupFull",
    groupId: "@TGS#2J4SZEAEL",
    id: `msg_${position}`,
    sequence: position,
    attempt: 1,
    replay: false,
    eventTime: 1_670_574_414_123 + position,
    clientIp: "127.0.0.1",
    platform: "RESTAPI",
    receivedAt: 1_700_000_000_000 + position,
    query: "SdkAppid=1400000001&CallbackCommand=Group.CallbackAfterGroupFull",
    body: Buffer.from(JSON.stringify(body)),
    fault: undefined,
    arrivals: 1,
    lastArrivedAt: 1_700_000_000_000 + position,
    replays: 0,
    ...over,
  };
}

/** Events that are all different in what they lack or have too much of. */
const unusual: readonly RecordedCallback[] = [
  { groupId: undefined, eventTime: undefined, sequence: undefined, clientIp: undefined, platform: undefined },
  { id: undefined, dedupeKey: `body:${"0f".repeat(32)}` },
  { id: "an id with spaces, ümlauts: no; but ' and \" and %20 and \\", groupId: "a/b c*d>e.f" },
  { groupId: "@TGS#_@TGS#cQVLVHIM62CJ", body: Buffer.from('{"Name":"组 🎉 \\u2028 \u2028 \\ud800 \\n"}') },
  { body: Buffer.from('{\r\n  "Number": 12345678901234567890.10,\n  "a": [ ]\n}\n') },
  { body: Buffer.from([0xff, 0x00, 0x0a, 0x7b]), fault: "the body is not UTF-8" },
  { body: Buffer.from(JSON.stringify({ Name: "x".repeat(500_000) })) },
].map((over, i) => sampleEvent(i + 1, over));

const never = new AbortController().signal;

function ofGroup(texts: readonly string[], n: number): string[] {
  return texts.filter((text) => text.includes(`"subject":"group-${n}"`));
}

/**
 * The suite that every sink passes, held against the system that it brings events to.
 * @param open starts that system, empty, and opens a sink to it
 */
export function sinkContract(name: string, open: () => Promise<SinkUnderTest>): void {
  describe(`${name}, as a sink`, () => {
    let under: SinkUnderTest;
    let isOpen = false;
    beforeEach(async () => {
      under = await open();
      isOpen = true;
    }, 60_000);
    afterEach(async () => {
      // A test that cannot run here is left out before anything is opened.
      if (!isOpen) return;
      isOpen = false;
      await under.sink.close();
      await under.close();
    });

    /** Delivers as the pump does, in calls that are as large as the sink takes them. */
    async function deliver(events: readonly RecordedCallback[]): Promise<void> {
      const { sink } = under;
      for (let i = 0; i < events.length; i += sink.batchSize) {
        await sink.deliver(events.slice(i, i + sink.batchSize).map(cloudEvent), never);
      }
    }

    /** What the other system has, each event where it was first. */
    async function first(): Promise<string[]> {
      const byId = new Map<string, string>();
      for (const text of await under.kept()) {
        const { source, id } = JSON.parse(text) as OutgoingEvent["attributes"];
        if (!byId.has(`${source} ${id}`)) byId.set(`${source} ${id}`, text);
      }
      return [...byId.values()];
    }

    it("brings events over as they are, however unusual, in order", async () => {
      await deliver(unusual);
      expect(await under.kept()).toEqual(unusual.map((event) => cloudEvent(event).text));
    });

    it("brings over many, those of each group in order", async () => {
      const events = Array.from({ length: 300 }, (_, i) => sampleEvent(i + 1, { groupId: `group-${i % 7}` }));
      await deliver(events);
      const texts = events.map((event) => cloudEvent(event).text);
      const kept = await under.kept();
      for (let n = 0; n < 7; n += 1) expect(ofGroup(kept, n)).toEqual(ofGroup(texts, n));
      expect(kept).toHaveLength(300);
    });

    it("takes again what it has taken, without harm", async () => {
      const events = [1, 2, 3, 4].map((position) => sampleEvent(position));
      await deliver(events.slice(0, 3));
      await deliver(events);
      expect(await first()).toEqual(events.map((event) => cloudEvent(event).text));
    });

    it("gives up when it is told to, and works afterwards", async () => {
      const reason = new Error("it took too long");
      await expect(under.sink.deliver([cloudEvent(sampleEvent(1))], AbortSignal.abort(reason))).rejects.toBeInstanceOf(
        Error,
      );
      expect(await under.kept()).toEqual([]);
      await deliver([sampleEvent(1)]);
      expect(await under.kept()).toEqual([cloudEvent(sampleEvent(1)).text]);
    });

    it(
      "says what was not taken while the other side was away, and goes on when it is back",
      { timeout: 60_000 },
      async () => {
        await deliver([sampleEvent(1)]);
        await under.crash();
        await expect(deliver([sampleEvent(2)])).rejects.toBeInstanceOf(Error);
        await expect(deliver([sampleEvent(2)])).rejects.toBeInstanceOf(Error);
        await under.restart();
        await expect
          .poll(() => deliver([sampleEvent(2)]).then(() => "taken", String), { timeout: 20_000 })
          .toBe("taken");
        await deliver([sampleEvent(3)]);
        expect(await first()).toEqual([1, 2, 3].map((position) => cloudEvent(sampleEvent(position)).text));
      },
    );

    it(
      "has everything, of each group in order, though it crashes while the pump delivers",
      { timeout: 90_000 },
      async () => {
        const folder = mkdtempSync(join(tmpdir(), "muster-sink-"));
        const { journal, sinks: store, close } = openSqliteStore(join(folder, "recorder.db"));
        const { sink } = under;
        const delivered = { count: 0 };
        let crash: Promise<void> | undefined;
        // Amid the delivering: when so many have been taken.
        const crashingSink: Sink = {
          concurrency: sink.concurrency,
          batchSize: Math.min(sink.batchSize, 50),
          close: async () => {},
          async deliver(events, signal) {
            if (delivered.count >= 120) crash ??= under.crash().then(under.restart);
            await sink.deliver(events.slice(0, 25), signal);
            if (events.length > 25) await sink.deliver(events.slice(25), signal);
          },
        };
        const pump = startPump({
          name: "contract",
          sink: crashingSink,
          filter: () => true,
          delays: Array.from({ length: 100 }, () => 20),
          waits: { first: 20, longest: 200 },
          progress: await store.open("contract", () => 0),
          journal,
          store,
          clock: systemClock,
          random: Math.random,
          log: createLog("contract", "silent"),
          delivered,
          failures: { count: 0 },
        });
        const events = Array.from({ length: 400 }, (_, i) => sampleEvent(i + 1, { groupId: `group-${i % 9}` }));
        try {
          for (const event of events) await journal.keep(event);
          await expect
            .poll(() => pump.status(), { timeout: 60_000 })
            .toMatchObject({ settled: 400, heldGroups: 0, failingUntil: undefined });
        } finally {
          await crash;
          await pump.stop();
          await close();
          rmSync(folder, { recursive: true });
        }
        expect(crash).toBeDefined();
        const came = await first();
        const texts = events.map((event) => cloudEvent(event).text);
        for (let n = 0; n < 9; n += 1) expect(ofGroup(came, n)).toEqual(ofGroup(texts, n));
        expect(came).toHaveLength(400);
      },
    );
  });
}
