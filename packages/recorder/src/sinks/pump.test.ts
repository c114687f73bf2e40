import { createLog, systemClock, type Clock } from "@muster/foundation";
import { describe, expect, it, onTestFinished } from "vitest";
import { join } from "node:path";

import { temporaryFolder } from "../../../../test/harness/folder.ts";
import { createRandom, seedOf } from "../../../../test/harness/random.ts";
import type { RecorderStore } from "../store/recorder-store.ts";
import { openSqliteStore } from "../store/sqlite/sqlite-store.ts";
import type { OutgoingEvent } from "./cloud-event.ts";
import { startPump, type Pump } from "./pump.ts";
import { sinkFilter, type SinkSelection } from "./sink-filter.ts";
import { sampleEvent } from "./sink.contract.ts";
import { EventRefused, SinkBusy, type Sink } from "./sink.ts";

const NAME = "crm";

/** What is answered to an event: it is taken, refused, or the sink fails. Asked anew each time. */
type Answering = (event: OutgoingEvent) => "taken" | "refused" | "failed" | Promise<"taken">;

/** A sink that answers as it is told, and remembers in which order it took what. */
function scriptedSink(limits: Pick<Sink, "concurrency" | "batchSize">, answering: Answering = () => "taken") {
  const taken: OutgoingEvent[] = [];
  const calls: (readonly number[])[] = [];
  const underWay = new Set<string>();
  const most = { calls: 0 };
  let running = 0;
  const sink: Sink = {
    ...limits,
    async deliver(events, signal) {
      calls.push(events.map(({ position }) => position));
      running += 1;
      most.calls = Math.max(most.calls, running);
      const lanes = new Set(events.map(({ sdkAppId, groupId }) => `${sdkAppId} ${groupId}`));
      for (const lane of lanes) expect(underWay.has(lane), `two calls have events of ${lane}`).toBe(false);
      for (const lane of lanes) underWay.add(lane);
      try {
        await new Promise(setImmediate);
        const answers = await Promise.all(events.map((event) => whicheverIsFirst(answering(event), signal)));
        if (answers.includes("failed")) throw new Error("the other side is away");
        if (answers.includes("refused")) throw new EventRefused("it has no name");
        taken.push(...events);
      } finally {
        running -= 1;
        for (const lane of lanes) underWay.delete(lane);
      }
    },
    close: async () => {},
  };
  return { sink, taken, calls, most, positions: () => taken.map(({ position }) => position) };
}

function whicheverIsFirst<T>(answer: T, signal: AbortSignal): Promise<Awaited<T>> {
  return new Promise((resolve, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason as Error));
    void Promise.resolve(answer).then(resolve);
  });
}

interface Settings extends SinkSelection {
  readonly store?: RecorderStore;
  readonly delays?: readonly number[];
  readonly clock?: Clock;
}

function openTestStore(): RecorderStore {
  const store = openSqliteStore(join(temporaryFolder(), "recorder.db"));
  onTestFinished(() => store.close());
  return store;
}

/** A pump over a journal on disk, with short waits; stopped before the journal is closed. */
async function start(sink: Sink, { store, delays = [10, 10], clock = systemClock, ...selection }: Settings = {}) {
  const { journal, sinks } = store ?? openTestStore();
  const counted = { delivered: { count: 0 }, failures: { count: 0 } };
  const pump = startPump({
    name: NAME,
    ...counted,
    sink,
    filter: sinkFilter(selection),
    delays,
    waits: { first: 10, longest: 40 },
    progress: await sinks.open(NAME, () => 0),
    journal,
    store: sinks,
    clock,
    random: Math.random,
    log: createLog("recorder", "silent"),
  });
  let stopped: Promise<void> | undefined;
  const stop = () => (stopped ??= pump.stop());
  onTestFinished(stop);
  return { pump: { ...pump, stop }, ...counted };
}

