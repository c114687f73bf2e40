import { join } from "node:path";

import { createLog } from "@muster/foundation";
import fc from "fast-check";

import { describe, expect, it } from "vitest";

import { temporaryFolder } from "../../../../test/harness/folder.ts";
import { problemsOf } from "../../../../test/harness/account.ts";
import { createSimulatedClock, type SimulatedClock } from "../../../../test/harness/simulated-clock.ts";
import {
  calm,
  createWorld as createWholeWorld,
  type Weather,
  type World,
} from "../../../../test/harness/simulated-world.ts";
import type { Outbox } from "../ports/outbox.ts";
import { openSqliteStore } from "../store/sqlite/open-store.ts";
import { createEndpointGate, type EndpointGate, type EndpointLimits } from "./endpoint-gate.ts";
import { createDispatcher, type Dispatcher, type DispatcherLimits } from "./dispatcher.ts";
import type { RetryPolicy } from "./retry-policy.ts";

const APP = 1400000001;
const OTHER_APP = 1400000002;
const log = createLog("test", "silent");
const never = <T>(): Promise<T> => new Promise<T>(() => undefined);

/** Tries again after 1, 2, 4, then every 8 s; gives up after so many attempts. */
const retryUpTo = (attempts: number): RetryPolicy => ({
  nextAttempt: (_callback, { number }, now) =>
    number >= attempts ? undefined : now + Math.min(1_000 * 2 ** (number - 1), 8_000),
});

/** A gate that nothing has ever failed at. */
const openGate = (clock: SimulatedClock): EndpointGate =>
  createEndpointGate({
    clock,
    random: () => 0.5,
    limitsOf: () => ({ concurrency: 64, rate: undefined }),
    saved: [],
    onChange: () => undefined,
  });

/** Has something happen after each call to the outbox, before it is known that the call is done. */
function after(world: World, name: "dueLanes" | "settle", happen: () => void | Promise<void>): void {
  const { dueLanes, settle } = world.outbox;
  const then = async <T>(call: Promise<T>): Promise<T> => {
    const result = await call;
    await happen();
    return result;
  };
  if (name === "dueLanes")
    Object.assign(world.outbox, { dueLanes: (...args: Parameters<typeof dueLanes>) => then(dueLanes(...args)) });
  else Object.assign(world.outbox, { settle: (...args: Parameters<typeof settle>) => then(settle(...args)) });
}

/** A world in which every app is treated alike. */
function createWorld(options: {
  limits?: DispatcherLimits;
  retry?: RetryPolicy;
  weather?: Partial<Weather>;
  endpoint?: Partial<EndpointLimits>;
  seed?: number;
}): World {
  const { retry = retryUpTo(Infinity), endpoint = {}, ...rest } = options;
  const limits = { concurrency: options.limits?.sending ?? 64, rate: undefined, ...endpoint };
  return createWholeWorld({ ...rest, retry, endpoint: () => limits });
}

/** A world in which the dispatcher runs. */
async function runningWorld(options: Parameters<typeof createWorld>[0] = {}): Promise<World> {
  const world = createWorld(options);
  await world.start();
  return world;
}

const commit = (world: World, ...lanes: string[]): void =>
  world.outbox.commit(...lanes.map((lane) => [APP, lane] as const));
const sequencesOf = (world: World, lane: string): number[] =>
  world.sent.filter((one) => one.lane === lane).map(({ sequence }) => sequence);
const manyOf = <T>(count: number, make: (i: number) => T): T[] => Array.from({ length: count }, (_, i) => make(i));

describe("the order", () => {
  it("is that of the numbers within a lane, one at a time", async () => {
    const world = await runningWorld({ weather: { sendTakes: 50 } });
    commit(world, ...manyOf(200, () => "a"));
    await world.clock.run(60_000);
    expect(sequencesOf(world, "a")).toEqual(manyOf(200, (i) => i + 1));
    expect(world.violations).toEqual([]);
    expect(world.outbox.books).toMatchObject({ delivered: 200, pending: 0 });
  });

  it("is that of the commits too, where they come while others are on their way", async () => {
    const world = await runningWorld({
      weather: { sendTakes: 50, storeTakes: 20 },
      limits: { sending: 2, lanes: 2, window: 2, go: 2, turn: 3 },
    });
    for (let i = 0; i < 100; i += 1) {
      commit(world, "a", "b");
      await world.clock.run(7);
    }
    await world.clock.run(60_000);
    expect(sequencesOf(world, "a")).toEqual(manyOf(100, (i) => i + 1));
    expect(sequencesOf(world, "b")).toEqual(manyOf(100, (i) => i + 1));
    expect([...world.violations, ...world.outbox.violations]).toEqual([]);
  });

  it("is nobody's between lanes: they are served side by side", async () => {
    const world = await runningWorld();
    world.script = () => never();
    commit(world, "a", "b", "c", "a");
    await world.clock.run(1_000);
    expect(world.inFlight).toEqual(new Set([`${APP} a`, `${APP} b`, `${APP} c`]));
  });
});

