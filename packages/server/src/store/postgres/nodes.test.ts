import { createLog, openPostgres, statement, systemClock, type Clock } from "@muster/foundation";
import { expect, it, onTestFinished, vi } from "vitest";

import { postgresOfFile } from "../../../../../test/harness/postgres-of-file.ts";
import { createDispatcher, type Dispatcher } from "../../dispatch/dispatcher.ts";
import { createEndpointGate, partOfLimits } from "../../dispatch/endpoint-gate.ts";
import type { PendingCallback } from "../../ports/outbox.ts";
import type { OpenStore } from "../opened-store.ts";
import { migrations, SCHEMA } from "./migrations.ts";
import { openPostgresStore } from "./open-store.ts";
import { shardOf, SHARDS } from "./shards.ts";

const APP = 1400000001;
const log = createLog("server", "silent");

const postgres = await postgresOfFile({ counting: true });

/** For what comes soon, on whatever machine. */
const PATIENCE = { timeout: 20_000 };

interface Sent {
  readonly node: string;
  readonly lane: string;
  readonly sequence: number;
  readonly at: number;
}

interface Node {
  readonly name: string;
  readonly store: OpenStore;
  readonly dispatcher: Dispatcher;
  /** How many shards are its own. */
  share(): number;
  stop(): Promise<void>;
}

/** How often, in ms, a node looks for what nobody has told it of. */
const LOOK = 5_000;
/** On it, nodes know only what they are told: they never get to look by themselves. */
const withoutLooks: Clock = {
  ...systemClock,
  after: (delay, wake) => (delay < LOOK ? systemClock.after(delay, wake) : () => undefined),
};

/** A database, and nodes on it that note what they send, in one list. */
async function cluster({ concurrency = 200, clock = systemClock } = {}) {
  const url = await postgres.createDatabase();
  const sent: Sent[] = [];
  /** What is sent meanwhile hangs until then. */
  const hanging: { until?: Promise<void> | undefined } = {};

  async function start(name: string): Promise<Node> {
    const store = await openPostgresStore(url, { clock, log });
    const { outbox, ownership } = store;
    if (!ownership) throw new Error("it shares");
    const dispatcher = createDispatcher({
      outbox,
      ownership,
      async send({ lane, sequence }: PendingCallback, number) {
        sent.push({ node: name, lane, sequence, at: performance.now() });
        await (hanging.until ?? new Promise<void>((resolve) => systemClock.after(5, resolve)));
        return { number, startedAt: Date.now(), durationMs: 5, outcome: "delivered" };
      },
      retry: { nextAttempt: () => undefined },
      gate: createEndpointGate({
        clock: systemClock,
        random: () => 0,
        limitsOf: () => partOfLimits({ concurrency, rate: undefined }, ownership.part()),
        saved: [],
        onChange: () => undefined,
      }),
      clock: systemClock,
      log,
    });
    await dispatcher.start();
    let over: Promise<void> | undefined;
    const stop = (): Promise<void> =>
      (over ??= Promise.all([store.leave(), dispatcher.stop()]).then(() => store.close()));
    onTestFinished(stop);
    const lanes = lanesOfShards();
    return { name, store, dispatcher, stop, share: () => lanes.filter((lane) => ownership.delivers(APP, lane)).length };
  }

  return { url, sent, hanging, start };
}

/** A lane of each shard. */
function lanesOfShards(): string[] {
  const lanes = new Map<number, string>();
  for (let i = 0; lanes.size < SHARDS; i += 1) lanes.set(shardOf(APP, `lane ${i}`), `lane ${i}`);
  return [...lanes.values()];
}

async function enqueue({ store }: Node, ...lanes: readonly string[]): Promise<void> {
  const command = "Group.CallbackAfterGroupDestroyed";
  await store.store.write(APP, async (tx) => {
    for (const lane of lanes) {
      const callback = { id: lane, lane, command, body: "{}", clientIp: "", platform: "iOS" } as const;
      await tx.enqueue({ ...callback, acceptedAt: Date.now() });
    }
  });
}

const shares = (...nodes: Node[]): number[] => nodes.map((node) => node.share()).toSorted((a, b) => a - b);

