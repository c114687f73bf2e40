import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { bodiesOf, fillOutbox, startOnBacklog } from "../backlog.ts";
import { arrivalRate, startBenchEndpoint, type BenchEndpoint } from "../endpoint.ts";
import { figure, type Row } from "../figure.ts";
import { SDK_APP_ID } from "../muster.ts";
import { bareUndici } from "../rivals/bare-undici.ts";
import { queueRates } from "../rivals/queues.ts";

const LANES = 2_000;
const MS = Number(process.env["CAMPAIGN_MS"] ?? 60_000);
/** As many as take that time where 18,000 are delivered a second; of the queues' jobs enough to be well under way. */
const CALLBACKS = Math.max(LANES, MS * 18);
const JOBS = Math.max(LANES, MS * 2.5);
const IN_FLIGHT = 64;

/**
 * How fast a backlog is delivered, every attempt and result written with fsync, beside the same posts alone, and
 * beside job queues that do the same posts; of each from its first post on.
 */
export async function drain(): Promise<Row[]> {
  const folder = mkdtempSync(join(tmpdir(), "muster-bench-"));
  const endpoint = await startBenchEndpoint();
  try {
    const store = `sqlite:${join(folder, "server.db")}`;
    await fillOutbox(store, SDK_APP_ID, { callbacks: CALLBACKS, lanes: LANES });
    const bodies = bodiesOf(LANES);
    const bare = await bareUndici(endpoint, bodies, { posts: CALLBACKS, inFlight: IN_FLIGHT });
    await endpoint.forget();
    const ours = await deliver(folder, store, endpoint);
    const { distinct, outOfOrder, arrived } = await endpoint.account();
    if (distinct !== CALLBACKS || outOfOrder > 0) {
      throw new Error(`the figure does not count: ${JSON.stringify({ arrived, distinct, outOfOrder })}`);
    }
    const name = "deliveries of a backlog";
    const queues = await queueRates(endpoint, bodies, JOBS);
    const measured = queues.flatMap((queue) => ("skipped" in queue ? [] : [queue]));
    const best = Math.max(...measured.map(({ value }) => value));
    return [
      figure(name, ours, "/s", {
        peer: { name: "undici posting the same bodies, nothing stored", value: bare },
        ratio: { atLeast: 0.7 },
      }),
      ...queues.map((queue): Row => {
        if ("skipped" in queue) return { name: `${name}, beside BullMQ`, skipped: queue.skipped };
        return figure(name, ours, "/s", { peer: queue, ...(queue.value === best ? { ratio: { atLeast: 2.5 } } : {}) });
      }),
    ];
  } finally {
    endpoint.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function deliver(folder: string, store: string, endpoint: BenchEndpoint): Promise<number> {
  const program = startOnBacklog(folder, store, SDK_APP_ID, `${endpoint.url}/callback`);
  await program.url();
  const rate = await arrivalRate(endpoint, CALLBACKS);
  await program.kill("SIGTERM");
  return rate;
}
