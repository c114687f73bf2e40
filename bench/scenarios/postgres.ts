import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { startPostgres, type RunningPostgres } from "../../test/harness/postgres.ts";
import type { Program } from "../../test/harness/program.ts";
import { bodiesOf, fillOutbox, startOnBacklog } from "../backlog.ts";
import { arrivalRate, startBenchEndpoint, type BenchEndpoint } from "../endpoint.ts";
import { figure, type Row } from "../figure.ts";
import { rate } from "../load.ts";
import { SDK_APP_ID, startBenchServer } from "../muster.ts";
import { pairOn } from "../pair.ts";
import { postmasterOf, processorTime, withChildren } from "../processor-time.ts";
import { barePostgresDeliveries, barePostgresPairs } from "../rivals/bare-postgres.ts";
import { ejabberdPairs } from "../rivals/ejabberd.ts";

const MS = Number(process.env["CAMPAIGN_MS"] ?? 15_000);
const CLIENTS = 32;
/** So many callbacks each lane has. */
const OF_LANE = 30;
/**
 * So many callbacks each node delivers before it is measured, and so many are measured, of all nodes together. A program
 * compiles what it runs again and again until it has delivered some ten thousand; eight nodes that share what one has
 * to itself would be measured while they do, and one would not.
 */
const WARM_UP = MS * 1.5;
const MEASURED = MS * 2;
const CALLBACKS = WARM_UP + MEASURED;
const NODES = [1, 2, 8];
const lanesOf = (callbacks: number): number => Math.ceil(callbacks / OF_LANE);
/** How long it is looked, in ms, what nodes take that have nothing to deliver; and how long they may take to get there. */
const IDLE = 3_000;
const SETTLING = 1_000;

/** What the server does on PostgreSQL, each commit on disk, beside bare clients of the same PostgreSQL and ejabberd. */
export async function postgres(): Promise<Row[]> {
  const database = await startPostgres();
  try {
    return [...(await commands(database)), ...(await deliveries(database))];
  } finally {
    await database.stop();
  }
}

async function commands(database: RunningPostgres): Promise<Row[]> {
  const name = "on PostgreSQL: create + disband, 10 members, no callbacks";
  const rival = await ejabberdPairs(CLIENTS, MS, await database.createDatabase("ejabberd"));
  const bare = await barePostgresPairs(await database.createDatabase("bare_pairs"), CLIENTS, MS);
  const server = await startBenchServer({ connections: CLIENTS, store: await database.createDatabase("pairs") });
  try {
    const ours = await rate(CLIENTS, MS, await pairOn(server.call));
    const besideBare = { name: "a bare client of PostgreSQL with the least SQL, no HTTP", value: bare };
    return [
      figure(name, ours, "pairs/s", { peer: besideBare, ratio: { atLeast: 0.6 } }),
      "skipped" in rival
        ? { name: `${name}, beside ejabberd`, skipped: rival.skipped }
        : figure(name, ours, "pairs/s", { peer: rival, ratio: { atLeast: 3 } }),
    ];
  } finally {
    await server.stop();
  }
}

/** Processor time of 10,000 deliveries, in s. */
interface Cost {
  readonly ofNodes: number;
  readonly ofDatabase: number;
}

/** How fast so many nodes deliver, and what that takes of the processors. */
interface Delivered {
  readonly nodes: number;
  /** From the first to the last, as a program is that has just been started. */
  readonly perSecond: number;
  /** Once the nodes have warmed up. */
  readonly warmPerSecond: number;
  /** Callbacks that came once more, because their lane went from node to node, in percent. */
  readonly again: number;
  /**
   * Once the nodes have warmed up, and until then; and in s of processor time for each second what the same nodes take
   * when there is nothing to deliver. `undefined` where the system cannot tell.
   */
  readonly cost: { readonly warm: Cost; readonly warming: Cost; readonly idle: number } | undefined;
}

const sumOf = ({ ofNodes, ofDatabase }: Cost): number => ofNodes + ofDatabase;