describe("a callback that cannot be delivered", () => {
  it("holds back its own lane, and nobody else's", async () => {
    const world = await runningWorld({ weather: { sendTakes: 10 } });
    world.script = ({ lane }) => lane !== "a";
    commit(world, "a", "a", ...manyOf(50, () => "b"));
    await world.clock.run(10_000);
    expect(sequencesOf(world, "b")).toHaveLength(50);
    expect(new Set(sequencesOf(world, "a"))).toEqual(new Set([1]));
  });

  it("is tried again at the time that the policy says, under the next number", async () => {
    const world = await runningWorld();
    world.script = (_callback, number) => number > 4;
    const start = world.clock.now();
    commit(world, "a", "a");
    await world.clock.run(60_000);
    expect(world.sent.map(({ sequence, number, at }) => [sequence, number, at - start])).toEqual([
      [1, 1, 0],
      [1, 2, 1_000],
      [1, 3, 3_000],
      [1, 4, 7_000],
      [1, 5, 15_000],
      [2, 1, 15_000],
      [2, 2, 16_000],
      [2, 3, 18_000],
      [2, 4, 22_000],
      [2, 5, 30_000],
    ]);
  });

  it("is tried again no later because the clock is set back meanwhile", async () => {
    const retry: RetryPolicy = { nextAttempt: (_callback, _failed, now) => now + 60_000 };
    const world = await runningWorld({ retry });
    world.script = (_callback, number) => number > 1;
    commit(world, "a", "a", "b");
    await world.clock.run(30_000);
    expect(world.outbox.books).toMatchObject({ delivered: 0, pending: 3 });
    world.clock.jump(-24 * 3_600_000);
    await world.clock.run(200_000, () => world.outbox.books.pending === 0);
    expect(world.outbox.books).toMatchObject({ delivered: 3, pending: 0 });
    expect(world.violations).toEqual([]);
  });

  it("is not tried any sooner because more comes behind it", async () => {
    const world = await runningWorld();
    world.script = (_callback, number) => number > 1;
    commit(world, "a");
    await world.clock.run(500);
    commit(world, "a", "b");
    await world.clock.run(499);
    expect(sequencesOf(world, "a")).toEqual([1]);
    await world.clock.run(1);
    expect(sequencesOf(world, "a")).toEqual([1, 1, 2]);
  });

  it("is dead when the policy gives up, and the lane goes on", async () => {
    const world = await runningWorld({ retry: retryUpTo(3) });
    world.script = ({ sequence }) => sequence !== 2;
    commit(world, "a", "a", "a");
    await world.clock.run(60_000);
    expect(world.sent.map(({ sequence, number }) => `${sequence}.${number}`)).toEqual([
      "1.1",
      "2.1",
      "2.2",
      "2.3",
      "3.1",
    ]);
    expect(world.outbox.books).toEqual({ accepted: 3, delivered: 2, dead: 1, pending: 0, cancelled: 0 });
  });
});

