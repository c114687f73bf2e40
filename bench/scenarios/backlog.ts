import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { fillOutbox, startOnBacklog } from "../backlog.ts";
import { startBenchEndpoint, type BenchEndpoint } from "../endpoint.ts";
import { figure, type Figure, type Row } from "../figure.ts";
import { memoryOf, SDK_APP_ID } from "../muster.ts";

const PENDING = Number(process.env["CAMPAIGN_CALLBACKS"] ?? 1_000_000);
/** How long each backlog is delivered for. The shorter one is as long as that takes. */
const MS = Number(process.env["CAMPAIGN_MS"] ?? 15_000);
const SHORT = MS * 8;
const LANES = 20_000;

/** What is found of a server that starts with a backlog. */
interface Start {
  readonly firstMs: number;
  readonly perSecond: number;
  readonly peakMb: number | undefined;
}

/** How a server that starts with a long backlog does, beside one that starts with hardly any. */
export async function backlog(): Promise<Row[]> {
  const short = await startWith(SHORT);
  const long = await startWith(PENDING);
  const name = `with ${PENDING} callbacks pending`;
  const memory = long.peakMb;
  return [
    figure(`${name}: first delivery after the start`, long.firstMs, "ms", { bar: { atMost: 2_000 } }),
    figure(`${name}: deliveries`, long.perSecond, "/s", {
      peer: { name: `Muster with ${SHORT} pending`, value: short.perSecond },
      ratio: { atLeast: 0.9 },
    }),
    memory === undefined
      ? { name: `${name}: memory at its peak`, skipped: "the system does not tell" }
      : ofMemory(`${name}: memory at its peak`, memory),
  ];
}

const ofMemory = (name: string, megabytes: number): Figure => figure(name, megabytes, "MB", { bar: { atMost: 400 } });

async function startWith(pending: number): Promise<Start> {
  const folder = mkdtempSync(join(tmpdir(), "muster-bench-"));
  const endpoint = await startBenchEndpoint();
  try {
    const store = `sqlite:${join(folder, "server.db")}`;
    await fillOutbox(store, SDK_APP_ID, { callbacks: pending, lanes: LANES });
    const startedAt = Date.now();
    const program = startOnBacklog(folder, store, SDK_APP_ID, `${endpoint.url}/callback`);
    await program.url();
    const { arrived, ms, firstAt } = await deliverFor(endpoint);
    const memory = memoryOf(program.child.pid);
    await program.kill("SIGTERM");
    return { firstMs: firstAt - startedAt, perSecond: (arrived * 1_000) / ms, peakMb: memory?.peak };
  } finally {
    endpoint.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Lets callbacks come for a while, and fails where one came twice or out of order. */
async function deliverFor(endpoint: BenchEndpoint): Promise<{ arrived: number; ms: number; firstAt: number }> {
  for (;;) {
    const account = await endpoint.account();
    const { arrived, distinct, outOfOrder, firstAt } = account;
    if (outOfOrder > 0 || distinct !== arrived)
      throw new Error(`the figure does not count: ${JSON.stringify(account)}`);
    const ms = Date.now() - firstAt;
    if (arrived > 0 && (ms >= MS || arrived >= SHORT)) return { arrived, ms, firstAt };
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