async function settled({ store }: Node, accepted: number): Promise<void> {
  await vi.waitUntil(async () => (await store.outbox.ledger())[0]?.delivered === accepted, PATIENCE);
}

/** The numbers that were sent of a lane, in the order of sending. */
function numbersOf(sent: readonly Sent[], lane: string): number[] {
  return sent.filter((one) => one.lane === lane).map(({ sequence }) => sequence);
}

const upTo = (count: number): number[] => Array.from({ length: count }, (_, i) => i + 1);

it("shares the shards evenly with whoever comes and goes, within 5 s", async () => {
  const { start } = await cluster();
  const a = await start("a");
  expect(a.share()).toBe(64);

  /** Resolves once nodes have so many each, which takes no longer than it may. */
  async function share(expected: string, ...nodes: Node[]): Promise<void> {
    const began = performance.now();
    /** What a question to the database has taken at most, in ms. */
    let slowest = 0;
    const isShared = async (): Promise<boolean> => {
      const asked = performance.now();
      await nodes[0]?.store.outbox.ledger();
      slowest = Math.max(slowest, performance.now() - asked);
      return shares(...nodes).join() === expected;
    };
    await vi.waitUntil(isShared, { timeout: 60_000 });
    // Some ten questions and answers are what it takes, and each may wait as long where the machine does much else.
    expect(performance.now() - began).toBeLessThan(5_000 + 10 * slowest);
  }

  const b = await start("b");
  await share("32,32", a, b);
  const c = await start("c");
  await share("20,22,22", a, b, c);
  const stopping = a.stop();
  await share("32,32", b, c);
  await stopping;
});

it("delivers on the node that has the shard what any node commits, at once and in order", async () => {
  const { start, sent } = await cluster({ clock: withoutLooks });
  const [a, b] = [await start("a"), await start("b")];
  await vi.waitUntil(() => shares(a, b).join() === "32,32", PATIENCE);
  const lanes = lanesOfShards();
  for (let i = 0; i < 4; i += 1) {
    await Promise.all(lanes.map((lane, n) => enqueue((i + n) % 2 === 0 ? a : b, lane)));
  }
  // Nobody looks: had nobody been told, it would never be.
  await settled(a, lanes.length * 4);
  for (const lane of lanes) {
    expect(numbersOf(sent, lane)).toEqual([1, 2, 3, 4]);
    expect(new Set(sent.filter((one) => one.lane === lane).map(({ node }) => node)).size).toBe(1);
  }
  expect(Map.groupBy(sent, ({ node }) => node).size).toBe(2);
});

it("hands lanes over without a gap of 2 s, each callback once and in order", async () => {
  const { start, sent } = await cluster();
  const a = await start("a");
  const lanes = lanesOfShards();
  let rounds = 0;
  let isOver = false;
  /** How long it has taken at most from one round to the next, in ms. */
  let slowest = 0;
  const load = (async () => {
    for (; !isOver; rounds += 1) {
      const began = performance.now();
      await Promise.all(lanes.map((lane) => enqueue(a, lane)));
      await new Promise<void>((resolve) => systemClock.after(50, resolve));
      slowest = Math.max(slowest, performance.now() - began);
    }
  })();
  const b = await start("b");
  await vi.waitUntil(() => shares(a, b).join() === "32,32", PATIENCE);
  const c = await start("c");
  await vi.waitUntil(() => shares(a, b, c).join() === "20,22,22", PATIENCE);
  await b.stop();
  await vi.waitUntil(() => shares(a, c).join() === "32,32", PATIENCE);
  isOver = true;
  await load;
  await settled(a, rounds * lanes.length);
  for (const lane of lanes) {
    expect(numbersOf(sent, lane)).toEqual(upTo(rounds));
    const times = sent.filter((one) => one.lane === lane).map(({ at }) => at);
    const longest = Math.max(...times.slice(1).map((at, i) => at - (times[i] ?? at)));
    // What is handed over is looked at, released, taken and read, and each may wait as long as a round where the machine does much else.
    expect(longest).toBeLessThan(2_000 + 4 * slowest);
  }
  expect(Map.groupBy(sent, ({ node }) => node).size).toBe(3);
});

