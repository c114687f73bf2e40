import { once } from "node:events";
import { createServer, type Server } from "node:http";
import { createServer as createRawServer, type AddressInfo, type Socket } from "node:net";
import { setImmediate as turn } from "node:timers/promises";

import { systemClock, type Clock } from "@muster/foundation";
import { describe, expect, it, onTestFinished } from "vitest";

import { demoCallback } from "../../../../test/harness/demo-app.ts";
import { createManualClock } from "../../../../test/harness/manual-clock.ts";
import type { Destination } from "../app-settings.ts";
import { exchange } from "./exchange.ts";
import { ForbiddenAddressError } from "./guarded-connector.ts";
import { createPools, originOf, type Pools, type PoolsOptions } from "./pools.ts";
import { requestBeginning, requestBytes } from "./request-bytes.ts";

/** For what ends by itself, on whatever machine, in ms. */
const DEADLINE = 60_000;

interface Backend {
  readonly port: number;
  readonly sockets: ReadonlySet<Socket>;
  /** The connections that were made so far. */
  readonly made: () => number;
  /** Lets requests wait until they are let go. */
  hold(): () => void;
}

async function backend(): Promise<Backend> {
  const sockets = new Set<Socket>();
  let made = 0;
  let held: Promise<void> | undefined;
  const server: Server = createServer((request, response) => {
    request.resume();
    void Promise.resolve(held).then(() => response.end("{}"));
  });
  server.on("connection", (socket) => {
    made += 1;
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return {
    port: (server.address() as AddressInfo).port,
    sockets,
    made: () => made,
    hold() {
      const gate = Promise.withResolvers<void>();
      held = gate.promise;
      return () => {
        held = undefined;
        gate.resolve();
      };
    },
  };
}

function open(clock: Clock = systemClock, options: Partial<PoolsOptions> = {}): Pools {
  const pools = createPools(clock, { deadline: DEADLINE, ...options });
  onTestFinished(() => pools.close());
  return pools;
}

/** Posts once and returns the status. */
async function post(pools: Pools, origin: string, settings: Partial<Destination> = {}): Promise<number> {
  const at = originOf(origin, { ...demoCallback(origin), ...settings });
  const request = requestBytes(requestBeginning(new URL(origin).host, "/", {}), {}, Buffer.from("{}"));
  const { status } = await pools.lend(at, (via) => exchange(via, request, DEADLINE, systemClock));
  return status;
}

const local = ({ port }: Backend): string => `http://127.0.0.1:${port}`;

describe("connections", () => {
  it("are shared by those who want the same of them, and by nobody else", async () => {
    const to = await backend();
    const pools = open();
    await post(pools, local(to));
    await post(pools, local(to));
    expect(pools.size).toBe(1);
    await post(pools, local(to), { allowNetworks: ["127.0.0.0/8"] });
    await post(pools, local(to), { allowPrivateNetwork: false, allowNetworks: ["127.0.0.0/8"] });
    await post(pools, local(to), { tls: {} });
    expect(pools.size).toBe(4);
    await expect(post(pools, local(to), { allowPrivateNetwork: false })).rejects.toThrow(ForbiddenAddressError);
  });

  it("to an origin that nothing was sent to for a minute are ended, and made again when they are needed", async () => {
    const [used, unused] = [await backend(), await backend()];
    const clock = createManualClock(0);
    const pools = open(clock);
    await post(pools, local(unused));
    clock.advance(30_000);
    await post(pools, local(used));
    clock.advance(30_000);
    expect(pools.size).toBe(1);
    await expect.poll(() => unused.sockets.size).toBe(0);
    expect(await post(pools, local(unused))).toBe(200);
    expect(await post(pools, local(used))).toBe(200);
    clock.advance(120_000);
    expect(pools.size).toBe(0);
    expect(clock.waiting()).toBe(0);
  });

  it("that are in use stay, however long that takes and however many others there are", async () => {
    const slow = await backend();
    const others = await Promise.all(Array.from({ length: 5 }, backend));
    const clock = createManualClock(0);
    const pools = open(clock, { mostIdle: 2 });
    const letGo = slow.hold();
    const waiting = post(pools, local(slow));
    for (const other of others) {
      clock.advance(60_000);
      expect(await post(pools, local(other))).toBe(200);
      expect(pools.size).toBeLessThanOrEqual(2);
    }
    letGo();
    expect(await waiting).toBe(200);
    expect(slow.made()).toBe(1);
  });

  it("are kept to so many origins, the one that was not used for the longest being ended first", async () => {
    const clock = createManualClock(0);
    const backends = await Promise.all(Array.from({ length: 4 }, backend));
    const pools = open(clock, { mostIdle: 2 });
    for (const to of backends) {
      await post(pools, local(to));
      clock.advance(1);
    }
    expect(pools.size).toBe(2);
    await expect.poll(() => backends.map(({ sockets }) => sockets.size)).toEqual([0, 0, 1, 1]);
  });

  it("beyond that number while all are in use cost no attempt", async () => {
    const backends = await Promise.all(Array.from({ length: 6 }, backend));
    const pools = open(systemClock, { mostIdle: 1 });
    const gates = backends.map((to) => to.hold());
    const waiting = backends.map((to) => post(pools, local(to)));
    await expect.poll(() => backends.every(({ sockets }) => sockets.size === 1)).toBe(true);
    expect(pools.size).toBe(6);
    for (const letGo of gates) letGo();
    expect(await Promise.all(waiting)).toEqual(backends.map(() => 200));
    expect(pools.size).toBe(1);
  });
});

describe("a name that leads elsewhere than before", () => {
  it("is judged anew once its connections have served their time, though they were never idle", async () => {
    const to = await backend();
    let address = "127.0.0.1";
    const pools = open(systemClock, {
      lifetime: 50,
      resolve: (_hostname, _options, done) => done(null, [{ address, family: 4 }]),
    });
    const origin = `http://backend.test:${to.port}`;
    expect(await post(pools, origin)).toBe(200);
    address = "169.254.169.254";
    await expect.poll(() => post(pools, origin).catch((error: unknown) => error)).toBeInstanceOf(ForbiddenAddressError);
    await expect(post(pools, origin)).rejects.toThrow(ForbiddenAddressError);
  });

  it("is asked for once at a time, however many connections want to know", async () => {
    const to = await backend();
    const answers: (() => void)[] = [];
    const pools = open(systemClock, {
      resolve: (_hostname, _options, done) => answers.push(() => done(null, [{ address: "127.0.0.1", family: 4 }])),
    });
    const posts = Array.from({ length: 20 }, () => post(pools, `http://backend.test:${to.port}`));
    await expect.poll(() => answers.length).toBe(1);
    answers[0]?.();
    expect(new Set(await Promise.all(posts))).toEqual(new Set([200]));
    expect(to.made()).toBe(20);
    expect(answers).toHaveLength(1);
  });
});

describe("a connection that is free", () => {
  /** A backend that says how long it keeps connections, and keeps them longer. */
  async function saying(header: string): Promise<{ readonly origin: string; readonly made: () => number }> {
    let made = 0;
    const server = createRawServer((socket) => {
      made += 1;
      socket.on("error", () => undefined);
      socket.on("data", () => socket.write(`HTTP/1.1 200 OK\r\n${header}content-length: 2\r\n\r\n{}`));
    });
    server.listen(0, "127.0.0.1");
    await once(server, "listening");
    onTestFinished(() => void server.close());
    return { origin: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, made: () => made };
  }

  it.each([
    ["for four seconds where nothing is said", "", 3_999],
    ["until a second before the endpoint ends it", "keep-alive: timeout=10\r\n", 8_999],
  ])("is used again %s, and another one made then", async (_until, header, kept) => {
    const { origin, made } = await saying(header);
    const clock = createManualClock(0);
    const pools = open(clock);
    await post(pools, origin);
    await turn();
    clock.advance(kept);
    await post(pools, origin);
    await turn();
    expect(made()).toBe(1);
    clock.advance(kept + 1);
    await post(pools, origin);
    expect(made()).toBe(2);
  });

  it("is not used longer because the clock was set back", async () => {
    const to = await backend();
    const clock = createManualClock(0);
    const pools = open(clock);
    await post(pools, local(to));
    await turn();
    clock.advance(-24 * 3_600_000);
    await post(pools, local(to));
    expect(to.made()).toBe(2);
  });

  it("serves who waits for one of several that are being made", async () => {
    const to = await backend();
    const answers: (() => void)[] = [];
    const pools = open(systemClock, {
      resolve: (_hostname, _options, done) => answers.push(() => done(null, [{ address: "127.0.0.1", family: 4 }])),
    });
    const origin = `http://backend.test:${to.port}`;
    const first = post(pools, origin);
    await expect.poll(() => answers.length).toBe(1);
    answers[0]?.();
    expect(await first).toBe(200);
    // The name of the second connection is never found: the first one is free again before.
    const letGo = to.hold();
    const [second, third] = [post(pools, origin), post(pools, origin)];
    await expect.poll(() => answers.length).toBe(2);
    letGo();
    expect(await Promise.all([second, third])).toEqual([200, 200]);
    expect(to.made()).toBe(1);
  });
});
