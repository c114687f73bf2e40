import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { startPostgres, type RunningPostgres } from "../../test/harness/postgres.ts";
import type { Program } from "../../test/harness/program.ts";
import { bodiesOf, fillOutbox, startOnBacklog } from "../backlog.ts";
import { arrivalRate, startBenchEndpoint } from "../endpoint.ts";
import { figure, type Row } from "../figure.ts";
import { warmRate } from "../load.ts";
import { SDK_APP_ID, startBenchServer } from "../muster.ts";
import { MEMBERS, pairOn } from "../pair.ts";
import { barePostgresDeliveries, barePostgresPairs } from "../rivals/bare-postgres.ts";
import { ejabberdPairs, type Rival } from "../rivals/ejabberd.ts";

const MS = Number(process.env["CAMPAIGN_MS"] ?? 15_000);
/** Ours and the bare client do best with many calls at a time. ejabberd makes most rooms a second with fewer: with 64 most of its calls wait. */
const CLIENTS = 128;
const CLIENTS_OF_EJABBERD = 32;
const CALLBACKS = MS * 3;
/** So many callbacks each lane has. */
const OF_LANE = 30;
const LANES = Math.ceil(CALLBACKS / OF_LANE);

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
  const rivals: Rival[] = [];
  for (const members of [0, MEMBERS]) {
    const rooms = { database: await database.createDatabase(), members };
    rivals.push(await ejabberdPairs(CLIENTS_OF_EJABBERD, MS, rooms));
  }
  const bare = await barePostgresPairs(await database.createDatabase("bare_pairs"), CLIENTS, MS);
  const server = await startBenchServer({ connections: CLIENTS, store: await database.createDatabase("pairs") });
  try {
    const ours = await warmRate(CLIENTS, MS, await pairOn(server.call));
    const besideBare = { name: "a bare client of PostgreSQL with the least SQL, no HTTP", value: bare };
    return [
      figure(name, ours, "pairs/s", { peer: besideBare, ratio: { atLeast: 0.6 } }),
      ...rivals.map((rival) =>
        "skipped" in rival
          ? { name: `${name}, beside ejabberd`, skipped: rival.skipped }
          : figure(name, ours, "pairs/s", { peer: rival, ratio: { atLeast: 3 } }),
      ),
    ];
  } finally {
    await server.stop();
  }
}

/** Of a program that has just been started; what it does once it is warm, and what several do, is in `nodes`. */
async function deliveries(database: RunningPostgres): Promise<Row[]> {
  const endpoint = await startBenchEndpoint();
  const folder = mkdtempSync(join(tmpdir(), "muster-bench-"));
  const programs: Program[] = [];
  try {
    const bareUrl = await database.createDatabase("bare_deliveries");
    await barePostgresDeliveries(bareUrl, endpoint.url, bodiesOf(LANES), { posts: CALLBACKS, inFlight: 64 });
    const bare = await arrivalRate(endpoint, CALLBACKS);
    await endpoint.forget();
    const store = await database.createDatabase("deliveries");
    await fillOutbox(store, SDK_APP_ID, { callbacks: CALLBACKS, lanes: LANES });
    programs.push(startOnBacklog(folder, store, SDK_APP_ID, `${endpoint.url}/callback`));
    const ours = await arrivalRate(endpoint, CALLBACKS);
    const { distinct, outOfOrder } = await endpoint.account();
    if (distinct !== CALLBACKS || outOfOrder > 0) {
      throw new Error(`the figure does not count: ${distinct} of ${CALLBACKS} came, ${outOfOrder} out of order`);
    }
    return [
      figure("on PostgreSQL: deliveries of a backlog", ours, "/s", {
        peer: { name: "a bare client of PostgreSQL with the least SQL, the same posts", value: bare },
        ratio: { atLeast: 0.6 },
      }),
    ];
  } finally {
    endpoint.stop();
    await Promise.all(programs.map((program) => program.kill("SIGTERM")));
    rmSync(folder, { recursive: true, force: true });
  }
}
