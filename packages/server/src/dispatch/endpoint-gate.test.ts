import { describe, expect, it } from "vitest";

import { createSimulatedClock, type SimulatedClock } from "../../../../test/harness/simulated-clock.ts";
import type { EndpointState } from "../ports/endpoint-states.ts";
import type { Attempt, AttemptOutcome } from "../ports/outbox.ts";
import { createEndpointGate, type EndpointGate, type EndpointLimits } from "./endpoint-gate.ts";

const APP = 1400000001;
const DAY = 24 * 3_600_000;

interface Under {
  readonly gate: EndpointGate;
  readonly clock: SimulatedClock;
  /** What was to be kept, in order. */
  readonly kept: (EndpointState | undefined)[];
  /** An attempt that ends now. */
  end(outcome: AttemptOutcome, lane?: string, more?: Partial<Attempt>): boolean;
  /** So many failures in a row, of two groups. */
  fail(count: number): void;
  /** Lets the time pass until the endpoint is tried again. */
  untilProbe(): Promise<void>;
}

function createGate(limits: Partial<EndpointLimits> = {}, saved: readonly EndpointState[] = []): Under {
  const clock = createSimulatedClock();
  const kept: (EndpointState | undefined)[] = [];
  const gate = createEndpointGate({
    clock,
    random: () => 0.5,
    limitsOf: () => ({ concurrency: 64, rate: undefined, ...limits }),
    saved,
    onChange: (_sdkAppId, state) => kept.push(state),
  });
  const end: Under["end"] = (outcome, lane = "a", more = {}) =>
    gate.ended(APP, lane, { number: 1, startedAt: clock.now(), durationMs: 0, outcome, ...more });
  return {
    gate,
    clock,
    kept,
    end,
    fail(count) {
      for (let i = 0; i < count; i += 1) end("refused", i % 2 === 0 ? "a" : "b");
    },
    async untilProbe() {
      await clock.run((gate.nextLook(APP) ?? Infinity) - clock.now());
    },
  };
}

describe("an endpoint that works", () => {
  it("is sent as many at a time as the app allows", () => {
    const { gate } = createGate({ concurrency: 3 });
    expect([0, 2, 3, 4].map((underWay) => gate.admits(APP, underWay))).toEqual([true, true, false, false]);
    expect(gate.nextLook(APP)).toBeUndefined();
    expect(gate.stateOf(APP)).toBeUndefined();
  });

  it("is sent one now and then where it is less than one a second", async () => {
    const { gate, clock } = createGate({ rate: 0.5 });
    await clock.run((gate.nextLook(APP) ?? Infinity) - clock.now());
    expect(gate.admits(APP, 0)).toBe(true);
    gate.began(APP);
    expect(gate.admits(APP, 0)).toBe(false);
    expect((gate.nextLook(APP) ?? 0) - clock.now()).toBe(2_000);
  });

  it("is sent as many a second as the app allows, evenly after the first", async () => {
    const { gate, clock } = createGate({ rate: 10 });
    const begun: number[] = [];
    const start = clock.now();
    while (clock.now() < start + 3_000) {
      while (gate.admits(APP, 0)) {
        gate.began(APP);
        begun.push(clock.now() - start);
      }
      await clock.run((gate.nextLook(APP) ?? 0) - clock.now());
    }
    expect(begun.filter((at) => at === 0)).toHaveLength(10);
    expect(begun.filter((at) => at > 0 && at <= 1_000)).toHaveLength(10);
    expect(begun.filter((at) => at > 1_000 && at <= 2_000)).toHaveLength(10);
  });

  it("does not save up what it was not sent", async () => {
    const { gate, clock } = createGate({ rate: 5 });
    await clock.run(60_000);
    let begun = 0;
    for (; gate.admits(APP, 0); begun += 1) gate.began(APP);
    expect(begun).toBe(5);
  });

  it("owes nothing for the time in which it had no rate", async () => {
    const limits: { rate: number | undefined } = { rate: undefined };
    const { gate, clock } = createGate(limits);
    for (let i = 0; i < 100_000; i += 1) gate.began(APP);
    await clock.run(60_000);
    limits.rate = 10;
    let begun = 0;
    for (; gate.admits(APP, 0); begun += 1) gate.began(APP);
    expect(begun).toBe(10);
    expect((gate.nextLook(APP) ?? 0) - clock.now()).toBe(100);
  });

  it("stays one through failures with successes in between, and through those of a single group", () => {
    const { gate, end, fail } = createGate();
    for (let i = 0; i < 10; i += 1) {
      fail(9);
      end("delivered");
    }
    for (let i = 0; i < 100; i += 1) end("status", "the same");
    expect(gate.admits(APP, 0)).toBe(true);
  });
});

describe("an endpoint that could not be reached", () => {
  it("is said to be back by the first delivery, so that what was put off need not wait", () => {
    for (const outcome of ["refused", "dns", "tls", "connect-timeout"] as const) {
      const { end } = createGate();
      end(outcome);
      expect(end("delivered")).toBe(true);
      expect(end("delivered")).toBe(false);
    }
  });

  it("is not one that answers something else: that may be the callback's fault", () => {
    for (const outcome of ["status", "not-json", "headers-timeout", "reset"] as const) {
      const { end } = createGate();
      end(outcome);
      expect(end("delivered")).toBe(false);
    }
  });
});

