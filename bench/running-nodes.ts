import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { Client } from "pg";

import { SCHEMA } from "../packages/server/src/store/postgres/migrations.ts";
import type { Program } from "../test/harness/program.ts";
import { addBacklog, allSettled, fillOutbox, startOnBacklog } from "./backlog.ts";
import { arrivalRate, type BenchEndpoint } from "./endpoint.ts";
import { SDK_APP_ID } from "./muster.ts";
import { postmasterOf, processorTime, withChildren } from "./processor-time.ts";

/** What delivering once has given. */
export interface Turn {
  /** From the commit that showed the nodes what there is, until the last has come to the endpoint. */
  readonly perSecond: number;
  /** Until all results are written: processor time of 10,000, in s; not a number where the system cannot tell. */
  readonly ofNodes: number;
  readonly ofDatabase: number;
  /** The process that all endpoints share. */
  readonly ofEndpoint: number;
}

/** Nodes on a database of their own, which deliver what they are given, turn by turn. */
export interface RunningNodes {
  /** Their processes. */
  pids(): (number | undefined)[];
  /**
   * Gives them so many callbacks of each lane and waits until they are through.
   * @throws {Error} unless every callback has come, in order
   */
  deliver(ofLane: number): Promise<Turn>;
  stop(): Promise<void>;
}

export interface NodesOptions {
  readonly store: string;
  readonly endpoint: BenchEndpoint;
  /** So many apps, and of each so many lanes. */
  readonly apps: number;
  readonly lanes: number;
}

/** Starts so many nodes, and has them deliver one callback of each lane. */
export async function startNodes(count: number, options: NodesOptions): Promise<RunningNodes> {
  const { store, endpoint, apps, lanes } = options;
  const all = apps * lanes;
  for (let i = 0; i < apps; i += 1) {
    await fillOutbox(store, SDK_APP_ID + i, { callbacks: lanes, lanes, first: i * lanes });
  }
  const folder = mkdtempSync(join(tmpdir(), "muster-bench-"));
  const database = await postmasterOf(store);
  const client = new Client({ connectionString: store, options: `-c search_path=${SCHEMA}` });
  // Whoever asks it something hears of it when the connection is lost.
  client.on("error", () => undefined);
  const programs: Program[] = [];
  const pids = (): (number | undefined)[] => programs.map(({ child }) => child.pid);

  async function stop(): Promise<void> {
    await client.end();
    await Promise.all(programs.map((program) => program.kill("SIGTERM")));
    rmSync(folder, { recursive: true, force: true });
  }

  let given = all;
  try {
    await client.connect();
    for (let i = 0; i < count; i += 1) {
      programs.push(startOnBacklog(folder, store, SDK_APP_ID, `${endpoint.url}/callback`, apps));
    }
    await Promise.all(programs.map((program) => program.url()));
    await arrivalRate(endpoint, given);
    await allSettled(client);
  } catch (error) {
    await stop();
    throw error;
  }

  return {
    pids,
    async deliver(ofLane) {
      const callbacks = ofLane * all;
      given += callbacks;
      const { release } = await addBacklog(client, ofLane);
      const look = (): readonly number[] =>
        [pids(), withChildren(database), [endpoint.pid]].map((each) => processorTime(each) ?? Number.NaN);
      const before = look();
      const startedAt = Date.now();
      await release();
      await arrivalRate(endpoint, given);
      await allSettled(client);
      const [ofNodes = Number.NaN, ofDatabase = Number.NaN, ofEndpoint = Number.NaN] = look().map(
        (after, i) => ((after - (before[i] ?? Number.NaN)) * 10_000) / callbacks,
      );
      const { distinct, outOfOrder, lastAt } = await endpoint.account();
      if (distinct !== given || outOfOrder > 0) {
        throw new Error(`the figure does not count: ${distinct} of ${given} came, ${outOfOrder} out of order`);
      }
      return { perSecond: (callbacks * 1_000) / (lastAt - startedAt), ofNodes, ofDatabase, ofEndpoint };
    },
    stop,
  };
}