describe("bounds", () => {
  it("hold however many lanes are pending: so many attempts of an app are under way, no more", async () => {
    const world = createWorld({ weather: { sendTakes: 100, storeTakes: 30 } });
    commit(world, ...manyOf(10_000, (i) => `lane ${i}`));
    await world.start();
    await world.clock.run(1e9, () => world.outbox.books.pending === 0);
    expect(world.outbox.books.delivered).toBe(10_000);
    expect(world.mostInFlight()).toBeLessThanOrEqual(64);
    expect(world.mostInFlight()).toBeGreaterThan(32);
  });

  it("hold while commits rain in", async () => {
    const world = await runningWorld({ weather: { sendTakes: 100, storeTakes: 30 } });
    for (let i = 0; i < 300; i += 1) {
      commit(world, ...manyOf(10, (j) => `lane ${(i * 10 + j) % 500}`));
      await world.clock.run(1);
    }
    await world.clock.run(1e9, () => world.outbox.books.pending === 0);
    expect(world.outbox.books.delivered).toBe(3_000);
    expect(world.mostInFlight()).toBeLessThanOrEqual(64);
    expect(world.violations).toEqual([]);
  });

  it("are each app's own", async () => {
    const world = await runningWorld({
      limits: { sending: 8, lanes: 2, window: 4, go: 2, turn: 4 },
      endpoint: { concurrency: 2 },
    });
    world.script = ({ sdkAppId }) => (sdkAppId === APP ? never() : true);
    commit(world, "a", "b", "c");
    world.outbox.commit(...manyOf(20, (i) => [OTHER_APP, `lane ${i}`] as const));
    await world.clock.run(10_000);
    expect(world.outbox.books.delivered).toBe(20);
  });

  it.each([
    { go: 2, most: 2 },
    { go: 8, most: 5 },
  ])("hold for what is read of a lane: no more than it sends in one go of $go", async ({ go, most }) => {
    const asked: number[] = [];
    const world = createWorld({ limits: { sending: 4, lanes: 4, window: 5, go, turn: 100 } });
    commit(world, ...manyOf(100, () => "a"));
    const { pending } = world.outbox;
    Object.assign(world.outbox, {
      pending: (...args: Parameters<Outbox["pending"]>) => {
        asked.push(args[3]);
        return pending(...args);
      },
    });
    await world.start();
    await world.clock.run(1_000);
    expect(Math.max(...asked)).toBe(most);
    expect(asked.length).toBeGreaterThanOrEqual(20);
    expect(world.outbox.books.delivered).toBe(100);
  });

  it("hold for results while none can be written: then nothing more is sent", async () => {
    const world = createWorld({ limits: { sending: 3, lanes: 3, window: 5, go: 2, turn: 100 } });
    commit(world, ...manyOf(1_000, (i) => `lane ${i % 20}`));
    const { settle } = world.outbox;
    let full = true;
    Object.assign(world.outbox, {
      settle: (...args: Parameters<Outbox["settle"]>) =>
        full ? Promise.reject(new Error("the disk is full")) : settle(...args),
    });
    await world.start();
    await world.clock.run(60_000);
    expect(world.sent).toHaveLength(15);
    full = false;
    await world.clock.run(60_000);
    expect(world.outbox.books).toMatchObject({ delivered: 1_000, pending: 0 });
    expect(world.sent, "nothing twice").toHaveLength(1_000);
    expect([...world.violations, ...world.outbox.violations]).toEqual([]);
  });
});

describe("shares", () => {
  const limits: DispatcherLimits = { sending: 8, lanes: 64, window: 4, go: 2, turn: 8 };

  it("hold for what waits in memory behind an attempt: what is long is read when its turn comes", async () => {
    const { store, outbox, close } = openSqliteStore(join(temporaryFolder(), "server.db"));
    const read: string[] = [];
    const sent: string[] = [];
    const held = Promise.withResolvers<void>();
    const dispatcher = createDispatcher({
      outbox: {
        ...outbox,
        pending(...look) {
          read.push(look[1]);
          return outbox.pending(...look);
        },
      },
      async send({ id }, number) {
        sent.push(id);
        await held.promise;
        return { number, startedAt: 1, durationMs: 0, outcome: "delivered" };
      },
      retry: retryUpTo(Infinity),
      gate: openGate(createSimulatedClock()),
      clock: createSimulatedClock(),
      log,
    });
    const enqueue = (lane: string, number: number, body: string): Promise<void> =>
      store.write(APP, (tx) =>
        tx.enqueue({
          id: `${lane} ${number}`,
          lane,
          command: "Group.CallbackAfterCreateGroup",
          body,
          clientIp: "",
          platform: "Web",
          acceptedAt: 1,
        }),
      );
    await dispatcher.start();
    for (const number of [1, 2, 3]) {
      await enqueue("short", number, "{}");
      await enqueue("long", number, `"${"x".repeat(10_000)}"`);
    }
    expect(sent).toEqual(["short 1", "long 1"]);
    held.resolve();
    await expect.poll(() => sent.length).toBe(6);
    expect(read).toEqual(["long"]);
    await dispatcher.stop();
    await close();
  });

  it("keep first attempts from waiting behind what fails again and again", async () => {
    const world = await runningWorld({ limits });
    world.script = async ({ lane }, number) => {
      if (!lane.startsWith("bad")) return true;
      if (number > 1) await world.clock.sleep(2_000);
      return false;
    };
    // What works in between keeps the endpoint from being taken for one that fails.
    for (let i = 0; i < 200; i += 1) {
      commit(world, `bad ${i}`, "in between");
      await world.clock.run(300);
    }
    const start = world.clock.now();
    commit(world, ...manyOf(20, (i) => `good ${i}`));
    await world.clock.run(100);
    const good = world.sent.filter(({ lane }) => lane.startsWith("good"));
    expect(good).toHaveLength(20);
    expect(good.every(({ at }) => at - start < 100)).toBe(true);
    expect(world.violations).toEqual([]);
  });

  it("keep an app that hangs from having all attempts there are", async () => {
    const world = await runningWorld({ limits, endpoint: { concurrency: 64 } });
    world.script = ({ sdkAppId }) => (sdkAppId === APP ? world.clock.sleep(2_000).then(() => true) : true);
    for (let i = 0; i < 50; i += 1) {
      commit(world, ...manyOf(10, (j) => `slow ${i * 10 + j}`));
      world.outbox.commit([OTHER_APP, `quick ${i}`]);
      await world.clock.run(100);
    }
    const waits = world.sent
      .filter(({ sdkAppId }) => sdkAppId === OTHER_APP)
      .map(({ lane, at }) => at - (world.sent[0]?.at ?? 0) - Number(lane.split(" ")[1]) * 100);
    expect(waits).toHaveLength(50);
    expect(Math.max(...waits)).toBe(0);
  });
});

