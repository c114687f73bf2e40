import { ErrorCode } from "@muster/protocol";
import { expect, it, onTestFinished, vi } from "vitest";

import { corrected, problemsOf, type Account, type Arrived } from "../harness/account.ts";
import { KILLS } from "../harness/campaign.ts";
import { OK, startEndpoint } from "../harness/endpoint.ts";
import { drawFaults, type Fault } from "../harness/fault-plan.ts";
import { temporaryFolder, writeConfig } from "../harness/folder.ts";
import { createGroupHistories, historySwitches, whatOf } from "../harness/group-histories.ts";
import { startPostgres, type RunningPostgres } from "../harness/postgres.ts";
import { createRandom, seedOf } from "../harness/random.ts";
import { restApi, type RestAnswer } from "../harness/rest.ts";
import { startServerNode, type ServerNode } from "../harness/server-node.ts";
import { readCallbacksInPostgres } from "../harness/stored-callbacks.ts";
import { startTcpProxy, through, type TcpProxy } from "../harness/tcp-proxy.ts";

const NODES = 3;
const CLIENTS = 4;
/** How long a client thinks between two commands, in ms: hundreds of commands a second, and processors left for what fails. */
const THINKING = 20;
/** In seconds: often enough that nothing is given up where this process, whose endpoint it is, is held up again and again. */
const RETRY = Array.from({ length: 10 }, () => 1);
/** How long things go wrong, in ms. */
const CHAOS = Math.round((KILLS / 84) * 60_000);
/** How long after a fault what was under way when it began may come once more, in ms. */
const ECHO = 20_000;
const app = { sdkAppId: 1400000001, secretKey: "the-key-of-the-demo-app", administrator: "administrator" };

/** The store failed; or the request was there while its node stood still, which finds that it took too long to come. */
const mayFail = ({ ErrorCode: code }: RestAnswer): boolean =>
  code === ErrorCode.Internal || code === ErrorCode.MalformedHttpRequest;

it(
  `loses nothing and keeps every order while ${NODES} nodes, their database and what connects them fail for ${CHAOS / 1_000} s`,
  { timeout: 400_000 + 2 * CHAOS },
  async () => {
    const random = createRandom(seedOf("nodes"));
    const postgres = await startPostgres();
    onTestFinished(() => postgres.stop());
    const proxies = await Promise.all(
      Array.from({ length: NODES }, () => startTcpProxy(Number(new URL(postgres.url).port))),
    );
    const arrived: Arrived[] = [];
    const lives = createLives();
    const endpoint = await startEndpoint("/callback", ({ url, body, headers }) => {
      arrived.push({
        sdkAppId: app.sdkAppId,
        lane: String(body["GroupId"]),
        sequence: Number(headers["muster-sequence"]),
        number: Number(headers["muster-attempt"]),
        id: String(headers["webhook-id"]),
        what: whatOf(body),
        isReplay: false,
        life: lives.of(String(new URL(url, "http://localhost").searchParams.get("process"))),
        ended: "delivered",
      });
      return OK;
    });
    const histories = createGroupHistories(app.sdkAppId, random, mayFail);
    const nodes = proxies.map((proxy, i) =>
      startServerNode({
        name: String(i),
        configOf: (process) => configOf(through(proxy, postgres.url), `${endpoint.url}?process=${process}`),
        restOf: async (url) => {
          const rest = await restApi(url, app);
          return async (...command) => {
            await passed(THINKING);
            return await rest(...command);
          };
        },
      }),
    );
    const work = nodes.map((node) => node.live(histories, CLIENTS));

    const plan = drawFaults(random, NODES, CHAOS);
    await vi.waitUntil(() => new Set(arrived.map(({ life }) => life)).size === NODES, { timeout: 120_000 });
    const began = performance.now();
    await Promise.all(
      plan.map(async (fault) => {
        await passed(fault.at - (performance.now() - began));
        const concerned = fault.kind === "database crash" ? nodes.keys() : [fault.node];
        const isOver = lives.disturb([...concerned].map(String));
        await happen(fault, nodes, proxies, postgres);
        isOver();
      }),
    );

    const before = arrived.length;
    await vi.waitUntil(() => arrived.length > before + 100, { timeout: 120_000 });
    histories.finish();
    await Promise.all(work);
    const account = async (): Promise<Account> => {
      const { kept, ledgers, failed } = await readCallbacksInPostgres(postgres.url, whatOf);
      return { told: histories.told(), kept, ledgers, arrived: corrected(arrived, failed, RETRY.length) };
    };
    await vi.waitUntil(async () => (await account()).kept.every(({ state }) => state === "delivered"), {
      timeout: 120_000,
      interval: 200,
    });
    for (const node of nodes) expect(await node.stop()).toBe(0);
    const whole = await account();
    expect(problemsOf(whole)).toEqual([]);
    const again = arrived.length - whole.kept.length;
    console.log(
      `${plan.length} faults, ${whole.kept.length} callbacks in ${whole.told.length} groups, ${again} of them sent again`,
    );
  },
);

/** How a process is told from another, and before a fault from after it, by what comes from it. */
interface Lives {
  /** The life of what has just come from a process. */
  of(process: string): number;
  /** Something happens to nodes until the returned function is called: what was under way may come once more. */
  disturb(names: readonly string[]): () => void;
}

/**
 * A process that has lost its connections may find that what it has sent was not written, and is sent once more, by
 * itself or by others: while that may happen, each thing that comes is a life of its own, so that only the order in which
 * things come for the first time is looked at.
 */
function createLives(): Lives {
  const calm = new Map<string, number>();
  const disturbedUntil = new Map<string, number>();
  let last = 0;
  return {
    of(process) {
      const [name = ""] = process.split("-");
      if (performance.now() < (disturbedUntil.get(name) ?? 0)) {
        calm.delete(process);
        return (last += 1);
      }
      const life = calm.get(process) ?? (last += 1);
      calm.set(process, life);
      return life;
    },
    disturb(names) {
      for (const name of names) disturbedUntil.set(name, Infinity);
      return () => {
        for (const name of names) disturbedUntil.set(name, performance.now() + ECHO);
      };
    },
  };
}

function configOf(store: string, url: string): string {
  return writeConfig(temporaryFolder(), {
    server: { port: 0, store, logLevel: "error" },
    apps: [
      {
        sdkAppId: app.sdkAppId,
        secretKey: app.secretKey,
        quantities: { newGroupsPerDay: 1_000_000 },
        callback: { url, allowPrivateNetwork: true, retry: RETRY, switches: historySwitches },
      },
    ],
  });
}

async function happen(
  { kind, node: number, lasts }: Fault,
  nodes: readonly ServerNode[],
  proxies: readonly TcpProxy[],
  postgres: RunningPostgres,
): Promise<void> {
  const [node, proxy] = [nodes[number], proxies[number]];
  if (!node || !proxy) throw new Error(`there is no node ${number}`);
  switch (kind) {
    case "kill":
      return await node.kill();
    case "stand still":
      return await node.standStill(lasts);
    case "reset all":
      return proxy.reset();
    case "reset some":
      return proxy.reset((i) => i % 3 === 0);
    case "stall":
    case "stall, then reset":
      proxy.stall();
      await passed(lasts);
      if (kind !== "stall") proxy.reset();
      return proxy.heal();
    case "refuse":
      proxy.refuse();
      proxy.reset();
      await passed(lasts);
      return proxy.heal();
    case "database crash":
      await postgres.crash();
      return await postgres.restart();
  }
}

/** What goes wrong goes by the clock, and so do those who think. */
function passed(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, Math.max(0, ms)));
}
