import { once } from "node:events";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

import { describe, expect, it, onTestFinished } from "vitest";

import { nodeHandler } from "../adapters/node-http.ts";
import { createReceiver } from "../create-receiver.ts";
import { createMemoryInbox } from "../inbox/memory-inbox.ts";
import { createFaultyWay, type Faults, type Target } from "./faulty-way.ts";
import { sampleCallback } from "./sample-callback.ts";

const sdkAppId = 1400000001;
const COUNT = 400;

const samples = await Promise.all(
  Array.from({ length: COUNT }, (_, i) =>
    sampleCallback("Group.CallbackAfterGroupInfoChanged", { sdkAppId, id: `msg_${i + 1}`, sequence: i + 1 }),
  ),
);

function setUp() {
  const inbox = createMemoryInbox();
  return { inbox, receiver: createReceiver({ apps: [{ sdkAppId }], inbox }) };
}

/** The numbers of what arrived, in order. */
async function arrivals(faults: Faults, target: Target = setUp().receiver.handle) {
  const way = createFaultyWay(target, faults);
  for (const sample of samples) way.send(sample);
  const delivered = await way.settled();
  return { numbers: delivered.map(({ number }) => number), dropped: way.dropped, delivered };
}

const all = Array.from({ length: COUNT }, (_, i) => i + 1);
const times = (numbers: readonly number[], number: number): number => numbers.filter((one) => one === number).length;

describe("a faulty way", () => {
  it("without faults is a way", async () => {
    const { numbers, dropped, delivered } = await arrivals({ seed: 1 });
    expect(numbers).toEqual(all);
    expect(dropped).toEqual([]);
    expect(delivered.every(({ answer }) => answer?.status === 200)).toBe(true);
  });

  it("is the same for the same seed, and another for another", async () => {
    const faults = { drop: 0.1, duplicate: 0.3, reorder: 0.3 };
    const { numbers } = await arrivals({ seed: 7, ...faults });
    expect((await arrivals({ seed: 7, ...faults })).numbers).toEqual(numbers);
    expect((await arrivals({ seed: 8, ...faults })).numbers).not.toEqual(numbers);
  });

  it("drops about as many as it is told, and tells which", async () => {
    const { numbers, dropped } = await arrivals({ seed: 2, drop: 0.1 });
    expect(dropped.length).toBeGreaterThan(COUNT * 0.05);
    expect(dropped.length).toBeLessThan(COUNT * 0.15);
    expect(numbers).toEqual(all.filter((number) => !dropped.includes(number)));
  });

  it("doubles about as many, the second soon after the first", async () => {
    const { numbers } = await arrivals({ seed: 3, duplicate: 0.3, within: 4 });
    const twice = all.filter((number) => times(numbers, number) === 2);
    expect(numbers).toHaveLength(COUNT + twice.length);
    expect(twice.length).toBeGreaterThan(COUNT * 0.2);
    expect(twice.length).toBeLessThan(COUNT * 0.4);
    const apart = twice.map((number) => numbers.lastIndexOf(number) - numbers.indexOf(number));
    // Others' doubles may stand between.
    expect(Math.max(...apart)).toBeLessThanOrEqual(4 * 2 + 1);
  });

  it("lets some be overtaken, by no more than it is told, and all arrive", async () => {
    const { numbers } = await arrivals({ seed: 4, reorder: 0.3, within: 5 });
    expect(numbers).not.toEqual(all);
    expect(numbers.toSorted((a, b) => a - b)).toEqual(all);
    const overtaken = all.map(
      (number) => numbers.slice(0, numbers.indexOf(number)).filter((one) => one > number).length,
    );
    expect(Math.max(...overtaken)).toBeGreaterThan(0);
    expect(Math.max(...overtaken)).toBeLessThanOrEqual(5);
  });

  it("delays some for as long as is drawn", async () => {
    const waits: { readonly ms: number; readonly over: () => void }[] = [];
    const wait = (ms: number): Promise<void> => new Promise((resolve) => waits.push({ ms, over: resolve }));
    const { receiver } = setUp();
    const way = createFaultyWay(receiver.handle, { seed: 5, delay: 0.2, delayMs: 5_000, wait });
    for (const sample of samples) way.send(sample);
    expect(waits.length).toBeGreaterThan(COUNT * 0.1);
    expect(waits.every(({ ms }) => ms >= 0 && ms < 5_000)).toBe(true);
    for (const { over } of waits) over();
    const numbers = (await way.settled()).map(({ number }) => number);
    expect(numbers.toSorted((a, b) => a - b)).toEqual(all);
    const last = numbers.slice(-waits.length);
    expect(last).toEqual(last.toSorted((a, b) => a - b));
  });

  it("leaves a receiver with each once, however often it comes", async () => {
    const { inbox, receiver } = setUp();
    const { numbers } = await arrivals({ seed: 6, duplicate: 0.3, reorder: 0.3 }, receiver.handle);
    const kept = inbox.kept();
    expect(kept).toHaveLength(COUNT);
    expect(kept.reduce((sum, { arrivals: count }) => sum + count, 0)).toBe(numbers.length);
  });

  it("leads to a URL as well, with its own query in front", async () => {
    const { inbox, receiver } = setUp();
    const server = createServer(nodeHandler(receiver)).listen(0, "127.0.0.1");
    await once(server, "listening");
    onTestFinished(() => {
      server.closeAllConnections();
      server.close();
    });
    const { port } = server.address() as AddressInfo;
    const { delivered } = await arrivals({ seed: 6 }, `http://127.0.0.1:${port}/callback?team=a`);
    expect(delivered.every(({ answer }) => answer?.status === 200)).toBe(true);
    expect(inbox.kept()).toHaveLength(COUNT);
    expect(inbox.kept()[0]?.callback.query).toMatch(/^team=a&SdkAppid=/);
  });

  it("tells of what was not answered", async () => {
    const { delivered } = await arrivals({ seed: 1 }, () => Promise.reject(new Error("gone")));
    expect(delivered).toHaveLength(COUNT);
    expect(delivered.every(({ answer }) => answer === undefined)).toBe(true);
  });
});