describe("an endpoint that fails", () => {
  it("is not flooded: it is tried now and then, and what was put off goes as soon as it works again", async () => {
    const world = await runningWorld({ retry: { nextAttempt: (_callback, _failed, now) => now + 3_600_000 } });
    world.script = () => false;
    commit(world, ...manyOf(500, (i) => `lane ${i}`));
    await world.clock.run(600_000);
    // Those that were on their way when it was found failing, and one each further time.
    expect(world.sent.length).toBeLessThan(64 + 20);
    world.script = () => true;
    await world.clock.run(400_000, () => world.outbox.books.pending === 0);
    expect(world.outbox.books).toMatchObject({ delivered: 500, pending: 0 });
    expect([...world.violations, ...world.outbox.violations]).toEqual([]);
  });

  it("is not taken for one that fails for good because of callbacks that alone fail", async () => {
    const world = await runningWorld({ retry: { nextAttempt: (_callback, _failed, now) => now + 1_000 } });
    // Many are due again and again and never taken: each of them would fail whenever the endpoint is tried.
    world.script = ({ lane }) => lane.startsWith("good");
    commit(world, ...manyOf(50, (i) => `bad ${i}`));
    await world.clock.run(60_000);
    const before = world.clock.now();
    commit(world, ...manyOf(20, (i) => `good ${i}`));
    await world.clock.run(1e6, () => world.outbox.books.delivered === 20);
    expect(world.outbox.books.delivered).toBe(20);
    // Of three attempts at most, one is for what was never tried.
    expect(world.clock.now() - before).toBeLessThan(3 * 300_000);
  });

  it("is sent everything at once when somebody says that it is back", async () => {
    const world = await runningWorld({ retry: { nextAttempt: (_callback, _failed, now) => now + 3_600_000 } });
    world.script = () => false;
    commit(world, ...manyOf(100, (i) => `lane ${i}`));
    await world.clock.run(100_000);
    world.script = () => true;
    const before = world.clock.now();
    await world.revive(APP);
    await world.clock.run(400_000, () => world.outbox.books.pending === 0);
    expect(world.clock.now() - before).toBeLessThan(1_000);
    expect(world.outbox.books.delivered).toBe(100);
  });

  it("is sent everything as soon as the store can be written, when somebody says that it is back before", async () => {
    const world = await runningWorld({ retry: { nextAttempt: (_callback, _failed, now) => now + 3_600_000 } });
    world.script = () => false;
    commit(world, ...manyOf(100, (i) => `lane ${i}`));
    await world.clock.run(100_000);
    world.script = () => true;
    world.weather.storeFails = 1;
    const revived = world.revive(APP);
    await world.clock.run(5_000);
    world.weather.storeFails = 0;
    const before = world.clock.now();
    await world.clock.run(400_000, () => world.outbox.books.pending === 0);
    await revived;
    expect(world.clock.now() - before).toBeLessThan(5_000);
    expect(world.outbox.books.delivered).toBe(100);
  });

  it("is sent what it was not at the rate that the app has, without a pause, when somebody says that it is back", async () => {
    const retry: RetryPolicy = { nextAttempt: (_callback, _failed, now) => now + 3_600_000 };
    const world = await runningWorld({ retry, endpoint: { rate: 20 } });
    world.script = () => false;
    commit(world, ...manyOf(100, (i) => `lane ${i}`));
    await world.clock.run(100_000);
    world.script = () => true;
    const before = world.clock.now();
    await world.revive(APP);
    await world.clock.run(400_000, () => world.outbox.books.pending === 0);
    expect(world.clock.now() - before).toBeLessThan(100 / 0.02 + 1_000);
  });

  it("is still left alone after a restart", async () => {
    const world = await runningWorld();
    world.script = () => false;
    commit(world, ...manyOf(100, (i) => `lane ${i}`));
    await world.clock.run(1_000);
    const { length } = world.sent;
    world.kill();
    await world.start();
    await world.clock.run(1_000);
    expect(world.sent.length - length).toBeLessThanOrEqual(1);
  });

  it("is not sent more a second than it may be, however much there is", async () => {
    const world = await runningWorld({ endpoint: { rate: 20 } });
    const start = world.clock.now();
    commit(world, ...manyOf(300, (i) => `lane ${i % 50}`));
    await world.clock.run(1e6, () => world.outbox.books.pending === 0);
    for (let second = 1; second < 10; second += 1) {
      const within = world.sent.filter(({ at }) => at - start >= second * 1_000 && at - start < (second + 1) * 1_000);
      expect(within.length).toBeLessThanOrEqual(21);
      expect(within.length).toBeGreaterThanOrEqual(19);
    }
    expect(world.outbox.books.delivered).toBe(300);
  });
});

