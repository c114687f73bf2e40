import { tmpdir } from "node:os";

import type { EventJson } from "@muster/recorder";
import { expect, it } from "vitest";

import { problemsOf, type Account, type Arrived } from "../harness/account.ts";
import { KILLS } from "../harness/campaign.ts";
import { temporaryFolder, writeConfig } from "../harness/folder.ts";
import { freePort } from "../harness/free-port.ts";
import { createGroupHistories, historySwitches, whatOf } from "../harness/group-histories.ts";
import { startProgram, type Program } from "../harness/program.ts";
import { createRandom, seedOf } from "../harness/random.ts";
import type { EventList } from "../harness/recorder.ts";
import { metricReaches, restApi } from "../harness/rest.ts";
import { onPostgres, storeIn } from "../harness/store.ts";
import { readStoredCallbacks } from "../harness/stored-callbacks.ts";

/** Both programs are killed in half of the rounds, and one of them in the others. */
const ROUNDS = Math.ceil(KILLS / (onPostgres ? 20 : 6));
const CLIENTS = 8;
const app = { sdkAppId: 1400000001, secretKey: "the-key-of-the-demo-app", administrator: "administrator" };

it(
  `keeps its promises from the command to the journal in ${ROUNDS} rounds in which server, recorder or both are killed`,
  { timeout: 120_000 + ROUNDS * 15_000 },
  async () => {
    const random = createRandom(seedOf("both-kill"));
    const folder = temporaryFolder(tmpdir());
    const store = await storeIn(folder, "server");
    const recorderPort = await freePort();
    const config = writeConfig(folder, {
      server: { port: 0, store, logLevel: "silent" },
      recorder: {
        port: recorderPort,
        store: await storeIn(folder, "recorder"),
        mirror: false,
        apps: [{ sdkAppId: app.sdkAppId, token: "the-token" }],
        logLevel: "silent",
      },
      apps: [
        {
          sdkAppId: app.sdkAppId,
          secretKey: app.secretKey,
          callback: {
            url: `http://127.0.0.1:${recorderPort}/callback`,
            token: "the-token",
            allowPrivateNetwork: true,
            retry: [1, 1, 2],
            switches: historySwitches,
          },
        },
      ],
    });
    const histories = createGroupHistories(app.sdkAppId, random);
    const startServer = (): Program => startProgram(["serve", "--config", config]);
    const startRecorder = (): Program => startProgram(["record", "--config", config]);

    /** Everything that is known, with what the journal holds as what has come. */
    async function account(recorderUrl: string): Promise<Account> {
      // The journal first: what comes into it meanwhile is in the store already.
      const arrived = await arrivedAt(recorderUrl);
      const { kept, ledgers } = await readStoredCallbacks(store, whatOf);
      return { told: histories.told(), kept, ledgers, arrived };
    }

    async function restarted(killed: Program): Promise<Program> {
      expect(await killed.ended(), killed.errors()).toBeNull();
      const next = startRecorder();
      await next.url();
      return next;
    }

    let recorder = startRecorder();
    for (let round = 1; round <= ROUNDS; round += 1) {
      const server = startServer();
      const [url, recorderUrl] = await Promise.all([server.url(), recorder.url()]);
      const whom = random();
      const killAt = 1 + Math.floor(random() * 120);
      let answers = 0;
      await histories.live(await restApi(url, app), CLIENTS, () => {
        answers += 1;
        if (answers === killAt && whom > 0.25) recorder.child.kill("SIGKILL");
        // The recorder alone is killed amid the work, and the server a little later, so that it finds nobody there.
        if (answers === (whom > 0.75 ? killAt + 60 : killAt)) server.child.kill("SIGKILL");
      });
      expect(await server.ended(), server.errors()).toBeNull();
      if (whom > 0.25) recorder = await restarted(recorder);
      expect(problemsOf(await account(recorderUrl)), `after round ${round}`).toEqual([]);
    }

    histories.finish();
    const server = startServer();
    await metricReaches(await server.url(), `muster_callbacks{sdk_app_id="${app.sdkAppId}",state="pending"}`, 0);
    expect(await server.kill("SIGTERM"), server.errors()).toBe(0);
    const whole = await account(await recorder.url());
    expect(await recorder.kill("SIGTERM"), recorder.errors()).toBe(0);
    expect(problemsOf(whole)).toEqual([]);
    const delivered = whole.kept.filter(({ state }) => state === "delivered").length;
    console.log(
      `${whole.kept.length} callbacks in ${whole.told.length} groups, ${whole.arrived.length} in the journal`,
    );
    expect(whole.kept.filter(({ state }) => state === "pending")).toEqual([]);
    expect(whole.arrived.length).toBeGreaterThanOrEqual(delivered);
    expect(delivered).toBeGreaterThan(0);
  },
);

/** The journal, as what arrived: each once, in the order of its first arrival. */
async function arrivedAt(recorderUrl: string): Promise<Arrived[]> {
  const arrived: Arrived[] = [];
  for (let after: string | null = "0"; after !== null;) {
    const response: Response = await fetch(`${recorderUrl}/v1/events?limit=1000&after=${after}`);
    const { events, next } = (await response.json()) as EventList;
    arrived.push(...events.map(arrivedAs));
    after = next;
  }
  return arrived;
}

function arrivedAs({ sdkAppId, groupId, sequence, attempt, id, body, fault }: EventJson): Arrived {
  expect(fault).toBeNull();
  return {
    sdkAppId,
    lane: groupId ?? "",
    sequence: sequence ?? 0,
    number: attempt ?? 0,
    id: id ?? "",
    what: whatOf(body as Record<string, unknown>),
    isReplay: false,
    life: 0,
    ended: "delivered",
  };
}