it("tells on every node what any commits, all of it and in one order", async () => {
  const { start } = await cluster({ clock: withoutLooks });
  const [a, b] = [await start("a"), await start("b")];
  await vi.waitUntil(() => shares(a, b).join() === "32,32", PATIENCE);
  await a.store.notices.listen(APP, Date.now());
  const told = [a, b].map(({ store }) => {
    const texts: string[] = [];
    store.notices.onCommitted((added) => {
      for (const { position, elsewhere, groupId } of added)
        texts.push(`${position} ${groupId}${elsewhere ? " *" : ""}`);
    });
    return texts;
  });
  await vi.waitUntil(() => b.store.store.write(APP, async (tx) => tx.hasListeners), PATIENCE);
  const tellOf = ({ name, store }: Node, i: number): Promise<void> =>
    store.store.write(APP, (tx) =>
      tx.addNotice({
        groupId: `${name}${i}`,
        audience: "members",
        users: [],
        frame: { event: "systemNotification", body: { groupId: name, name: "", text: String(i) } },
        at: Date.now(),
      }),
    );
  const writes = Array.from({ length: 100 }, (_, i) => tellOf(i % 2 === 0 ? a : b, i));
  await Promise.all(writes);
  // Nobody looks: had nobody been told, it would never be.
  await vi.waitUntil(() => told.every((texts) => texts.length === 100), PATIENCE);
  const [ofA = [], ofB = []] = told.map((texts) => texts.map((text) => text.replace(" *", "")));
  expect(ofA).toEqual(ofB);
  expect(ofA.map((text) => Number(text.split(" ")[0]))).toEqual(upTo(100));
  const elsewhere = told.map((texts) =>
    texts.filter((text) => text.endsWith(" *")).map((text) => text.split(" ")[1]?.[0]),
  );
  expect(elsewhere.map((names) => new Set(names))).toEqual([new Set(["b"]), new Set(["a"])]);
});

it("waits for no attempt that hangs: what it comes to is told in vain", async () => {
  const { url, start, sent, hanging } = await cluster();
  const a = await start("a");
  const answered = Promise.withResolvers<void>();
  hanging.until = answered.promise;
  const lanes = lanesOfShards();
  await Promise.all(lanes.map((lane) => enqueue(a, lane)));
  await vi.waitUntil(() => sent.length === lanes.length, PATIENCE);
  hanging.until = undefined;
  const b = await start("b");
  await vi.waitUntil(() => shares(a, b).join() === "32,32", PATIENCE);
  await settled(b, 32);
  answered.resolve();
  await settled(b, lanes.length);
  // With it ends what it still had to write.
  await a.stop();
  const again = sent.slice(lanes.length);
  expect(again.map(({ node }) => node)).toEqual(Array.from({ length: 32 }, () => "b"));
  expect(again.every(({ sequence }) => sequence === 1)).toBe(true);
  const db = await openPostgres(url, { schema: SCHEMA, migrations });
  onTestFinished(() => db.close());
  const attempts = await db.all<{ lane: string; n: number }>(
    statement("SELECT lane, count(*) AS n FROM attempt JOIN outbox USING (position) GROUP BY lane"),
  );
  expect(attempts.every(({ n }) => n === 1)).toBe(true);
});

it("leaves nothing to a node that stops, however long that takes", async () => {
  const { start, sent, hanging } = await cluster();
  const [a, b] = [await start("a"), await start("b")];
  await vi.waitUntil(() => shares(a, b).join() === "32,32", PATIENCE);
  const answered = Promise.withResolvers<void>();
  hanging.until = answered.promise;
  const lanes = lanesOfShards();
  await Promise.all(lanes.map((lane) => enqueue(b, lane)));
  await vi.waitUntil(() => sent.length === lanes.length, PATIENCE);
  hanging.until = undefined;
  // It waits for its attempts, and is connected until they end.
  const stopping = a.stop();
  await vi.waitUntil(() => b.share() === 64, PATIENCE);
  await vi.waitUntil(() => sent.length >= lanes.length + 32, PATIENCE);
  answered.resolve();
  await stopping;
  await settled(b, lanes.length);
  expect(new Set(sent.slice(lanes.length).map(({ node }) => node))).toEqual(new Set(["b"]));
});

