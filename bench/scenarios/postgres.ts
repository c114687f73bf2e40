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
const LANES = 2_000;
/** About as many as one node delivers in that time; the first part of them lets the programs warm up. */
const CALLBACKS = Math.max(LANES, MS * 4);
const WARM_UP = CALLBACKS / 2;
const NODES = [1, 2, 8];
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

/** How fast so many nodes deliver, and what 10,000 deliveries take of the processors. */
interface Delivered {
  readonly nodes: number;
  readonly perSecond: number;
  /** Callbacks that came once more, because their lane went from node to node. */
  readonly again: number;
  /**
   * Processor time of 10,000 deliveries in s, from when half of all are delivered: a program that has just begun compiles
   * what it runs, which says nothing about what delivering takes. Without what the same nodes take in the same time when
   * there is nothing to deliver, which is a figure of its own: `idle`, in s of processor time for each second.
   * `undefined` where the system cannot tell.
   */
  readonly cost: { readonly ofNodes: number; readonly ofDatabase: number; readonly idle: number } | undefined;
}

const sumOf = ({ ofNodes, ofDatabase }: Omit<NonNullable<Delivered["cost"]>, "idle">): number => ofNodes + ofDatabase;

async function deliveries(database: RunningPostgres): Promise<Row[]> {
  const endpoint = await startBenchEndpoint();
  try {
    const bodies = bodiesOf(LANES);
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
      ...(one.cost
        ? [
            figure("on PostgreSQL: processor time of 10,000 deliveries, the server's", one.cost.ofNodes, "s"),
            figure("on PostgreSQL: processor time of 10,000 deliveries, the database's", one.cost.ofDatabase, "s"),
          ]
        : []),
      ...more.flatMap((delivered) => beside(one, delivered)),
    ];
  } finally {
    endpoint.stop();
  }
}

function beside(one: Delivered, { nodes, perSecond, again, cost }: Delivered): Row[] {
  const name = `on PostgreSQL: ${nodes} nodes on these cores`;
  return [
    figure(`${name}: deliveries of a backlog`, perSecond, "/s", {
      peer: { name: "one node", value: one.perSecond },
      ...(nodes === 2 ? { ratio: { atLeast: 1 } } : {}),
    }),
    figure(`${name}: sent again while they share the lanes out`, (again * 100) / CALLBACKS, "%"),
    cost === undefined || one.cost === undefined
      ? { name: `${name}: processor time`, skipped: "the system does not tell" }
      : figure(`${name}: processor time of 10,000 deliveries`, sumOf(cost), "s", {
          peer: { name: "one node", value: sumOf(one.cost) },
          ...(nodes === 8 ? { ratio: { atMost: 1.2 } } : {}),
        }),
    ...(cost ? [figure(`${name}: processor time of a second without deliveries`, cost.idle * 1_000, "ms")] : []),
  ];
}

/** Processor time of the nodes and of their database, in s, by a moment in ms. */
interface Spent {
  readonly at: number;
  readonly nodes: number;
  readonly database: number;
}

function between(from: Spent, to: Spent): Omit<Spent, "at"> & { readonly seconds: number } {
  return {
    seconds: (to.at - from.at) / 1_000,
    nodes: to.nodes - from.nodes,
    database: to.database - from.database,
  };
}

async function deliverWith(count: number, store: string, endpoint: BenchEndpoint): Promise<Delivered> {
  const folder = mkdtempSync(join(tmpdir(), "muster-bench-"));
  await fillOutbox(store, SDK_APP_ID, { callbacks: CALLBACKS, lanes: LANES });
  const databaseProcess = await postmasterOf(store);
  const programs: Program[] = [];
  try {
    for (let i = 0; i < count; i += 1) {
      programs.push(startOnBacklog(folder, store, SDK_APP_ID, `${endpoint.url}/callback`));
    }
    await Promise.all(programs.map((program) => program.url()));
    const look = (): Spent => ({
      at: performance.now(),
      nodes: processorTime(programs.map(({ child }) => child.pid)) ?? Number.NaN,
      database: processorTime(withChildren(databaseProcess)) ?? Number.NaN,
    });
    await arrivalRate(endpoint, WARM_UP);
    const begun = look();
    const left = CALLBACKS - (await endpoint.account()).distinct;
    const perSecond = await arrivalRate(endpoint, CALLBACKS);
    const account = await endpoint.account();
    if (account.distinct !== CALLBACKS || account.outOfOrder > 0) {
      throw new Error(`the figure does not count: ${JSON.stringify(account)}`);
    }
    const again = account.arrived - account.distinct;
    const busy = between(begun, look());
    await new Promise((resolve) => setTimeout(resolve, SETTLING));
    const rested = look();
    await new Promise((resolve) => setTimeout(resolve, IDLE));
    const idle = between(rested, look());
    const beyond = (of: "nodes" | "database"): number =>
      ((busy[of] - (idle[of] * busy.seconds) / idle.seconds) * 10_000) / left;
    const isKnown = process.platform === "linux";
    return {
      nodes: count,
      perSecond,
      again,
      cost: isKnown
        ? {
            ofNodes: beyond("nodes"),
            ofDatabase: beyond("database"),
            idle: (idle.nodes + idle.database) / idle.seconds,
          }
        : undefined,
    };
  } finally {
    await Promise.all(programs.map((program) => program.kill("SIGTERM")));
    rmSync(folder, { recursive: true, force: true });
  }
}
