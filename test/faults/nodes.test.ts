import { ErrorCode } from "@muster/protocol";
import { expect, it, onTestFinished, vi } from "vitest";

import { problemsOf, type Account, type Arrived } from "../harness/account.ts";
import { KILLS } from "../harness/campaign.ts";
import { OK, startEndpoint } from "../harness/endpoint.ts";
import { temporaryFolder, writeConfig } from "../harness/folder.ts";
import { createGroupHistories, historySwitches, whatOf, type GroupHistories } from "../harness/group-histories.ts";
import { startPostgres } from "../harness/postgres.ts";
import { startProgram, type Program } from "../harness/program.ts";
import { createRandom, seedOf } from "../harness/random.ts";
import { restApi, type RestAnswer } from "../harness/rest.ts";
import { readCallbacksInPostgres } from "../harness/stored-callbacks.ts";

const NODES = 3;
const CLIENTS = 4;
/** Faults of some seconds each. */
const FAULTS = Math.ceil(KILLS / 26);
/** Longer than the database bears with a session that says nothing, in ms. */
const STANDS_STILL = 6_500;
const app = { sdkAppId: 1400000001, secretKey: "the-key-of-the-demo-app", administrator: "administrator" };

/** A node of the server: one process after another, each a life of its own, and another one after each standstill. */
const isInternal = ({ ErrorCode: code }: RestAnswer): boolean => code === ErrorCode.Internal;

interface Node {
  /** Goes on with the histories until the process has ended, or they are finished. */
  live(): Promise<void>;
  kill(): Promise<void>;
  standStill(ms: number): Promise<void>;
  stop(): Promise<number | null>;
}

it(
  `delivers each callback in order while ${NODES} nodes are killed and stand still`,
  { timeout: 180_000 },
  async () => {
    const random = createRandom(seedOf("nodes"));
    const postgres = await startPostgres();
    onTestFinished(() => postgres.stop());
    const arrived: Arrived[] = [];
    const lifeNow = new Map<string, number>();
    const endpoint = await startEndpoint("/callback", ({ url, body, headers }) => {
      const process = String(new URL(url, "http://localhost").searchParams.get("process"));
      arrived.push({
        sdkAppId: app.sdkAppId,
        lane: String(body["GroupId"]),
        sequence: Number(headers["muster-sequence"]),
        number: Number(headers["muster-attempt"]),
        id: String(headers["webhook-id"]),
        what: whatOf(body),
        isReplay: false,
        life: lifeNow.get(process) ?? 0,
        ended: "delivered",
      });
      return OK;
    });
    const histories = createGroupHistories(app.sdkAppId, random, isInternal);
    const start = createStarter(postgres.url, endpoint.url);
    const nodes = Array.from({ length: NODES }, (_, i) => createNode(`node${i}`, start, histories, lifeNow));
    const work = nodes.map((node) => node.live());

    for (let i = 0; i < FAULTS; i += 1) {
      const node = nodes[Math.floor(random() * NODES)];
      const before = arrived.length;
      // First one of each; whatever follows is drawn.
      const isKilled = i < 2 ? i === 0 : random() < 0.6;
      await (isKilled ? node?.kill() : node?.standStill(STANDS_STILL));
      // Whoever is left goes on.
      await vi.waitUntil(() => arrived.length > before + 50, { timeout: 15_000 });
    }
    histories.finish();
    await Promise.all(work);
    const account = async (): Promise<Account> => {
      const { kept, ledgers } = await readCallbacksInPostgres(postgres.url, whatOf);
      return { told: histories.told(), kept, ledgers, arrived };
    };
    await vi.waitUntil(async () => (await account()).kept.every(({ state }) => state === "delivered"), {
      timeout: 30_000,
      interval: 200,
    });
    for (const node of nodes) expect(await node.stop()).toBe(0);
    const whole = await account();
    expect(problemsOf(whole)).toEqual([]);
    const again = arrived.length - whole.kept.length;
    console.log(`${whole.kept.length} callbacks in ${whole.told.length} groups, ${again} of them sent again`);
    expect(new Set(arrived.map(({ life }) => life)).size, "each life has sent something").toBeGreaterThan(NODES);
  },
);

type Start = (process: string) => Program;

function createStarter(store: string, callbackUrl: string): Start {
  return (process) => {
    const url = `${callbackUrl}?process=${process}`;
    const config = writeConfig(temporaryFolder(), {
      server: { port: 0, store, logLevel: "error" },
      apps: [
        {
          sdkAppId: app.sdkAppId,
          secretKey: app.secretKey,
          quantities: { newGroupsPerDay: 1_000_000 },
          callback: { url, allowPrivateNetwork: true, retry: [1, 1, 1], switches: historySwitches },
        },
      ],
    });
    return startProgram(["serve", "--config", config]);
  };
}

let lives = 0;

function createNode(name: string, start: Start, histories: GroupHistories, lifeNow: Map<string, number>): Node {
  let processes = 0;
  let program: Program;
  let process = "";
  let isStopping = false;

  function nextLife(): void {
    lives += 1;
    lifeNow.set(process, lives);
  }

  function begin(): void {
    processes += 1;
    process = `${name}-${processes}`;
    nextLife();
    program = start(process);
  }

  begin();
  return {
    async live() {
      while (!isStopping) {
        const current = program;
        const url = await current.url().catch(() => undefined);
        if (url !== undefined) await histories.live(await restApi(url, app), CLIENTS, () => undefined);
        // Killed: there is another one by then, or the histories are finished.
        if (current === program) return;
      }
    },
    async kill() {
      const killed = program;
      begin();
      await killed.kill("SIGKILL");
    },
    async standStill(ms) {
      program.child.kill("SIGSTOP");
      await new Promise<void>((resolve) => setTimeout(resolve, ms));
      nextLife();
      program.child.kill("SIGCONT");
    },
    async stop() {
      isStopping = true;
      return await program.kill("SIGTERM");
    },
  };
}