/** Keeps events, `groups` of them in turns. */
async function keep({ journal }: RecorderStore, from: number, to: number, groups = 1): Promise<void> {
  const events = Array.from({ length: to - from + 1 }, (_, i) =>
    sampleEvent(from + i, { groupId: `group-${(from + i) % groups}` }),
  );
  await Promise.all(events.map((event) => journal.keep(event)));
}

const upTo = (last: number): number[] => Array.from({ length: last }, (_, i) => i + 1);
async function settled(pump: Pump, position: number): Promise<void> {
  await expect.poll(() => pump.status()).toMatchObject({ settled: position, heldGroups: 0 });
}
const sorted = (numbers: readonly number[]) => numbers.toSorted((a, b) => a - b);

/** A clock that goes on whenever somebody looks at it, passes the time until the next is to be woken, and wakes a little early. */
function tickingClock(): Clock {
  const waiting = new Set<{ readonly at: number; wake(): void }>();
  let [time, early] = [1_700_000_000_000, 0];

  function wakeNext(): void {
    const [next] = [...waiting].toSorted((one, other) => one.at - other.at);
    if (!next) return;
    waiting.delete(next);
    early = (early + 1) % 8;
    time = Math.max(time, next.at - early);
    next.wake();
  }

  return {
    now: () => (time += 1),
    after(delay, wake) {
      // Nothing here takes so long that somebody would give it up.
      if (delay > 1_000) return () => undefined;
      const one = { at: time + delay, wake };
      waiting.add(one);
      setImmediate(wakeNext);
      return () => void waiting.delete(one);
    },
  };
}

describe("a pump", () => {
  it("brings what there is and what comes, in the order of the journal, in batches", async () => {
    const store = openTestStore();
    await keep(store, 1, 1_500, 7);
    const { sink, calls, most, positions } = scriptedSink({ concurrency: 1, batchSize: 100 });
    const { pump, delivered, failures } = await start(sink, { store });
    await settled(pump, 1_500);
    await keep(store, 1_501, 1_510);
    await settled(pump, 1_510);
    expect(positions()).toEqual(upTo(1_510));
    expect(Math.max(...calls.map((call) => call.length))).toBe(100);
    expect(most.calls).toBe(1);
    expect([delivered.count, failures.count, pump.status().lastFailure]).toEqual([1_510, 0, undefined]);
  });

  it("brings several groups at a time, and of each one event after the other", async () => {
    const store = openTestStore();
    await keep(store, 1, 300, 10);
    const { sink, most, taken } = scriptedSink({ concurrency: 4, batchSize: 1 });
    const { pump } = await start(sink, { store });
    await settled(pump, 300);
    expect(most.calls).toBe(4);
    for (let group = 0; group < 10; group += 1) {
      const ofGroup = taken.filter(({ groupId }) => groupId === `group-${group}`).map(({ position }) => position);
      expect(ofGroup).toEqual(sorted(ofGroup));
      expect(ofGroup).toHaveLength(30);
    }
  });

  it("brings only the apps and commands that are asked for, and passes the others", async () => {
    const store = openTestStore();
    await store.journal.keep(sampleEvent(1));
    await store.journal.keep(sampleEvent(2, { sdkAppId: 2 }));
    await store.journal.keep(sampleEvent(3, { command: "Group.CallbackAfterGroupDestroyed" }));
    await store.journal.keep(sampleEvent(4));
    await store.journal.keep(sampleEvent(5, { sdkAppId: 2 }));
    const { sink, positions } = scriptedSink({ concurrency: 1, batchSize: 10 });
    const selection = { sdkAppIds: [1400000001], commands: ["Group.CallbackAfterGroupFull"] };
    const { pump } = await start(sink, { store, ...selection });
    await settled(pump, 5);
    expect(positions()).toEqual([1, 4]);
  });

  it("goes on where it was when it is started again, also in a group that was held", async () => {
    const store = openTestStore();
    await keep(store, 1, 20, 4);
    let isBad = true;
    const answering: Answering = ({ position }) => (isBad && position === 6 ? "failed" : "taken");
    const first = scriptedSink({ concurrency: 2, batchSize: 1 }, answering);
    const { pump } = await start(first.sink, { store, delays: [60_000] });
    await expect.poll(() => first.taken.length).toBe(16);
    await pump.stop();
    isBad = false;
    const second = scriptedSink({ concurrency: 2, batchSize: 1 }, answering);
    expect(await store.sinks.open(NAME, () => 0)).toMatchObject({
      position: 20,
      held: [{ lane: "1400000001/group-2", after: 5, failures: 1 }],
    });
    const again = await start(second.sink, { store, delays: [10] });
    await keep(store, 21, 24, 4);
    await expect.poll(() => second.taken.length).toBe(3);
    expect(sorted(second.positions())).toEqual([21, 23, 24]);
    await again.pump.stop();
  });
});

