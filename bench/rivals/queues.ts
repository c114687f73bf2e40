import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { Queue, Worker } from "bullmq";
import { makeWorkerUtils, run, Logger } from "graphile-worker";
import PgBoss from "pg-boss";
import { Pool } from "undici";

import { arrivalRate, type BenchEndpoint } from "../endpoint.ts";
import { freePort } from "../../test/harness/free-port.ts";
import { startPostgres } from "../../test/harness/postgres.ts";
import type { Rival } from "./ejabberd.ts";

/** How many times fewer jobs pg-boss gets: it is slower by so much, the more the more there are. */
const FEWER = 5;
/** How many posts are under way at a time, and how many jobs are handed in or taken at once. */
const CONCURRENCY = 64;
const BATCH = 1_000;

interface Job {
  readonly body: string;
}

/** What a worker does with each job: the same post as everybody's. */
type Post = (body: string) => Promise<void>;

/** What is put into a queue: bodies in turn, so many in all. */
interface Jobs {
  readonly bodies: readonly string[];
  readonly count: number;
}

/** A queue that holds all jobs, and whose worker begins when it is told to. Resolves to what stops the worker. */
type Begin = (post: Post) => Promise<() => Promise<void>>;

/**
 * How many jobs a second each of three job queues delivers, each as its manual advises for throughput: many at a time,
 * taken and completed in batches where that is offered. None of them keeps an order; that is to their advantage.
 */
export async function queueRates(endpoint: BenchEndpoint, bodies: readonly string[], count: number): Promise<Rival[]> {
  const jobs = { bodies, count };
  const redis = await bullmqRate(endpoint, jobs);
  const postgres = await startPostgres();
  try {
    const graphile = await measure("graphile-worker on PostgreSQL 18", endpoint, count, () =>
      graphileWorker(postgres.url, jobs),
    );
    const fewer = { bodies, count: Math.ceil(count / FEWER) };
    const boss = await measure("pg-boss on PostgreSQL 18", endpoint, fewer.count, () => pgBoss(postgres.url, fewer));
    return [redis, graphile, boss];
  } finally {
    await postgres.stop();
  }
}

async function measure(
  name: string,
  endpoint: BenchEndpoint,
  count: number,
  fill: () => Promise<Begin>,
): Promise<Rival> {
  const begin = await fill();
  await endpoint.forget();
  const pool = new Pool(endpoint.url, { connections: CONCURRENCY, pipelining: 1 });
  const post: Post = async (body) => {
    const headers = { "content-type": "application/json" };
    const answer = await pool.request({ method: "POST", path: "/callback", headers, body });
    if (answer.statusCode !== 200) throw new Error(`HTTP status ${answer.statusCode}`);
    await answer.body.text();
  };
  const stop = await begin(post);
  const value = await arrivalRate(endpoint, count);
  await stop();
  await pool.close();
  return { name, value };
}

/** The jobs' bodies, as many at a time as are handed in at once. */
function* batchesOf({ bodies, count }: Jobs): Generator<string[]> {
  for (let from = 0; from < count; from += BATCH) {
    yield Array.from({ length: Math.min(BATCH, count - from) }, (_, i) => bodies[(from + i) % bodies.length] ?? "");
  }
}

async function bullmqRate(endpoint: BenchEndpoint, jobs: Jobs): Promise<Rival> {
  if (spawnSync("redis-server", ["--version"]).status !== 0) {
    return { skipped: "Redis is not installed (Debian: apt-get install redis-server)" };
  }
  const folder = mkdtempSync(join(tmpdir(), "muster-bench-"));
  const port = await freePort();
  const durable = ["--appendonly", "yes", "--appendfsync", "always", "--save", ""];
  const redis = spawn("redis-server", ["--port", String(port), "--bind", "127.0.0.1", "--dir", folder, ...durable], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const ended = once(redis, "exit");
  try {
    const connection = { host: "127.0.0.1", port, maxRetriesPerRequest: null };
    return await measure("BullMQ on Redis, appendfsync always", endpoint, jobs.count, async () => {
      const queue = new Queue<Job>("callbacks", { connection });
      const defaults = { removeOnComplete: true };
      for (const batch of batchesOf(jobs)) {
        await queue.addBulk(batch.map((body) => ({ name: "post", data: { body }, opts: defaults })));
      }
      return async (post) => {
        const worker = new Worker<Job>("callbacks", ({ data }) => post(data.body), {
          connection,
          concurrency: CONCURRENCY,
        });
        await worker.waitUntilReady();
        return async () => {
          await worker.close();
          await queue.close();
        };
      };
    });
  } finally {
    redis.kill("SIGKILL");
    await ended;
    rmSync(folder, { recursive: true, force: true });
  }
}

async function graphileWorker(connectionString: string, jobs: Jobs): Promise<Begin> {
  const logger = new Logger(() => () => undefined);
  const tools = await makeWorkerUtils({ connectionString, logger });
  await tools.migrate();
  for (const batch of batchesOf(jobs)) {
    await tools.addJobs(batch.map((body) => ({ identifier: "post", payload: { body } })));
  }
  await tools.release();
  return async (post) => {
    const runner = await run({
      connectionString,
      logger,
      noHandleSignals: true,
      taskList: { post: (payload) => post((payload as Job).body) },
      preset: {
        worker: {
          concurrentJobs: CONCURRENCY,
          maxPoolSize: 16,
          localQueue: { size: 500 },
          completeJobBatchDelay: 0,
          failJobBatchDelay: 0,
        },
      },
    });
    return () => runner.stop();
  };
}

async function pgBoss(connectionString: string, jobs: Jobs): Promise<Begin> {
  const boss = new PgBoss({ connectionString, schedule: false, supervise: false, max: 16 });
  await boss.start();
  await boss.createQueue("callbacks");
  for (const batch of batchesOf(jobs)) {
    await boss.insert(batch.map((body) => ({ name: "callbacks", data: { body } })));
  }
  return async (post) => {
    // `work` waits for at least half a second between batches: fetching is what its manual has for more.
    let stopped = false;
    const take = async (): Promise<void> => {
      while (!stopped) {
        const taken = await boss.fetch<Job>("callbacks", { batchSize: CONCURRENCY / 2 });
        if (taken.length === 0) return;
        await Promise.all(taken.map(({ data }) => post(data.body)));
        await boss.complete(
          "callbacks",
          taken.map(({ id }) => id),
        );
      }
    };
    const taking = Promise.all(Array.from({ length: 4 }, take));
    return async () => {
      stopped = true;
      await taking;
      await boss.stop({ graceful: false });
    };
  };
}