describe("turns", () => {
  it("end: a lane with an endless backlog lets the others go", async () => {
    const world = createWorld({
      limits: { sending: 2, lanes: 2, window: 4, go: 2, turn: 8 },
      weather: { sendTakes: 1 },
    });
    commit(world, ...manyOf(1_000, () => "endless"), ...manyOf(1_000, () => "endless too"));
    await world.clock.run(1);
    commit(world, "late", "later", "latest");
    await world.start();
    await world.clock.run(1e9, () => sequencesOf(world, "latest").length > 0);
    expect(sequencesOf(world, "endless").length).toBeLessThanOrEqual(16);
    expect(sequencesOf(world, "endless too").length).toBeLessThanOrEqual(16);
    await world.clock.run(1e9, () => world.outbox.books.pending === 0);
    expect(world.outbox.books.delivered).toBe(2_003);
  });

  it("end also for lanes that are new all the time: what waits in the outbox comes before them", async () => {
    const world = createWorld({
      limits: { sending: 2, lanes: 2, window: 4, go: 2, turn: 8 },
      weather: { sendTakes: 10, storeTakes: 6 },
    });
    commit(world, ...manyOf(10, (i) => `waiting ${i}`));
    await world.start();
    let fresh = 0;
    for (; fresh < 1_000 && world.outbox.settledOf(APP, "waiting 9") === 0; fresh += 1) {
      commit(world, `fresh ${fresh}`);
      await world.clock.run(1);
    }
    expect(world.sent.filter(({ lane }) => lane.startsWith("fresh")).length).toBeLessThan(10);
    expect(fresh).toBeLessThan(1_000);
  });

  it("do not last until results are written in their own time: lanes that have one callback each do not wait for it", async () => {
    const world = await runningWorld({ weather: { sendTakes: 1, storeTakes: 5 } });
    commit(world, ...manyOf(4_000, (i) => `lane ${i}`));
    await world.clock.run(1_000);
    expect(world.outbox.books).toMatchObject({ delivered: 4_000, pending: 0 });
    expect(world.violations).toEqual([]);
  });

  it("do not end where nobody waits", async () => {
    const world = await runningWorld({ limits: { sending: 2, lanes: 2, window: 4, go: 2, turn: 8 } });
    commit(world, ...manyOf(100, () => "a"));
    await world.clock.run(1_000);
    expect(world.outbox.books.delivered).toBe(100);
  });
});

describe("lanes that have more in the outbox", () => {
  it("are read many together, where they wait for others anyway", async () => {
    const world = createWorld({ endpoint: { concurrency: 8 }, weather: { sendTakes: 10, storeTakes: 20 } });
    const { pending } = world.outbox;
    let read = 0;
    const moments = new Set<number>();
    Object.assign(world.outbox, {
      pending: (...args: Parameters<Outbox["pending"]>) => {
        read += 1;
        moments.add(world.clock.now());
        return pending(...args);
      },
    });
    commit(world, ...manyOf(100 * 40, (i) => `${i % 100}`));
    await world.start();
    await world.clock.run(60_000, () => world.outbox.books.pending === 0);
    expect(world.violations).toEqual([]);
    // Each has its head, three times what it sends in a go, and what is left.
    expect(read).toBeGreaterThanOrEqual(300);
    expect(moments.size).toBeLessThan(read / 6);
  });

  it("are read at once where nobody is before them", async () => {
    const world = createWorld({ weather: { sendTakes: 10, storeTakes: 20 } });
    commit(world, ...manyOf(32, () => "a"));
    const start = world.clock.now();
    await world.start();
    await world.clock.run(60_000, () => world.sent.length === 32);
    // The head comes with the lane; then there are two looks, and what is sent is sent one after the other.
    expect((world.sent.at(-1)?.at ?? Infinity) - start).toBeLessThanOrEqual(32 * 10 + 4 * 20);
  });
});