describe("an event that is not taken", () => {
  it("holds back its own group alone, which then goes on in order", async () => {
    const store = openTestStore();
    let isBad = true;
    const { sink, taken, positions } = scriptedSink({ concurrency: 4, batchSize: 1 }, ({ position }) =>
      isBad && position === 5 ? "failed" : "taken",
    );
    await keep(store, 1, 100, 5);
    const { pump } = await start(sink, { store, delays: Array.from({ length: 1_000 }, () => 10) });
    // Everything of the other four groups.
    await expect.poll(() => taken.length).toBe(80);
    expect(pump.status()).toMatchObject({ position: 100, settled: 4, heldGroups: 1 });
    await keep(store, 101, 110, 5);
    await expect.poll(() => taken.length).toBe(88);
    isBad = false;
    await settled(pump, 110);
    const ofGroup = positions().filter((position) => position % 5 === 0);
    expect(ofGroup).toEqual(sorted(ofGroup));
    expect(sorted(positions())).toEqual(upTo(110));
    expect(await store.sinks.countDeadLetters(NAME)).toBe(0);
  });

  it("becomes a dead letter after so many failures, and its group goes on", async () => {
    const store = openTestStore();
    const bad = new Set([5, 17]);
    const { sink, calls, positions } = scriptedSink({ concurrency: 4, batchSize: 1 }, ({ position }) =>
      bad.has(position) ? "refused" : "taken",
    );
    await keep(store, 1, 40, 5);
    const { pump } = await start(sink, { store, delays: [5, 5, 5] });
    await settled(pump, 40);
    expect(sorted(positions())).toEqual(upTo(40).filter((position) => !bad.has(position)));
    expect(calls.filter(([position]) => position === 5)).toHaveLength(4);
    await expect
      .poll(() => store.sinks.deadLetters(NAME, 0, 10))
      .toEqual(
        [5, 17].map((position) => ({ position, failures: 4, error: "it has no name", diedAt: expect.any(Number) })),
      );

    // Sent again: one of them is taken now.
    bad.delete(5);
    pump.retry([17, 5]);
    await expect.poll(() => store.sinks.deadLetters(NAME, 0, 10)).toMatchObject([{ position: 17, failures: 5 }]);
    expect(positions().at(-1)).toBe(5);
    await keep(store, 41, 45, 5);
    await settled(pump, 45);
  });

  it("is found in a batch that is refused, and only its group waits", async () => {
    const store = openTestStore();
    const { sink, taken } = scriptedSink({ concurrency: 1, batchSize: 50 }, ({ position }) =>
      position === 33 ? "refused" : "taken",
    );
    await keep(store, 1, 200, 10);
    const { pump } = await start(sink, { store, delays: [10, 10] });
    await settled(pump, 200);
    expect(sorted(taken.map(({ position }) => position))).toEqual(upTo(200).filter((position) => position !== 33));
    await expect.poll(() => store.sinks.deadLetters(NAME, 0, 10)).toMatchObject([{ position: 33, failures: 3 }]);
  });

  it("is dead though nothing else comes where the sink refuses it, and waits where the sink fails", async () => {
    const store = openTestStore();
    await keep(store, 1, 3);
    const answers: Record<number, "refused" | "failed"> = { 1: "refused", 2: "failed" };
    const { sink, calls, positions } = scriptedSink(
      { concurrency: 1, batchSize: 1 },
      ({ position }) => answers[position] ?? "taken",
    );
    const { pump } = await start(sink, { store, delays: [5, 5] });
    await expect.poll(() => calls.filter(([position]) => position === 2).length).toBeGreaterThan(10);
    expect((await store.sinks.deadLetters(NAME, 0, 10)).map(({ position }) => position)).toEqual([1]);
    delete answers[2];
    await settled(pump, 3);
    expect(positions()).toEqual([2, 3]);
  });

  it("is a dead letter at once where somebody gives it up, and its group goes on", async () => {
    const store = openTestStore();
    await keep(store, 1, 4, 2);
    const { sink, calls, positions } = scriptedSink({ concurrency: 1, batchSize: 1 }, ({ position }) =>
      position === 2 ? "failed" : "taken",
    );
    const { pump } = await start(sink, { store, delays: [5, 600_000] });
    const lane = "1400000001/group-0";
    await expect.poll(() => pump.held()).toMatchObject([{ lane, after: 1, error: "the other side is away" }]);
    expect(await pump.skip("1400000001/group-1")).toBeUndefined();
    pump.setPaused(true);
    expect(await Promise.all([pump.skip(lane), pump.skip(lane)])).toEqual([2, 2]);
    pump.setPaused(false);
    await settled(pump, 4);
    expect(positions()).toEqual([1, 3, 4]);
    const letter = { position: 2, failures: 1, error: "the other side is away", diedAt: expect.any(Number) };
    await expect
      .poll(() => store.sinks.deadLetters(NAME, 0, 10))
      .toMatchObject([{ ...letter, failures: expect.any(Number) }]);
    expect(pump.held()).toEqual([]);
    const before = calls.length;
    expect(await pump.skip(lane)).toBeUndefined();
    expect(calls).toHaveLength(before);
  });
});