describe("an endpoint that fails ten times in a row", () => {
  it("is left alone for 5 s, then tried with one attempt, and for twice as long each further time", async () => {
    const { gate, clock, fail, end, untilProbe } = createGate();
    fail(9);
    expect(gate.admits(APP, 0)).toBe(true);
    fail(1);
    const lengths: number[] = [];
    for (let i = 0; i < 9; i += 1) {
      expect(gate.admits(APP, 0)).toBe(false);
      const before = clock.now();
      await untilProbe();
      lengths.push((clock.now() - before) / 1_000);
      expect(gate.admits(APP, 0)).toBe(true);
      expect(gate.admits(APP, 1), "one alone").toBe(false);
      end("refused");
    }
    expect(lengths).toEqual([5, 10, 20, 40, 80, 160, 300, 300, 300]);
  });

  it("is an endpoint like others again as soon as something is delivered, and is told to have recovered once", async () => {
    const { gate, fail, end, kept, untilProbe } = createGate();
    fail(10);
    await untilProbe();
    expect(end("delivered")).toBe(true);
    expect(end("delivered")).toBe(false);
    expect(gate.admits(APP, 63)).toBe(true);
    expect(kept).toMatchObject([{ sdkAppId: APP, openings: 1, outcome: "refused" }, undefined]);
    fail(10);
    expect(gate.stateOf(APP)).toMatchObject({ openings: 1 });
  });

  it("is not left alone for longer because of what was on its way already", () => {
    const { gate, fail } = createGate();
    fail(10);
    const until = gate.nextLook(APP);
    fail(50);
    expect(gate.nextLook(APP)).toBe(until);
    expect(gate.stateOf(APP)).toMatchObject({ openings: 1 });
  });

  it("is left alone at once, and for as long as it asks, where it asks to be", () => {
    const { gate, clock, end } = createGate();
    end("status", "a", { retryAfterMs: 60_000 });
    end("status", "b", { retryAfterMs: 60_000 });
    expect((gate.nextLook(APP) ?? 0) - clock.now()).toBe(60_000);
  });

  it("is heeded for five minutes at most", () => {
    const { gate, clock, end } = createGate();
    end("status", "a", { retryAfterMs: 1e9 });
    end("status", "b", { retryAfterMs: 1e9 });
    expect((gate.nextLook(APP) ?? 0) - clock.now()).toBe(300_000);
  });

  it("is still left alone after a restart", async () => {
    const { fail, kept } = createGate();
    fail(10);
    const [state] = kept;
    if (!state) throw new Error("its state was kept");
    const { gate, untilProbe } = createGate({}, [state]);
    expect(gate.admits(APP, 0)).toBe(false);
    await untilProbe();
    expect(gate.admits(APP, 0)).toBe(true);
  });
});

describe("a clock that is set back", () => {
  it("leaves an endpoint alone for no longer than the longest that it would be, and for longer after that as before", async () => {
    const { gate, clock, fail, end, untilProbe } = createGate();
    fail(10);
    clock.jump(-DAY);
    expect((gate.nextLook(APP) ?? Infinity) - clock.now()).toBe(0);
    expect(gate.admits(APP, 0)).toBe(true);
    end("refused");
    expect(gate.admits(APP, 0)).toBe(false);
    expect((gate.nextLook(APP) ?? 0) - clock.now()).toBe(10_000);
    await untilProbe();
    expect(gate.admits(APP, 0)).toBe(true);
  });

  it("is no reason to leave an endpoint alone after a restart until it says again what it said", () => {
    const { clock } = createGate();
    const state = {
      sdkAppId: APP,
      failingSince: 0,
      openings: 3,
      outcome: "refused",
      until: clock.now() + DAY,
    } as const;
    expect(createGate({}, [state]).gate.admits(APP, 0)).toBe(true);
  });

  it("keeps nobody from asking whose an attempt is", async () => {
    const clock = createSimulatedClock();
    const asked: number[] = [];
    const gate = createEndpointGate({
      clock,
      random: () => 0.5,
      limitsOf: () => ({ concurrency: 64, rate: undefined }),
      saved: [{ sdkAppId: APP, failingSince: 0, openings: 3, outcome: "refused", until: clock.now() }],
      onChange: () => undefined,
      claim: async () => {
        asked.push(clock.now());
        return false;
      },
    });
    gate.admits(APP, 0);
    clock.jump(-DAY);
    expect((gate.nextLook(APP) ?? Infinity) - clock.now()).toBe(0);
    gate.admits(APP, 0);
    expect(asked).toHaveLength(2);
  });
});

describe("an endpoint that fails for five days", () => {
  it("is tried on where it was tried for less than a day of them", async () => {
    const { gate, clock, fail, end, untilProbe } = createGate();
    fail(10);
    for (let i = 0; i < 100; i += 1) {
      await untilProbe();
      end("refused");
    }
    // The machine sleeps, the server does not run, or there is nothing to be sent.
    clock.jump(10 * DAY);
    end("dns");
    expect(gate.nextLook(APP)).toBeDefined();
    await untilProbe();
    expect(gate.admits(APP, 0)).toBe(true);
  });

  it("is sent nothing more until somebody says that it is back", async () => {
    const { gate, clock, fail, end, untilProbe } = createGate();
    const start = clock.now();
    fail(10);
    while (gate.nextLook(APP) !== undefined) {
      await untilProbe();
      end("refused");
    }
    expect(clock.now() - start).toBeGreaterThanOrEqual(5 * DAY);
    expect(clock.now() - start).toBeLessThan(5 * DAY + 300_000);
    await clock.run(100 * DAY);
    expect(gate.admits(APP, 0)).toBe(false);
    gate.revive(APP);
    expect(gate.admits(APP, 0)).toBe(true);
    expect(gate.stateOf(APP)).toBeUndefined();
  });
});