describe("a lane is not forgotten", () => {
  it("that gets longer while it is taken into memory", async () => {
    const world = createWorld({ limits: { sending: 2, lanes: 2, window: 1, go: 2, turn: 8 } });
    commit(world, "a");
    let first = true;
    after(world, "dueLanes", () => {
      if (first) commit(world, "a");
      first = false;
    });
    await world.start();
    await world.clock.run(60_000);
    expect(world.outbox.books).toMatchObject({ delivered: 2, pending: 0 });
  });

  it("that there was no room for, though fewer were due than there may be", async () => {
    const world = await runningWorld({ limits: { sending: 3, lanes: 3, window: 1, go: 2, turn: 8 } });
    world.script = async ({ lane }, number) => {
      if (lane === "a" || lane === "b") await world.clock.sleep(5);
      return lane < "x" || number > 1;
    };
    commit(world, "x", "y");
    await world.clock.run(900);
    // Two lanes wait to learn that their results are on disk, while two others become due.
    const delays = [10, 500];
    after(world, "settle", () => world.clock.sleep(delays.shift() ?? 0));
    commit(world, "first", "a", "b");
    await world.clock.run(60_000);
    expect(world.outbox.books).toMatchObject({ delivered: 5, pending: 0 });
  });
});

describe("stopping", () => {
  it("waits for what is on its way, writes its result and sends nothing more", async () => {
    const world = await runningWorld();
    world.script = async () => {
      await world.clock.sleep(500);
      return true;
    };
    commit(world, "a", "a", "b");
    await world.clock.run(100);
    let stopped = false;
    void world.stop().then(() => (stopped = true));
    await world.clock.run(399);
    expect(stopped).toBe(false);
    await world.clock.run(1);
    expect(stopped).toBe(true);
    commit(world, "c", "a");
    await world.clock.run(60_000);
    expect(world.sent).toHaveLength(2);
    expect(world.outbox.books).toMatchObject({ delivered: 2, pending: 3 });
  });

  it("is done at once where nothing is on its way", async () => {
    const world = await runningWorld();
    await world.stop();
    const another = createWorld({});
    await another.start();
    commit(another, "a");
    await another.clock.run(10);
    await another.stop();
    expect(another.outbox.books.delivered).toBe(1);
  });

  it("waits until the results could be written", async () => {
    const world = await runningWorld();
    commit(world, "a");
    const { settle } = world.outbox;
    let failures = 3;
    Object.assign(world.outbox, {
      settle: (...args: Parameters<Outbox["settle"]>) => {
        failures -= 1;
        return failures >= 0 ? Promise.reject(new Error("the disk is full")) : settle(...args);
      },
    });
    let stopped = false;
    await world.clock.run(1);
    void world.stop().then(() => (stopped = true));
    await world.clock.run(2_000);
    expect(stopped).toBe(false);
    await world.clock.run(2_000);
    expect(stopped).toBe(true);
    expect(world.outbox.books).toMatchObject({ delivered: 1, pending: 0 });
  });

  it("waits for a look into the outbox that is under way", async () => {
    const world = await runningWorld();
    world.script = (_callback, number) => number > 1;
    commit(world, "a");
    after(world, "dueLanes", () => world.clock.sleep(100));
    await world.clock.run(1_050);
    let stopped = false;
    void world.stop().then(() => (stopped = true));
    await world.clock.run(49);
    expect(stopped).toBe(false);
    await world.clock.run(1);
    expect(stopped).toBe(true);
  });

  it("leaves nothing running: the outbox is not asked any more", async () => {
    const world = await runningWorld({ weather: { storeTakes: 50, sendTakes: 50, sendFails: 0.5 } });
    commit(world, ...manyOf(200, (i) => `lane ${i}`));
    await world.clock.run(75);
    let calls: unknown;
    void world.stop().then(() => (calls = { ...world.outbox.calls }));
    await world.clock.run(60_000);
    expect(calls).toEqual(world.outbox.calls);
    expect(world.clock.next).toBeUndefined();
  });
});

