import { join } from "node:path";

import { createLog } from "@muster/foundation";
import { expect, it, onTestFinished, vi } from "vitest";

import { temporaryFolder } from "../../../../test/harness/folder.ts";
import { createHub } from "../../../../test/harness/hub.ts";
import { createSimulatedClock } from "../../../../test/harness/simulated-clock.ts";
import type { EndpointStates } from "../ports/endpoint-states.ts";
import { openSqliteStore } from "../store/sqlite/open-store.ts";
import { createEndpointGate, partOfLimits } from "./endpoint-gate.ts";
import { createEndpointHealth } from "./endpoint-health.ts";

const APP = 1400000001;
const log = createLog("server", "silent");
/** For what comes soon, on whatever machine. */
const PATIENCE = { timeout: 20_000 };

/** Nodes that share a store, each with a gate of its own. */
function createNodes() {
  const clock = createSimulatedClock();
  const { endpointStates, close } = openSqliteStore(join(temporaryFolder(), "server.db"));
  onTestFinished(close);
  const hub = createHub();
  /** The nodes that may try the endpoint, in the order in which they came to. */
  const claimed: { readonly admits: () => boolean }[] = [];
  const asked: Promise<boolean>[] = [];
  const start = (states: EndpointStates = endpointStates) => {
    const news: number[] = [];
    const back: number[] = [];
    const health = createEndpointHealth({ states, others: hub.node(), clock, log });
    const gate = createEndpointGate({
      clock,
      random: () => 0.5,
      limitsOf: () => ({ concurrency: 1, rate: undefined }),
      saved: [],
      onChange: health.found,
      claim(state, until) {
        const answer = health.claim(state, until);
        asked.push(answer);
        return answer;
      },
      onClaimed: () => claimed.push(node),
    });
    const node = { admits: () => gate.admits(APP, 0) };
    health.follow({ gate, onNews: (app) => news.push(app), onBack: (app) => back.push(app) });
    onTestFinished(() => health.stop());
    const end = (outcome: "refused" | "delivered", lane = "a"): void => {
      gate.ended(APP, lane, { number: 1, startedAt: clock.now(), durationMs: 0, outcome });
    };
    const fail = (): void => {
      for (let i = 0; i < 10; i += 1) end("refused", i % 2 === 0 ? "a" : "b");
    };
    return Object.assign(node, { gate, health, news, back, fail, end });
  };
  return { start, clock, hub, endpointStates, claimed, asked };
}

it("knows on every node of what one has found out: that an endpoint fails, and that it works again", async () => {
  const { start, clock } = createNodes();
  const [one, other] = [start(), start()];
  one.fail();
  await vi.waitUntil(() => other.news.length === 1, PATIENCE);
  expect(other.gate.stateOf(APP)).toEqual(one.gate.stateOf(APP));
  expect(other.gate.admits(APP, 0)).toBe(false);
  await clock.run(6_000);
  other.end("delivered");
  await vi.waitUntil(() => one.news.length === 1, PATIENCE);
  expect([one, other].map(({ gate }) => gate.stateOf(APP))).toEqual([undefined, undefined]);
});

it("lets one of all nodes try an endpoint again, and another where nothing comes of that", async () => {
  const { start, clock, claimed, asked } = createNodes();
  const nodes = Array.from({ length: 8 }, () => start());
  /** What they all may do, once all that they have asked is answered. */
  const askAll = async (count: number): Promise<boolean[]> => {
    for (const { admits } of nodes) admits();
    await Promise.all(asked);
    expect(claimed).toHaveLength(count);
    return nodes.map(({ admits }) => admits());
  };
  const [one] = nodes;
  one?.fail();
  await vi.waitUntil(() => nodes.every(({ gate }) => gate.stateOf(APP) !== undefined), PATIENCE);
  await clock.run(6_000);
  expect((await askAll(1)).filter(Boolean)).toHaveLength(1);
  // It has gone, or has nothing to send any more.
  await clock.run(14_000);
  expect((await askAll(1)).filter(Boolean)).toHaveLength(1);
  await clock.run(2_000);
  expect((await askAll(2)).filter(Boolean)).toHaveLength(1);
  const last = nodes.find(({ admits }) => admits());
  last?.end("refused");
  await vi.waitUntil(() => nodes.every(({ gate }) => gate.stateOf(APP)?.openings === 2), PATIENCE);
  expect(nodes.filter(({ admits }) => admits())).toEqual([]);
});

it("tells every node that somebody says an endpoint is back", async () => {
  const { start } = createNodes();
  const [one, other] = [start(), start()];
  one.health.isBack(APP);
  expect([one.back, other.back]).toEqual([[], [APP]]);
});

it("finds in the store what it was not told of", async () => {
  const { start, clock, hub } = createNodes();
  const [one, other] = [start(), start()];
  hub.cut();
  one.fail();
  await one.health.stop();
  expect(other.gate.stateOf(APP)).toBeUndefined();
  await clock.run(5_000);
  await vi.waitUntil(() => other.gate.stateOf(APP) !== undefined, PATIENCE);
});

it("does not take what was read for newer than what it has found meanwhile", async () => {
  const { start, clock, endpointStates } = createNodes();
  const reads: (() => void)[] = [];
  const slow: EndpointStates = {
    ...endpointStates,
    async all() {
      const states = await endpointStates.all();
      await new Promise<void>((resolve) => reads.push(resolve));
      return states;
    },
  };
  const node = start(slow);
  await clock.run(5_000);
  await vi.waitUntil(() => reads.length === 1, PATIENCE);
  node.fail();
  await vi.waitUntil(async () => (await endpointStates.all()).length === 1, PATIENCE);
  reads[0]?.();
  // The next look sees what was found, and nothing new.
  await clock.run(5_000);
  await vi.waitUntil(() => reads.length === 2, PATIENCE);
  expect(node.gate.stateOf(APP)).toBeDefined();
  expect(node.news).toEqual([]);
  reads[1]?.();
});

it("gives each node its part of what an endpoint bears, and of attempts at a time at least one", () => {
  expect(partOfLimits({ concurrency: 10, rate: 3 }, 1 / 2)).toEqual({ concurrency: 5, rate: 1.5 });
  expect(partOfLimits({ concurrency: 1, rate: undefined }, 1 / 3)).toEqual({ concurrency: 1, rate: undefined });
});
