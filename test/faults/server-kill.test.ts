import { tmpdir } from "node:os";

import { expect, it, vi } from "vitest";

import { corrected, problemsOf, type Account, type Arrived, type Kept } from "../harness/account.ts";
import { ADMIN_TOKEN, ENCRYPTION_KEY } from "../harness/admin.ts";
import { createDraw, KILLS } from "../harness/campaign.ts";
import { OK, startEndpoint, type Answering, type Arrival } from "../harness/endpoint.ts";
import { temporaryFolder, writeConfig } from "../harness/folder.ts";
import { createGroupHistories, historySwitches, whatOf } from "../harness/group-histories.ts";
import { startProgram, type Program } from "../harness/program.ts";
import { createRandom, seedOf } from "../harness/random.ts";
import { metricFits, metricOf, metricReaches, restApi } from "../harness/rest.ts";
import { onPostgres, storeIn } from "../harness/store.ts";
import { readStoredCallbacks } from "../harness/stored-callbacks.ts";

/** Fewer on PostgreSQL: what can go wrong between commits is the same, and that it is kept is PostgreSQL's. */
const LIVES = Math.ceil(KILLS / (onPostgres ? 13 : 2));
const CLIENTS = 12;
/** Groups of earlier lives that each life delivers once more. */
const REPLAYED = 5;
const app = { sdkAppId: 1400000001, secretKey: "the-key-of-the-demo-app", administrator: "administrator" };
/** In seconds. */
const RETRY = [1, 1];

/**
 * How a life ends: at such a moment while it starts (ms), after so many answers or arrivals, or as soon as it has given
 * a callback up.
 */
type End =
  | { readonly starting: number }
  | { readonly answers: number; readonly arrivals: number }
  | { readonly givenUp: true };

const dead = `muster_callbacks{sdk_app_id="${app.sdkAppId}",state="dead"}`;

it(`keeps its promises when it is killed ${LIVES} times`, { timeout: 120_000 + LIVES * 10_000 }, async () => {
  expect(await campaign(LIVES)).toEqual([]);
});

/** Returns what is wrong in the end. */
async function campaign(lives: number): Promise<string[]> {
  const seed = seedOf("server-kill");
  const random = createRandom(seed);
  const folder = temporaryFolder(tmpdir());
  const store = await storeIn(folder, "server");
  const arrived: Arrived[] = [];
  const replayed = new Set<string>();
  let life = 0;
  let onArrival: () => void = () => undefined;
  /** One life lasts until it gives something up: how long others do is chance. */
  const patient = Math.floor(lives / 2) + 1;
  const faults = createFaults(seed, patient);
  const givenUp = new Set<string>();
  const endpoint = await startEndpoint("/callback", (arrival) => {
    // What a killed server had sent may be read when the next one runs.
    const from = Number(new URL(arrival.url, "http://localhost").searchParams.get("life"));
    const { fault, answer } = faults.of(arrival, from);
    arrived.push(arrivedAs(arrival, from, fault));
    onArrival();
    return answer;
  });
  const histories = createGroupHistories(app.sdkAppId, random);

  /** Starts the next life, whose callbacks tell which one they are of. */
  function start(): Program {
    life += 1;
    const config = writeConfig(folder, {
      server: { port: 0, store, adminToken: ADMIN_TOKEN, encryptionKey: ENCRYPTION_KEY, logLevel: "silent" },
      apps: [
        {
          sdkAppId: app.sdkAppId,
          secretKey: app.secretKey,
          callback: {
            url: `${endpoint.url}?life=${life}`,
            allowPrivateNetwork: true,
            retry: RETRY,
            switches: historySwitches,
          },
        },
      ],
    });
    return startProgram(["serve", "--config", config]);
  }

  /** Everything that is known at this moment. */
  async function account(): Promise<Account> {
    const { kept, ledgers, failed } = await readStoredCallbacks(store, whatOf);
    return { told: histories.told(), kept, ledgers, arrived: corrected(placed(arrived, kept), failed, RETRY.length) };
  }

  /** Has some groups delivered once more: each once at the most, so that a replay is known by its callback's id. */
  async function replaySome(url: string, onAnswer: () => void): Promise<void> {
    const groups = histories.told().filter(({ lane }) => !replayed.has(lane));
    for (let i = 0; i < Math.min(REPLAYED, groups.length); i += 1) {
      const groupId = String(groups[Math.floor((groups.length * i) / REPLAYED)]?.lane);
      replayed.add(groupId);
      const answer = await fetch(`${url}/admin/v1/deliveries/replay`, {
        method: "POST",
        headers: { authorization: `Bearer ${ADMIN_TOKEN}`, "content-type": "application/json" },
        body: JSON.stringify({ sdkAppId: app.sdkAppId, groupId }),
      }).catch(() => undefined);
      if (!answer) return;
      expect(answer.status).toBe(202);
      onAnswer();
    }
  }

  async function liveAndDie(end: End): Promise<void> {
    const server = start();
    const kill = (): void => void server.child.kill("SIGKILL");
    if ("starting" in end) {
      setTimeout(kill, end.starting);
    } else {
      let answers = 0;
      let arrivals = 0;
      const look = (): void => {
        if ("answers" in end && (answers >= end.answers || arrivals >= end.arrivals)) kill();
      };
      onArrival = () => {
        arrivals += 1;
        look();
      };
      // What an earlier life left arrives, and kills, before it listens: the end below tells that from other reasons.
      const url = await server.url().catch(() => undefined);
      if (url !== undefined) {
        const onAnswer = (): void => {
          answers += 1;
          look();
        };
        const rest = await restApi(url, app);
        const isGivenUp = "givenUp" in end ? moreDeadLetters(url).then(kill) : undefined;
        await Promise.all([histories.live(rest, CLIENTS, onAnswer), replaySome(url, onAnswer), isGivenUp]);
      }
    }
    expect(await server.ended(), server.errors()).toBeNull();
    onArrival = () => undefined;
  }

  const ends = Array.from({ length: lives }, (_, i): End =>
    // The first life makes the store, without which there is nothing to take account of.
    random() < 0.1 && i > 0
      ? { starting: Math.floor(random() * 300) }
      : { answers: 1 + Math.floor(random() * 120), arrivals: 1 + Math.floor(random() * 120) },
  );
  for (const [i, end] of ends.entries()) {
    await liveAndDie(i + 1 === patient ? { givenUp: true } : end);
    const known = await account();
    expect(problemsOf(known), `after kill ${i + 1}`).toEqual([]);
    for (const { id, state } of known.kept) if (state === "dead") givenUp.add(id);
  }

  // The last life is not cut short: it delivers what the others left, or gives it up.
  faults.end();
  histories.finish();
  const server = start();
  const url = await server.url();
  await metricReaches(url, `muster_callbacks{sdk_app_id="${app.sdkAppId}",state="pending"}`, 0);
  await replaySome(url, () => undefined);
  // The books do not know of replays.
  await vi.waitUntil(async () => (await account()).kept.every(({ state }) => state !== "pending"), { timeout: 60_000 });
  expect(await server.kill("SIGTERM"), server.errors()).toBe(0);
  const whole = await account();
  const replays = whole.kept.filter(({ isReplay }) => isReplay).length;
  const states = Map.groupBy(whole.kept, ({ state }) => state);
  console.log(
    `${whole.kept.length} callbacks (${replays} of them replays) in ${whole.told.length} groups: ${states.get("delivered")?.length} delivered, ` +
      `${states.get("dead")?.length ?? 0} dead of ${givenUp.size} that were given up; ${arrived.length} attempts arrived`,
  );
  expect(states.get("pending")).toBeUndefined();
  // The campaign is none where nothing failed, nothing came twice and nothing was given up.
  expect(arrived.length).toBeGreaterThan(whole.kept.length);
  expect(replays).toBeGreaterThan(0);
  expect(givenUp.size).toBeGreaterThan(0);
  return problemsOf(whole);
}

