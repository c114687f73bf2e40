import { expect, it } from "vitest";

import type { RetryMode } from "../../packages/server/src/app-settings.ts";
import type { EndpointLimits } from "../../packages/server/src/dispatch/endpoint-gate.ts";
import { createRetryPolicy } from "../../packages/server/src/dispatch/retry-policy.ts";
import { problemsOf } from "../harness/account.ts";
import { createDraw } from "../harness/campaign.ts";
import { createRandom, seedOf } from "../harness/random.ts";
import { calm, createWorld, type World } from "../harness/simulated-world.ts";

/** So many days pass, in histories of so many each. */
const DAYS = Number(process.env["CAMPAIGN_DAYS"] ?? 1_000);
const HISTORY = 20;
const [SECOND, MINUTE, HOUR, DAY] = [1_000, 60_000, 3_600_000, 86_400_000];
/** So often something happens. */
const STEPS_A_DAY = 30;
const LANES = 8;

/** Apps that differ in everything that deliveries depend on. */
const apps: ReadonlyMap<number, EndpointLimits & { readonly retry: RetryMode }> = new Map([
  [1400000001, { retry: "standard", concurrency: 64, rate: undefined }],
  [1400000002, { retry: [1, 1, 2], concurrency: 2, rate: 5 }],
  [1400000003, { retry: "tencent", concurrency: 8, rate: undefined }],
  [1400000004, { retry: "none", concurrency: 1, rate: undefined }],
  [1400000005, { retry: [60, 3_600], concurrency: 4, rate: 1 }],
]);
const ids = [...apps.keys()];
const limits = { sending: 12, lanes: 6, window: 4, go: 2, turn: 6 };

/** How an app's endpoint is at some time, until it is otherwise. */
type Health = "well" | "down" | "flapping" | "hanging" | "overloaded";

it(`keeps its promises for ${DAYS} simulated days`, { timeout: 480_000 }, async () => {
  const seed = seedOf("simulated-days");
  const sums = { callbacks: 0, attempts: 0, delivered: 0, dead: 0, cancelled: 0, replays: 0 };
  for (let history = 0; history * HISTORY < DAYS; history += 1) {
    const world = await live(seed + history);
    const { kept, arrived } = world.account();
    sums.callbacks += kept.length;
    sums.attempts += arrived.length;
    for (const { state, isReplay } of kept) {
      if (isReplay) sums.replays += 1;
      else if (state !== "pending") sums[state] += 1;
    }
  }
  console.log(`simulated-days: ${JSON.stringify(sums)}`);
  // A simulation is none in which nothing goes wrong.
  for (const [what, count] of Object.entries(sums)) expect(count, what).toBeGreaterThan(DAYS / 10);
  expect(sums.attempts).toBeGreaterThan(sums.callbacks);
});

