import { createLog } from "@muster/foundation";

import {
  createDispatcher,
  type Dispatcher,
  type DispatcherLimits,
} from "../../packages/server/src/dispatch/dispatcher.ts";
import { createEndpointGate, type EndpointLimits } from "../../packages/server/src/dispatch/endpoint-gate.ts";
import type { RetryPolicy } from "../../packages/server/src/dispatch/retry-policy.ts";
import type { EndpointState } from "../../packages/server/src/ports/endpoint-states.ts";
import type { Attempt, Outbox, PendingCallback } from "../../packages/server/src/ports/outbox.ts";
import type { Account, Arrived, Told } from "./account.ts";
import { createRandom } from "./random.ts";
import { createSimulatedClock, type SimulatedClock } from "./simulated-clock.ts";
import { createSimulatedOutbox, type SimulatedOutbox } from "./simulated-outbox.ts";

/** How the world treats the dispatcher: chances from 0 to 1, times up to so many ms. */
export interface Weather {
  sendFails: number;
  storeFails: number;
  sendTakes: number;
  storeTakes: number;
}
export const calm: Readonly<Weather> = { sendFails: 0, storeFails: 0, sendTakes: 0, storeTakes: 0 };

/** An attempt as the endpoint's side saw it, and when it began. */
export interface Sent extends Omit<Arrived, "ended"> {
  ended: Arrived["ended"];
  readonly at: number;
}

/** How an attempt ends: whether it works, or what goes wrong with it. */
type Ending = boolean | Pick<Attempt, "outcome" | "retryAfterMs">;

export interface WorldOptions {
  readonly limits?: DispatcherLimits;
  readonly retry: RetryPolicy | ((clock: SimulatedClock, random: () => number) => RetryPolicy);
  readonly weather?: Partial<Weather>;
  readonly endpoint?: (sdkAppId: number) => EndpointLimits;
  readonly seed?: number;
}

/** A dispatcher with its outbox, gate and endpoints, all of it simulated, and an eye on what it does. */
export interface World {
  readonly clock: SimulatedClock;
  readonly outbox: SimulatedOutbox;
  readonly weather: Weather;
  /** Every attempt, in order of its beginning. */
  readonly sent: readonly Sent[];
  readonly violations: readonly string[];
  readonly inFlight: ReadonlySet<string>;
  /** Most attempts under way at a time. */
  readonly mostInFlight: () => number;
  /** Decides an attempt; absent, the weather does. */
  script: ((callback: PendingCallback, number: number) => Promise<Ending> | Ending) | undefined;
  /** Whether the apps have a URL. */
  hasUrl: boolean;
  start(): Promise<void>;
  /** Ends the dispatcher as kill -9 does: nothing of it goes on. */
  kill(): void;
  stop(): Promise<void>;
  cancel(sdkAppId: number): Promise<void>;
  /** Says that an app's endpoint is back. */
  revive(sdkAppId: number): Promise<void>;
  running(): boolean;
  /** Everything that is known at this moment. */
  account(): Account;
}

const log = createLog("test", "silent");

