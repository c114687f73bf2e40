import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { startProgram, type Program } from "../../test/harness/program.ts";
import { figure, type Row } from "../figure.ts";
import { rate, warmRate } from "../load.ts";
import { credentials, SDK_APP_ID, startBenchServer, type Call } from "../muster.ts";
import { pairOn } from "../pair.ts";
import { posting } from "../posting.ts";
import { startBareHttp } from "../rivals/bare-http.ts";
import { ejabberdPairs } from "../rivals/ejabberd.ts";

const MS = Number(process.env["CAMPAIGN_MS"] ?? 10_000);
const CLIENTS = 32;
const SWITCHES = ["Group.CallbackAfterCreateGroup", "Group.CallbackAfterGroupDestroyed"];

/**
 * Groups with 10 members created and disbanded through REST, each command on disk before its answer: without
 * callbacks, and with each callback delivered to a recorder on the same machine that keeps it on disk as well. Beside
 * ejabberd, and beside a server that does nothing but keep the requests.
 */
export async function pairs(): Promise<Row[]> {
  const rival = await ejabberdPairs(CLIENTS, MS);
  const bare = await barePairs();
  const ours = await withoutCallbacks();
  const recorded = await withCallbacks();
  const name = "create + disband, 10 members, no callbacks";
  const recordedName = "create + disband, 10 members, all kept by a recorder";
  return [
    ...("skipped" in rival
      ? [
          { name: "create + disband, beside ejabberd", skipped: rival.skipped },
          figure(recordedName, recorded, "pairs/s"),
        ]
      : [
          figure(name, ours, "pairs/s", { peer: rival, ratio: { atLeast: 3 } }),
          figure(recordedName, recorded, "pairs/s", { peer: rival, ratio: { atLeast: 1.5 } }),
        ]),
    figure(name, ours, "pairs/s", {
      peer: { name: "node:http that parses, appends, fsyncs and answers", value: bare },
    }),
  ];
}

/** The same requests to a server that does nothing but keep them: more there is not to be had from one process. */
async function barePairs(): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), "muster-bench-"));
  const bare = await startBareHttp(join(folder, "kept"));
  const { post, close } = posting(bare.origin, CLIENTS);
  const query = await credentials(SDK_APP_ID);
  const call: Call = async (command, body) => {
    const { text } = await post(`/v4/${command}?${query}`, JSON.stringify(body));
    return JSON.parse(text) as Record<string, unknown>;
  };
  try {
    return await warmRate(CLIENTS, MS, await pairOn(call));
  } finally {
    await close();
    bare.stop();
    rmSync(folder, { recursive: true, force: true });
  }
}

async function withoutCallbacks(): Promise<number> {
  const server = await startBenchServer({ connections: CLIENTS });
  try {
    return await warmRate(CLIENTS, MS, await pairOn(server.call));
  } finally {
    await server.stop();
  }
}

async function withCallbacks(): Promise<number> {
  const recorder = await startRecorder();
  const callback = { url: `${recorder.url}/callback`, switches: SWITCHES };
  const server = await startBenchServer({ connections: CLIENTS, callback });
  try {
    const pair = await pairOn(server.call);
    let made = 0;
    /** The figure counts what was kept, not what was accepted: the clock runs until the last is. */
    const keptRate = async (ms: number): Promise<number> => {
      const madeBefore = made;
      const startedAt = performance.now();
      await rate(CLIENTS, ms, async () => {
        await pair();
        made += 1;
      });
      await keptBy(recorder.url, 2 * made);
      return (made - madeBefore) / ((performance.now() - startedAt) / 1000);
    };
    // As the others: what the programs compile while they are young is no part of it.
    await keptRate(MS / 2);
    return await keptRate(MS);
  } finally {
    await server.stop();
    await recorder.stop();
  }
}

async function startRecorder(): Promise<{ url: string; stop(): Promise<void> }> {
  const folder = mkdtempSync(join(tmpdir(), "muster-bench-"));
  const config = join(folder, "muster.json");
  const store = `sqlite:${join(folder, "recorder.db")}`;
  writeFileSync(config, JSON.stringify({ recorder: { port: 0, store, apps: [{ sdkAppId: SDK_APP_ID }] } }));
  const program: Program = startProgram(["record", "--config", config]);
  return {
    url: await program.url(),
    async stop() {
      await program.kill("SIGTERM");
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Waits until the recorder's journal has so many callbacks, and fails where it ends with another number. */
async function keptBy(recorderUrl: string, count: number): Promise<void> {
  for (const deadline = Date.now() + 120_000; Date.now() < deadline;) {
    const text = await (await fetch(`${recorderUrl}/metrics`)).text();
    const kept = Number(/^muster_recorder_journal_events (\d+)/m.exec(text)?.[1]);
    if (kept === count) return;
    if (kept > count) throw new Error(`the figure does not count: ${kept} kept, ${count} made`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  throw new Error("the figure does not count: not every callback was kept");
}