it("goes on elsewhere when the database lets go of a node, which stops at once", async () => {
  const { url, start, sent } = await cluster();
  const [a, b] = [await start("a"), await start("b")];
  await vi.waitUntil(() => shares(a, b).join() === "32,32", PATIENCE);
  // Both are let go of: whoever is first takes what is free, and then they share it anew.
  await postgres.run(
    url,
    `SELECT pg_terminate_backend(pid) FROM pg_locks
     WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`,
  );
  await vi.waitUntil(() => shares(a, b).join() === "32,32", PATIENCE);
  const lanes = lanesOfShards();
  await Promise.all(lanes.map((lane) => enqueue(a, lane)));
  await settled(b, lanes.length);
  expect(sent).toHaveLength(lanes.length);
});

it("reads many lanes with one statement, also on nodes that have few of them", async () => {
  const { url, start } = await cluster({ concurrency: 16 });
  await postgres.run(url, "CREATE EXTENSION pg_stat_statements");
  const nodes = await Promise.all(["a", "b", "c", "d"].map(start));
  await vi.waitUntil(() => shares(...nodes).join() === "16,16,16,16", PATIENCE);
  const [a] = nodes;
  if (!a) throw new Error("there is none");
  const lanes = Array.from({ length: 200 }, (_, i) => `lane ${i}`);
  await enqueue(a, ...upTo(20).flatMap(() => lanes));
  await settled(a, lanes.length * 20);
  const [asked] = await postgres.rows(
    url,
    `SELECT calls::integer AS n FROM pg_stat_statements JOIN pg_database ON pg_database.oid = dbid
     WHERE datname = current_database() AND query LIKE '%AS asked (app, lane, after, most, place)%'`,
  );
  // Those of three nodes are read twice each: up to the 16th, and to the end.
  expect(Number(asked?.["n"])).toBeLessThan(75);
  expect(Number(asked?.["n"])).toBeGreaterThan(0);
});

it("hastens each lane once when nodes do it at once, and last those that somebody holds", async () => {
  const { url, start } = await cluster({ clock: withoutLooks });
  const [a, b] = [await start("a"), await start("b")];
  const lanes = lanesOfShards();
  // They are delivered by nobody.
  await Promise.all([a, b].map(({ dispatcher }) => dispatcher.stop()));
  await enqueue(a, ...lanes);
  const [now, later] = [1_800_000_000_000, 1_900_000_000_000];
  const lane = `${SCHEMA}.lane`;
  await postgres.run(
    url,
    `UPDATE ${lane} SET kind = 'retrying', attempts = 1, due = ${later};
     CREATE SEQUENCE ${SCHEMA}.hastened;
     CREATE FUNCTION ${SCHEMA}.count_hastened() RETURNS trigger LANGUAGE plpgsql AS
       $$ BEGIN PERFORM nextval('${SCHEMA}.hastened'); RETURN NEW; END $$;
     CREATE TRIGGER counted BEFORE UPDATE ON ${lane} FOR EACH ROW EXECUTE FUNCTION ${SCHEMA}.count_hastened()`,
  );
  const due = async (): Promise<unknown> =>
    (await postgres.rows(url, `SELECT count(*)::integer AS n FROM ${lane} WHERE due = ${now}`))[0]?.["n"];
  const hasten = ({ store }: Node): Promise<void> => store.outbox.hasten(APP, now);

  const letGo = await postgres.hold(url, `SELECT 1 FROM ${lane} WHERE lane = '${lanes[7]}' FOR UPDATE`);
  // Where a machine is so slow that one waits for too long, it tries again, as the dispatcher does.
  const hastened = Promise.all([a, b].map((node) => hasten(node).catch(() => hasten(node))));
  await vi.waitUntil(async () => (await due()) === lanes.length - 1, PATIENCE);
  await letGo();
  await hastened;
  expect(await due()).toBe(lanes.length);
  expect(await postgres.rows(url, `SELECT last_value::integer AS n FROM ${SCHEMA}.hastened`)).toEqual([
    { n: lanes.length },
  ]);
});
