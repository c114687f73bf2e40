import { expect, it } from "vitest";

import { proves } from "../conformance/proves.ts";
import { firstOf, OK, startEndpoint } from "../harness/endpoint.ts";
import { temporaryFolder, writeConfig } from "../harness/folder.ts";
import { hostilities, startHostile, type HostilityName } from "../harness/hostile.ts";
import { startProgram } from "../harness/program.ts";
import { metricOf, restApi, type RestCall } from "../harness/rest.ts";
import { sqlIn, storeIn } from "../harness/store.ts";

const GROUPS_OF_GOOD = 300;
const GROUPS_OF_HOSTILE = 15;
/**
 * How long after the event the good endpoint may have its callback, in ms, beyond what a command takes on a machine that
 * does much else: less than one hanging attempt takes.
 */
const PATIENCE = 1_500;
/** What the hostile endpoints together may cost, in bytes of resident memory. */
const MEMORY = 150 * 1_048_576;

const secretKey = "the-key-of-every-app";
const switches = ["Group.CallbackAfterCreateGroup", "Group.CallbackAfterGroupDestroyed"];
const GOOD = 1400000001;

it(
  "an endpoint of each hostile kind, all at once, costs the good one nothing",
  { ...proves("security:hostile-endpoints"), timeout: 240_000 },
  async () => {
    const names = Object.keys(hostilities) as HostilityName[];
    const hostile = await Promise.all(names.map((name) => startHostile(hostilities[name])));
    const late: number[] = [];
    const good = await startEndpoint("/callback", ({ body }) => {
      late.push(Date.now() - Number(body["EventTime"]));
      return OK;
    });
    const folder = temporaryFolder();
    const store = await storeIn(folder, "server");
    const app = (sdkAppId: number, url: string): object => ({
      sdkAppId,
      secretKey,
      callback: { url, allowPrivateNetwork: true, switches },
    });
    const config = writeConfig(folder, {
      server: { port: 0, store, logLevel: "error" },
      apps: [app(GOOD, good.url), ...hostile.map(({ url }, i) => app(GOOD + 1 + i, url))],
    });
    const server = startProgram(["serve", "--config", config]);
    const url = await server.url();
    const call = (sdkAppId: number): Promise<RestCall> =>
      restApi(url, { sdkAppId, secretKey, administrator: "administrator" });
    const rest = await call(GOOD);

    await createAndDisband(rest, 20, "before");
    await good.received(40);
    late.length = 0;
    const memory = async (): Promise<number> => (await metricOf(url, "process_resident_memory_bytes")) ?? NaN;
    const before = await memory();
    const calls = await Promise.all(names.map((_name, i) => call(GOOD + 1 + i)));
    const [slowest] = await Promise.all([
      createAndDisband(rest, GROUPS_OF_GOOD, "during"),
      ...calls.map((hostileCall) => createAndDisband(hostileCall, GROUPS_OF_HOSTILE, "g")),
    ]);
    // The good one answers out of this process: where the machine does much else, an answer may be too late and its callback
    // come once more.
    const expected = 2 * (20 + GROUPS_OF_GOOD);
    await expect.poll(() => firstOf(good.arrivals).length, { timeout: 60_000 }).toBe(expected);
    const arrivals = firstOf(good.arrivals);
    const after = await memory();

    // Each hostile one is tried again and again: sooner or later the records say of each what it does.
    const OUTCOMES = "SELECT DISTINCT outbox.app, outcome FROM attempt JOIN outbox USING (position)";
    const recorded = async () => {
      const rows = await sqlIn(store, "server", OUTCOMES);
      return names.map((name, i) => {
        const own = rows.filter(({ app: sdkAppId }) => Number(sdkAppId) === GOOD + 1 + i);
        return { name, outcomes: own.map(({ outcome }) => String(outcome)) };
      });
    };
    const isOf = (name: HostilityName, outcome: string): boolean =>
      (hostilities[name].outcomes as readonly string[]).includes(outcome);
    const unsaid = async () =>
      (await recorded()).flatMap(({ name, outcomes }) => {
        return outcomes.some((outcome) => isOf(name, outcome)) ? [] : [`${name}: ${outcomes.join()}`];
      });
    await expect.poll(unsaid, { timeout: 60_000 }).toEqual([]);
    const strange = (await recorded()).flatMap(({ name, outcomes }) => {
      // On a machine that does much else any may be too late, too.
      const isStrange = (outcome: string): boolean => !isOf(name, outcome) && !outcome.endsWith("-timeout");
      return outcomes.filter(isStrange).map((outcome) => `${name}: ${outcome}`);
    });
    expect(await server.kill("SIGTERM"), server.errors()).toBe(0);

    const latencies = late.toSorted((a, b) => a - b);
    const [p50, p90] = [0.5, 0.9].map((share) => latencies[Math.floor(share * latencies.length)]);
    console.log(
      `good endpoint: p50 ${p50} ms, p90 ${p90} ms; memory grew by ${Math.round((after - before) / 1_048_576)} MiB`,
    );
    expect(
      inOrder(arrivals.map(({ headers, body }) => [String(body["GroupId"]), Number(headers["muster-sequence"])])),
    ).toBe(true);
    // Of the others some may have been answered too late by this process, and have come once more.
    expect(p90).toBeLessThan(PATIENCE + slowest);
    expect(after - before).toBeLessThan(MEMORY);
    expect(strange).toEqual([]);
  },
);

/** Creates and disbands groups, five at a time. Returns how long doing both has taken at most, in ms. */
async function createAndDisband(rest: RestCall, count: number, prefix: string): Promise<number> {
  let next = 0;
  let slowest = 0;
  await Promise.all(
    Array.from({ length: 5 }, async () => {
      while (next < count) {
        const GroupId = `${prefix}-${(next += 1)}`;
        const began = performance.now();
        const created = await rest("group_open_http_svc/create_group", { GroupId, Type: "Public", Name: "n" });
        const destroyed = await rest("group_open_http_svc/destroy_group", { GroupId });
        slowest = Math.max(slowest, performance.now() - began);
        expect([created.ErrorCode, destroyed.ErrorCode]).toEqual([0, 0]);
      }
    }),
  );
  return slowest;
}

/** Whether the callbacks of each group came as 1, 2, 3 …, each once. */
function inOrder(came: readonly (readonly [groupId: string, sequence: number])[]): boolean {
  const last = new Map<string, number>();
  return came.every(([groupId, sequence]) => {
    const isNext = sequence === (last.get(groupId) ?? 0) + 1;
    last.set(groupId, sequence);
    return isNext;
  });
}