describe("an app without a URL", () => {
  it("has nothing sent and is not asked about all the time, and goes on once it has one", async () => {
    const world = createWorld({ limits: { sending: 4, lanes: 4, window: 4, go: 2, turn: 4 } });
    commit(world, ...manyOf(40, (i) => `lane ${i % 10}`), "single");
    world.hasUrl = false;
    await world.start();
    await world.clock.run(10_000);
    expect(world.sent).toEqual([]);
    expect(world.outbox.violations).toEqual([]);
    expect(world.outbox.calls["dueLanes"]).toBeLessThan(100);
    world.hasUrl = true;
    await world.clock.run(2_000);
    expect(world.outbox.books).toMatchObject({ delivered: 41, pending: 0 });
  });

  it("goes on once it has one also where the result of an earlier callback was written late", async () => {
    const world = await runningWorld();
    world.script = async ({ sequence }) => {
      if (sequence === 1) await world.clock.sleep(10);
      world.hasUrl = false;
      return true;
    };
    after(world, "settle", () => world.clock.sleep(3_000));
    commit(world, "a", "a");
    await world.clock.run(500);
    world.hasUrl = true;
    world.script = undefined;
    await world.clock.run(10_000);
    expect(world.outbox.books).toMatchObject({ delivered: 2, pending: 0 });
  });

  it("can have what is pending cancelled, also what is in memory", async () => {
    const world = await runningWorld();
    world.script = () => false;
    commit(world, "a");
    await world.clock.run(100);
    world.hasUrl = false;
    commit(world, "a", "b");
    await world.cancel(APP);
    await world.clock.run(60_000);
    expect(world.outbox.books).toMatchObject({ pending: 0, cancelled: 3 });
    expect(world.outbox.violations).toEqual([]);
    world.hasUrl = true;
    world.script = undefined;
    commit(world, "a", "b");
    await world.clock.run(10_000);
    expect(world.outbox.books).toMatchObject({ pending: 0, delivered: 2 });
  });
});

describe("a store that fails", () => {
  it("is asked again after a while, not all the time", async () => {
    const world = await runningWorld();
    world.script = (_callback, number) => number > 1;
    commit(world, "a");
    await world.clock.run(100);
    world.weather.storeFails = 1;
    const before = world.outbox.calls["dueLanes"] ?? 0;
    await world.clock.run(60_000);
    const asked = (world.outbox.calls["dueLanes"] ?? 0) - before;
    expect(asked).toBeGreaterThan(50);
    expect(asked).toBeLessThan(70);
    world.weather.storeFails = 0;
    await world.clock.run(2_000);
    expect(world.outbox.books).toMatchObject({ delivered: 1, pending: 0 });
  });

  it("is not asked in a loop where only a lane cannot be read", async () => {
    const world = createWorld({});
    commit(world, ...manyOf(40, () => "a"), "b");
    const { pending } = world.outbox;
    let broken = true;
    Object.assign(world.outbox, {
      pending: (...args: Parameters<Outbox["pending"]>) =>
        broken && args[1] === "a" ? Promise.reject(new Error("the disk is broken there")) : pending(...args),
    });
    await world.start();
    await world.clock.run(10_000);
    expect(world.outbox.violations).toEqual([]);
    expect(world.outbox.calls["dueLanes"]).toBeLessThan(50);
    // A head comes with its lane, one at a time.
    expect(world.outbox.books.delivered).toBeLessThan(15);
    broken = false;
    await world.clock.run(2_000);
    expect(world.outbox.books.delivered).toBe(41);
  });
});

describe("a restart", () => {
  it("delivers what an earlier run left, unacknowledged ones again with the same id and number of attempts", async () => {
    const path = join(temporaryFolder(), "server.db");
    const clock = createSimulatedClock();
    const sent: [string, number][] = [];
    const turns = async (condition: () => boolean): Promise<void> => {
      while (!condition()) await new Promise(setImmediate);
    };
    const dispatch = (outbox: Outbox, works: (number: number) => boolean | undefined): Dispatcher =>
      createDispatcher({
        outbox,
        async send({ id }, number) {
          sent.push([id, number]);
          const outcome = works(number);
          if (outcome === undefined) return await never();
          return { number, startedAt: clock.now(), durationMs: 0, outcome: outcome ? "delivered" : "headers-timeout" };
        },
        retry: retryUpTo(Infinity),
        gate: openGate(clock),
        clock,
        log,
      });

    const first = openSqliteStore(path);
    // The second attempt is on its way, and its answer never known.
    const killed = dispatch(first.outbox, (number) => (number === 1 ? false : undefined));
    await killed.start();
    await first.store.write(APP, async (tx) => {
      for (const id of ["one", "two"]) {
        const command = "Group.CallbackAfterCreateGroup";
        await tx.enqueue({
          id,
          lane: "a",
          command,
          body: "{}",
          clientIp: "",
          platform: "Web",
          acceptedAt: clock.now(),
        });
      }
    });
    await turns(() => sent.length === 1);
    await turns(() => clock.next !== undefined);
    await clock.run(1_000);
    await turns(() => sent.length === 2);
    await first.close();

    const second = openSqliteStore(path);
    const dispatcher = dispatch(second.outbox, () => true);
    await dispatcher.start();
    await turns(() => sent.length === 4);
    await dispatcher.stop();
    expect(sent).toEqual([
      ["one", 1],
      ["one", 2],
      ["one", 2],
      ["two", 1],
    ]);
    expect(await second.outbox.ledger()).toMatchObject([{ accepted: 2, delivered: 2, pending: 0 }]);
    await second.close();
  });
});