/** One history: days of traffic with everything going wrong now and then, and a time of peace for all to be delivered. */
async function live(seed: number): Promise<World> {
  const random = createRandom(seed);
  const below = (most: number): number => Math.floor(random() * most);
  const anApp = (): number => ids[below(ids.length)] ?? 0;
  const health = new Map<number, Health>();
  const world = createWorld({
    seed,
    limits,
    endpoint: (sdkAppId) => apps.get(sdkAppId) ?? { concurrency: 1, rate: undefined },
    retry: (_clock, chance) => createRetryPolicy((sdkAppId) => apps.get(sdkAppId)?.retry ?? "none", chance),
    weather: { sendTakes: 200, storeTakes: 5 },
  });
  const { clock, outbox, weather } = world;
  const end = clock.now() + HISTORY * DAY;
  const draw = createDraw(seed);
  let peace = false;

  world.script = async ({ sdkAppId, id }, number) => {
    const state = health.get(sdkAppId) ?? "well";
    // Some are refused however often they come: an endpoint's own fault.
    if (!peace && draw(id) < 0.01) return { outcome: "status" };
    if (state === "hanging") {
      await clock.sleep(2 * SECOND);
      return { outcome: number % 2 === 0 ? "headers-timeout" : "connect-timeout" };
    }
    if (state === "overloaded") return { outcome: "status", retryAfterMs: below(10) * MINUTE };
    return state === "well" || (state === "flapping" && random() < 0.5);
  };

  /** What something is changed to for a while, and then back; a later change does not wait for it. */
  function forAWhile(ms: number, change: () => void, back: () => void): void {
    change();
    clock.after(ms, back);
  }

  /** How often the store fails, but for the time in which the program starts: one that cannot read it does not. */
  let failing = 0;
  let isStarting = false;
  function failStore(part: number): void {
    failing = part;
    weather.storeFails = isStarting ? 0 : failing;
  }

  async function restart(): Promise<void> {
    isStarting = true;
    failStore(failing);
    await world.start();
    isStarting = false;
    failStore(failing);
  }

  async function stopAndStart(): Promise<void> {
    let stopped = false;
    void world.stop().then(() => (stopped = true));
    await clock.run(2 * HOUR, () => stopped);
    expect(stopped, "stops").toBe(true);
    expect(world.inFlight.size, "stops with nothing on its way").toBe(0);
    world.kill();
    await restart();
  }

  async function cancel(): Promise<void> {
    world.hasUrl = false;
    let over = false;
    void world
      .cancel(anApp())
      .finally(() => (over = true))
      .catch(() => undefined);
    await clock.run(MINUTE, () => over);
    world.hasUrl = true;
  }

  function replayDead(): void {
    const dead = outbox.kept().filter(({ state, isReplay }) => state === "dead" && !isReplay);
    for (const { sdkAppId, lane, sequence } of dead.slice(-5)) outbox.replay(sdkAppId, lane, sequence);
  }

  const kinds: readonly Health[] = ["down", "down", "flapping", "hanging", "overloaded"];
  function fallIll(): void {
    const sdkAppId = anApp();
    const state = kinds[below(kinds.length)] ?? "down";
    // Minutes mostly, hours often, and days now and then: longer than the schedule lasts, and than the gate tries.
    const [, most = HOUR] =
      [
        [0.5, 20 * MINUTE],
        [0.9, 10 * HOUR],
        [1, 6 * DAY],
      ].find(([chance = 1]) => random() < chance) ?? [];
    forAWhile(
      below(most),
      () => health.set(sdkAppId, state),
      () => health.set(sdkAppId, "well"),
    );
  }

  const happenings: readonly (readonly [weight: number, happen: () => Promise<void> | void])[] = [
    [
      60,
      () => outbox.commit(...Array.from({ length: 1 + below(12) }, () => [anApp(), `lane ${below(LANES)}`] as const)),
    ],
    [4, () => world.kill()],
    [2, stopAndStart],
    [3, fallIll],
    [3, () => void world.revive(anApp())],
    [1, cancel],
    [2, replayDead],
    [1, () => clock.jump(below(2 * HOUR) - HOUR)],
    [
      2,
      () =>
        forAWhile(
          below(10 * MINUTE),
          () => (weather.storeTakes = 900),
          () => (weather.storeTakes = 5),
        ),
    ],
    [
      2,
      () =>
        forAWhile(
          below(5 * MINUTE),
          () => failStore(random() < 0.5 ? 1 : 0.3),
          () => failStore(0),
        ),
    ],
    [
      2,
      () =>
        forAWhile(
          below(HOUR),
          () => (weather.sendTakes = 1_900),
          () => (weather.sendTakes = 200),
        ),
    ],
  ];
  const weights = happenings.reduce((sum, [weight]) => sum + weight, 0);
  const happening = (): (() => Promise<void> | void) => {
    let left = random() * weights;
    return happenings.find(([weight]) => (left -= weight) < 0)?.[1] ?? (() => undefined);
  };

  await restart();
  while (clock.now() < end) {
    // Things happen in quick succession, and then nothing for a long time.
    await clock.run(random() < 0.5 ? below(5 * SECOND) : below((4 * DAY) / STEPS_A_DAY));
    await happening()();
    if (!world.running()) await restart();
  }

  Object.assign(weather, calm);
  health.clear();
  peace = true;
  for (const sdkAppId of ids) void world.revive(sdkAppId);
  const wrong = (): string[] => [...world.violations, ...outbox.violations];
  await clock.run(10 * DAY, () => outbox.books.pending === 0 || wrong().length > 0);
  expect([...wrong(), ...problemsOf(world.account())], `CAMPAIGN_SEED=${seed}`).toEqual([]);
  expect(outbox.books.pending, "nothing is forgotten").toBe(0);
  return world;
}