describe("a sink that is down", () => {
  it.each([
    { concurrency: 8, batchSize: 1 },
    { concurrency: 1, batchSize: 100 },
  ])("is left alone, makes no dead letters, and gets everything in order when it is back: %o", async (limits) => {
    const store = openTestStore();
    let isDown = false;
    const { sink, taken, calls } = scriptedSink(limits, () => (isDown ? "failed" : "taken"));
    const { pump, failures } = await start(sink, { store, delays: [1] });
    await keep(store, 1, 50, 5);
    await settled(pump, 50);
    isDown = true;
    await keep(store, 51, 3_000, 5);
    await expect.poll(() => failures.count).toBeGreaterThan(5);
    expect(pump.status().failingUntil).toBeTypeOf("number");
    // One try at a time, whatever waits.
    expect(calls.slice(-3).map((call) => call.length)).toEqual([1, 1, 1]);
    isDown = false;
    await settled(pump, 3_000);
    expect(sorted(taken.map(({ position }) => position))).toEqual(upTo(3_000));
    for (let group = 0; group < 5; group += 1) {
      const ofGroup = taken.filter(({ groupId }) => groupId === `group-${group}`).map(({ position }) => position);
      expect(ofGroup).toEqual(sorted(ofGroup));
    }
    expect(await store.sinks.countDeadLetters(NAME)).toBe(0);
  });

  it("is tried again, though its time comes between two looks at the clock", async () => {
    const clock = tickingClock();
    const store = openTestStore();
    await keep(store, 1, 20);
    const { sink } = scriptedSink({ concurrency: 1, batchSize: 100 }, () => "failed");
    const { failures } = await start(sink, { store, delays: [1], clock });
    await expect.poll(() => failures.count).toBeGreaterThan(100);
  });

  it("is left alone for as long as it asks, and nothing is held against the event", async () => {
    const store = openTestStore();
    await keep(store, 1, 3);
    let isBusy = true;
    const { sink, taken } = scriptedSink({ concurrency: 1, batchSize: 1 });
    const busy: Sink = {
      ...sink,
      async deliver(events, signal) {
        if (isBusy) throw new SinkBusy("HTTP status 429", 300);
        await sink.deliver(events, signal);
      },
    };
    const { pump, failures } = await start(busy, { store, delays: [1] });
    await expect.poll(() => failures.count).toBe(1);
    const { failingUntil, lastFailure, heldGroups } = pump.status();
    expect((failingUntil ?? 0) - (lastFailure?.at ?? 0)).toBeGreaterThanOrEqual(300);
    expect(heldGroups).toBe(0);
    isBusy = false;
    await settled(pump, 3);
    expect(taken.map(({ position }) => position)).toEqual([1, 2, 3]);
    expect(failures.count).toBe(1);
    expect(await store.sinks.countDeadLetters(NAME)).toBe(0);
  });

  it("is not thought to be down because of some bad groups", async () => {
    const store = openTestStore();
    const { sink, taken } = scriptedSink({ concurrency: 2, batchSize: 1 }, ({ groupId }) =>
      Number(groupId?.slice("group-".length)) < 6 ? "failed" : "taken",
    );
    await keep(store, 1, 200, 20);
    const { pump, failures } = await start(sink, { store, delays: Array.from({ length: 100 }, () => 5) });
    await expect.poll(() => taken.length).toBe(140);
    expect(pump.status().heldGroups).toBe(6);
    // Nothing is held against the sink for what has failed before.
    await expect.poll(() => failures.count).toBeGreaterThan(30);
    expect(pump.status().failingUntil).toBeUndefined();
  });

  it("is sent nothing while it is paused, and remembers that it is", async () => {
    const store = openTestStore();
    const { sink, positions } = scriptedSink({ concurrency: 1, batchSize: 10 });
    await store.sinks.open(NAME, () => 0);
    await store.sinks.setPaused(NAME, true);
    const { pump } = await start(sink, { store });
    await keep(store, 1, 10);
    await store.sinks.deadLetters(NAME, 0, 1);
    expect(pump.status()).toMatchObject({ paused: true, position: 0 });
    expect(positions()).toEqual([]);
    pump.setPaused(false);
    await settled(pump, 10);
    expect(positions()).toEqual(upTo(10));
  });
});