describe("whatever happens", () => {
  const limits = fc.record({
    sending: fc.integer({ min: 1, max: 4 }),
    lanes: fc.integer({ min: 1, max: 4 }),
    window: fc.integer({ min: 1, max: 4 }),
    go: fc.integer({ min: 1, max: 3 }),
    turn: fc.integer({ min: 1, max: 4 }),
  });
  const weather = fc.record({
    sendFails: fc.constantFrom(0, 0.2, 0.7, 1),
    storeFails: fc.constantFrom(0, 0, 0.1, 0.4),
    sendTakes: fc.constantFrom(0, 1, 30, 900),
    storeTakes: fc.constantFrom(0, 0, 1, 30),
  });
  const lane = fc.tuple(fc.constantFrom(APP, APP, OTHER_APP), fc.constantFrom("a", "b", "c", "d", "e"));
  const step = fc.oneof(
    {
      weight: 8,
      arbitrary: fc.record({
        does: fc.constant("commit" as const),
        lanes: fc.array(lane, { minLength: 1, maxLength: 8 }),
      }),
    },
    {
      weight: 8,
      arbitrary: fc.record({ does: fc.constant("pass" as const), ms: fc.constantFrom(0, 0, 1, 10, 100, 3_000) }),
    },
    { weight: 1, arbitrary: fc.record({ does: fc.constant("kill" as const) }) },
    { weight: 1, arbitrary: fc.record({ does: fc.constant("stop" as const) }) },
    {
      weight: 1,
      arbitrary: fc.record({ does: fc.constant("revive" as const), sdkAppId: fc.constantFrom(APP, OTHER_APP) }),
    },
    { weight: 1, arbitrary: fc.record({ does: fc.constant("url" as const), there: fc.boolean() }) },
    {
      weight: 1,
      arbitrary: fc.record({ does: fc.constant("cancel" as const), sdkAppId: fc.constantFrom(APP, OTHER_APP) }),
    },
  );
  const history = fc.record({
    seed: fc.integer({ min: 0, max: 2 ** 31 - 1 }),
    limits,
    weather,
    attempts: fc.constantFrom(2, 5, Infinity),
    steps: fc.array(step, { maxLength: 40 }),
  });

  async function restart(world: World): Promise<void> {
    const { storeFails } = world.weather;
    // A program that cannot read its store does not start.
    world.weather.storeFails = 0;
    await world.start();
    world.weather.storeFails = storeFails;
  }

  async function stopInTheEnd(world: World): Promise<void> {
    let stopped = false;
    void world.stop().then(() => (stopped = true));
    await world.clock.run(600_000, () => stopped);
    expect(stopped, "stops").toBe(true);
    expect(world.inFlight.size, "stops with nothing on its way").toBe(0);
    world.kill();
  }

  it("every callback is delivered or given up in the end, in order and once for each life of the program", async () => {
    await fc.assert(
      fc.asyncProperty(history, async ({ seed, limits: few, weather: rough, attempts, steps }) => {
        const world = createWorld({ seed, limits: few, retry: retryUpTo(attempts), weather: rough });
        const { clock, outbox } = world;
        await restart(world);
        for (const one of steps) {
          if (one.does === "commit") outbox.commit(...one.lanes);
          else if (one.does === "pass") await clock.run(one.ms);
          else if (one.does === "kill") {
            world.kill();
            await restart(world);
          } else if (one.does === "stop") {
            await stopInTheEnd(world);
            await restart(world);
          } else if (one.does === "revive") void world.revive(one.sdkAppId);
          else if (one.does === "url") world.hasUrl = one.there;
          else {
            // Somebody takes the URL away, and what is pending with it.
            world.hasUrl = false;
            let cancelled = false;
            void world.cancel(one.sdkAppId).then(
              () => (cancelled = true),
              () => (cancelled = true),
            );
            await clock.run(10_000, () => cancelled);
          }
        }

        // The weather clears up.
        Object.assign(world.weather, calm);
        world.hasUrl = true;
        await clock.run(3_600_000, () => outbox.books.pending === 0 || outbox.violations.length > 0);
        expect([...world.violations, ...outbox.violations, ...problemsOf(world.account())]).toEqual([]);
        expect(outbox.books.pending, "nothing is forgotten").toBe(0);
        expect(world.mostInFlight()).toBeLessThanOrEqual(few.sending);

        // And then there is peace.
        await clock.run(60_000);
        const { wakes } = clock;
        await clock.run(1e9);
        expect(clock.wakes - wakes).toBe(0);
      }),
      { numRuns: Number(process.env["CAMPAIGN_HISTORIES"] ?? 3_000) },
    );
  });
});