export function createWorld(options: WorldOptions): World {
  const { limits, seed = 1 } = options;
  const { endpoint: limitsOf = () => ({ concurrency: limits?.sending ?? 64, rate: undefined }) } = options;
  const endpointStates = new Map<number, EndpointState>();
  const random = createRandom(seed);
  const clock = createSimulatedClock();
  const retry = typeof options.retry === "function" ? options.retry(clock, random) : options.retry;
  const weather: Weather = { ...calm, ...options.weather };
  const takes = (most: number): number => (random() < 0.3 ? 0 : Math.floor(random() * (most + 1)));
  const outbox = createSimulatedOutbox({
    latency: () => takes(weather.storeTakes),
    fails: () => random() < weather.storeFails,
    sleep: (ms) => clock.sleep(ms),
    now: () => clock.now(),
  });
  const asked = new Map<string, { readonly sdkAppId: number; readonly lane: string; readonly asked: string[] }>();
  outbox.onCommitted((added) => {
    for (const { callback } of added) {
      const { sdkAppId, lane, id, replayOf } = callback;
      if (replayOf !== undefined) continue;
      const key = `${sdkAppId} ${lane}`;
      const known = asked.get(key) ?? { sdkAppId, lane, asked: [] };
      known.asked.push(id);
      asked.set(key, known);
    }
  });
  const sent: Sent[] = [];
  const violations: string[] = [];
  let inFlight = new Set<string>();
  let mostInFlight = 0;
  /** Of each lane, the last callback that is through, as far as the dispatcher can know. */
  let finished = new Map<string, number>();
  const cancelled = new Map<string, number>();
  let life: { alive: boolean; dispatcher: Dispatcher } | undefined;
  let lives = 0;

  async function attemptOf(callback: PendingCallback, number: number): Promise<Attempt | undefined> {
    if (!world.hasUrl) return undefined;
    // What goes on after a kill goes on in the world of before.
    const [underWay, through] = [inFlight, finished];
    const { sdkAppId, lane, sequence, id, replayOf } = callback;
    const key = `${sdkAppId} ${lane}`;
    const what = `${key}: ${sequence}, attempt ${number}`;
    if (underWay.has(key)) violations.push(`${what} while another is on its way`);
    const last = Math.max(through.get(key) ?? 0, outbox.settledOf(sdkAppId, lane));
    const isCancelled = sequence <= (cancelled.get(key) ?? 0);
    if (!isCancelled && sequence !== last + 1) violations.push(`${what} when ${last} was the last that is through`);
    const isReplay = replayOf !== undefined;
    const at = clock.now();
    const one: Sent = { sdkAppId, lane, sequence, number, id, what: id, isReplay, life: lives, ended: "failed", at };
    sent.push(one);
    underWay.add(key);
    mostInFlight = Math.max(mostInFlight, underWay.size);
    const ofApp = [...underWay].filter((other) => other.startsWith(`${sdkAppId} `)).length;
    if (ofApp > limitsOf(sdkAppId).concurrency) violations.push(`${what}: ${ofApp} of its app at a time`);
    const ms = takes(weather.sendTakes);
    if (ms > 0) await clock.sleep(ms);
    const ending = world.script ? await world.script(callback, number) : random() >= weather.sendFails;
    underWay.delete(key);
    const [works, fails] = typeof ending === "object" ? [false, ending] : [ending, { outcome: "refused" } as const];
    const durationMs = Math.max(clock.now() - at, 0);
    const attempt: Attempt = { number, startedAt: at, durationMs, ...(works ? { outcome: "delivered" } : fails) };
    const givenUp = !works && retry.nextAttempt(callback, attempt, clock.now()) === undefined;
    if (works) one.ended = "delivered";
    else if (givenUp) one.ended = "last";
    if (works || givenUp) through.set(key, Math.max(through.get(key) ?? 0, sequence));
    return attempt;
  }

  /** The ports as one life of the program has them: once it is over, nothing comes back any more. */
  function createLife(): { alive: boolean; dispatcher: Dispatcher } {
    lives += 1;
    const own = { alive: true };
    const never = <T>(): Promise<T> => new Promise<T>(() => undefined);
    const alive = async <T>(promise: Promise<T>): Promise<T> => {
      try {
        const value = await promise;
        return own.alive ? value : await never<T>();
      } catch (error) {
        if (own.alive) throw error;
        return await never<T>();
      }
    };
    const guarded: Outbox = {
      onCommitted: (listener) => outbox.onCommitted((added) => own.alive && listener(added)),
      readTogether: outbox.readTogether,
      dueLanes: (...args) => alive(outbox.dueLanes(...args)),
      nextDue: (...args) => alive(outbox.nextDue(...args)),
      pending: (...args) => alive(outbox.pending(...args)),
      settle: (...args) => alive(outbox.settle(...args)),
      appsWithPending: () => alive(outbox.appsWithPending()),
      hasten: (...args) => alive(outbox.hasten(...args)),
      cancelPending: (...args) => alive(outbox.cancelPending(...args)),
      ledger: () => alive(outbox.ledger()),
    };
    const dispatcher = createDispatcher({
      outbox: guarded,
      send: (callback, number) => alive(attemptOf(callback, number)),
      retry,
      gate: createEndpointGate({
        clock,
        random,
        limitsOf,
        saved: endpointStates.values(),
        onChange(sdkAppId, state) {
          if (!own.alive) return;
          if (state) endpointStates.set(sdkAppId, state);
          else endpointStates.delete(sdkAppId);
        },
      }),
      clock: { now: clock.now, after: (delay, wake) => clock.after(delay, () => own.alive && wake()) },
      log,
      ...(limits ? { limits } : {}),
    });
    return Object.assign(own, { dispatcher });
  }

  const world: World = {
    clock,
    outbox,
    weather,
    sent,
    violations,
    get inFlight() {
      return inFlight;
    },
    mostInFlight: () => mostInFlight,
    script: undefined,
    hasUrl: true,
    async start() {
      life = createLife();
      let started = false;
      void life.dispatcher.start().then(() => (started = true));
      await clock.run(600_000, () => started);
      if (!started) throw new Error("the dispatcher did not start");
    },
    kill() {
      if (life) life.alive = false;
      life = undefined;
      outbox.cutOff();
      inFlight = new Set();
      finished = new Map();
    },
    async stop() {
      const ending = life;
      life = undefined;
      await ending?.dispatcher.stop();
    },
    async cancel(sdkAppId) {
      for (const { lane, sequence, state, sdkAppId: of } of outbox.kept()) {
        if (of === sdkAppId && state === "pending") cancelled.set(`${of} ${lane}`, sequence);
      }
      await outbox.cancelPending(sdkAppId, clock.now());
    },
    async revive(sdkAppId) {
      await life?.dispatcher.revive(sdkAppId);
    },
    running: () => life !== undefined,
    account() {
      const told = [...asked.values()].map((lane): Told => ({ ...lane, acknowledged: lane.asked.length }));
      return { told, kept: outbox.kept(), arrived: sent, ledgers: outbox.ledgers() };
    },
  };
  return world;
}