type Fault = "none" | "status" | "reset" | "hang" | "not JSON";

/** Resolves when a server has given up more than it had. */
async function moreDeadLetters(url: string): Promise<void> {
  const before = (await metricOf(url, dead)) ?? 0;
  await metricFits(url, dead, (count = 0) => count > before);
}

/** What goes wrong at the endpoint: the same for a callback's attempt each time that the seed is used. */
function createFaults(
  seed: number,
  patient: number,
): {
  of(arrival: Arrival, life: number): { fault: Fault; answer: ReturnType<Answering> };
  end(): void;
} {
  const draw = createDraw(seed);
  const answers: Readonly<Record<Fault, ReturnType<Answering>>> = {
    none: OK,
    status: { status: 500, text: "no" },
    reset: { reset: true },
    hang: undefined,
    "not JSON": "OK",
  };
  let over = false;
  function faultOf({ body, headers }: Arrival, life: number): Fault {
    const callback = `${String(body["GroupId"])} ${String(headers["muster-sequence"])}`;
    // Some are never taken, and some lives find everything failing, so that the gate opens.
    // In the end nothing is: an endpoint of which only those were left would be left alone for minutes.
    if (over) return "none";
    if (draw(`poison ${callback}`) < 0.04) return "status";
    // Where everything fails nothing is tried for long enough to be given up.
    if (life !== patient && draw(`outage ${life}`) < 0.1) return "status";
    const chance = draw(`${callback} ${String(headers["muster-attempt"])} ${life}`);
    if (chance < 0.04) return "status";
    if (chance < 0.07) return "reset";
    if (chance < 0.08) return "hang";
    return chance < 0.1 ? "not JSON" : "none";
  }
  return {
    of(arrival, life) {
      const fault = faultOf(arrival, life);
      return { fault, answer: answers[fault] };
    },
    end: () => void (over = true),
  };
}

function arrivedAs({ body, headers }: Arrival, life: number, fault: Fault): Arrived {
  const number = Number(headers["muster-attempt"]);
  const failed = number > RETRY.length ? "last" : "failed";
  return {
    sdkAppId: app.sdkAppId,
    lane: String(body["GroupId"]),
    sequence: Number(headers["muster-sequence"]),
    number,
    id: String(headers["webhook-id"]),
    what: whatOf(body),
    isReplay: headers["muster-replay"] === "1",
    life,
    ended: fault === "none" ? "delivered" : failed,
    isUnanswered: fault === "reset",
  };
}

/** Replays carry the number of what they repeat; their own place is known by its id. */
function placed(arrived: readonly Arrived[], kept: readonly Kept[]): Arrived[] {
  const replays = new Map(kept.filter(({ isReplay }) => isReplay).map((one) => [one.id, one]));
  return arrived.map((one) => {
    const replay = one.isReplay ? replays.get(one.id) : undefined;
    return replay ? { ...one, lane: replay.lane, sequence: replay.sequence } : one;
  });
}