async function deliveries(database: RunningPostgres): Promise<Row[]> {
  const endpoint = await startBenchEndpoint();
  try {
    const bodies = bodiesOf(lanesOf(CALLBACKS));
    const bareUrl = await database.createDatabase("bare_deliveries");
    await barePostgresDeliveries(bareUrl, endpoint.url, bodies, { posts: CALLBACKS, inFlight: 64 });
    const bare = await arrivalRate(endpoint, CALLBACKS);
    const all: Delivered[] = [];
    for (const nodes of NODES) {
      await endpoint.forget();
      all.push(await deliverWith(nodes, await database.createDatabase(`nodes_${nodes}`), endpoint));
    }
    const [one, ...more] = all;
    if (!one) return [];
    return [
      figure("on PostgreSQL: deliveries of a backlog", one.perSecond, "/s", {
        peer: { name: "a bare client of PostgreSQL with the least SQL, the same posts", value: bare },
        ratio: { atLeast: 0.6 },
      }),
      figure("on PostgreSQL: deliveries of a backlog, once it has warmed up", one.warmPerSecond, "/s"),
      ...(one.cost
        ? [
            figure("on PostgreSQL: processor time of 10,000 deliveries, the server's", one.cost.warm.ofNodes, "s"),
            figure("on PostgreSQL: processor time of 10,000 deliveries, the database's", one.cost.warm.ofDatabase, "s"),
            figure("on PostgreSQL: the same of both while it warms up", sumOf(one.cost.warming), "s"),
          ]
        : []),
      ...more.flatMap((delivered) => beside(one, delivered)),
    ];
  } finally {
    endpoint.stop();
  }
}

function beside(one: Delivered, { nodes, warmPerSecond, again, cost }: Delivered): Row[] {
  const name = `on PostgreSQL: ${nodes} nodes on these cores`;
  return [
    figure(`${name}: deliveries of a backlog, once they have warmed up`, warmPerSecond, "/s", {
      peer: { name: "one node", value: one.warmPerSecond },
      ...(nodes === 2 ? { ratio: { atLeast: 1 } } : {}),
    }),
    figure(`${name}: sent again while they share the lanes out`, again, "%"),
    ...(cost === undefined || one.cost === undefined
      ? [{ name: `${name}: processor time`, skipped: "the system does not tell" }]
      : [
          figure(`${name}: processor time of 10,000 deliveries`, sumOf(cost.warm), "s", {
            peer: { name: "one node", value: sumOf(one.cost.warm) },
            ...(nodes === 8 ? { ratio: { atMost: 1.2 } } : {}),
          }),
          figure(`${name}: the same while they warm up`, sumOf(cost.warming), "s", {
            peer: { name: "one node", value: sumOf(one.cost.warming) },
          }),
          figure(`${name}: processor time of a second without deliveries`, cost.idle * 1_000, "ms"),
        ]),
  ];
}

/** Processor time of the nodes and of their database, in s, and how many were delivered, by a moment in ms. */
interface Spent {
  readonly at: number;
  readonly nodes: number;
  readonly database: number;
  readonly delivered: number;
}

function costBetween(from: Spent, to: Spent): Cost {
  const parts = (to.delivered - from.delivered) / 10_000;
  return { ofNodes: (to.nodes - from.nodes) / parts, ofDatabase: (to.database - from.database) / parts };
}

async function deliverWith(count: number, store: string, endpoint: BenchEndpoint): Promise<Delivered> {
  const folder = mkdtempSync(join(tmpdir(), "muster-bench-"));
  const warmedUp = WARM_UP * count;
  const callbacks = warmedUp + MEASURED;
  await fillOutbox(store, SDK_APP_ID, { callbacks, lanes: lanesOf(callbacks) });
  const databaseProcess = await postmasterOf(store);
  const programs: Program[] = [];
  try {
    for (let i = 0; i < count; i += 1) {
      programs.push(startOnBacklog(folder, store, SDK_APP_ID, `${endpoint.url}/callback`));
    }
    await Promise.all(programs.map((program) => program.url()));
    const look = async (): Promise<Spent> => ({
      at: performance.now(),
      nodes: processorTime(programs.map(({ child }) => child.pid)) ?? Number.NaN,
      database: processorTime(withChildren(databaseProcess)) ?? Number.NaN,
      delivered: (await endpoint.account()).distinct,
    });
    const begun = await look();
    await arrivalRate(endpoint, warmedUp);
    const warm = await look();
    const perSecond = await arrivalRate(endpoint, callbacks);
    const done = await look();
    const account = await endpoint.account();
    if (account.distinct !== callbacks || account.outOfOrder > 0) {
      throw new Error(`the figure does not count: ${JSON.stringify(account)}`);
    }
    await new Promise((resolve) => setTimeout(resolve, SETTLING));
    const rested = await look();
    await new Promise((resolve) => setTimeout(resolve, IDLE));
    const idle = await look();
    const isKnown = process.platform === "linux";
    return {
      nodes: count,
      perSecond,
      warmPerSecond: ((done.delivered - warm.delivered) * 1_000) / (done.at - warm.at),
      again: ((account.arrived - account.distinct) * 100) / callbacks,
      cost: isKnown
        ? {
            warm: costBetween(warm, done),
            warming: costBetween(begun, warm),
            idle: ((idle.nodes + idle.database - rested.nodes - rested.database) * 1_000) / (idle.at - rested.at),
          }
        : undefined,
    };
  } finally {
    await Promise.all(programs.map((program) => program.kill("SIGTERM")));
    rmSync(folder, { recursive: true, force: true });
  }
}