it("brings everything at least once and in order, whatever fails and however often it is stopped", async () => {
  const random = createRandom(seedOf("pump"));
  const store = openTestStore();
  const taken: OutgoingEvent[] = [];
  const answering: Answering = () => {
    const draw = random();
    return draw < 0.1 ? "failed" : draw < 0.12 ? "refused" : "taken";
  };
  let kept = 0;
  for (let life = 0; life < 12; life += 1) {
    const limits = life % 2 === 0 ? { concurrency: 5, batchSize: 1 } : { concurrency: 2, batchSize: 20 };
    const script = scriptedSink(limits, answering);
    const { pump } = await start(script.sink, { store, delays: Array.from({ length: 50 }, () => 2) });
    await keep(store, kept + 1, kept + 60, 9);
    kept += 60;
    await expect.poll(() => script.taken.length, { interval: 2 }).toBeGreaterThan(Math.floor(random() * 40));
    await pump.stop();
    taken.push(...script.taken);
  }
  const last = scriptedSink({ concurrency: 5, batchSize: 1 });
  const { pump } = await start(last.sink, { store });
  await settled(pump, kept);
  taken.push(...last.taken);
  const first = [...new Set(taken.map(({ position }) => position))];
  expect(sorted(first)).toEqual(upTo(kept));
  for (let group = 0; group < 9; group += 1) {
    const ofGroup = first.filter((position) => position % 9 === group);
    expect(ofGroup).toEqual(sorted(ofGroup));
  }
});
