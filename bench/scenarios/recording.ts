import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";

import { startProgram } from "../../test/harness/program.ts";
import { figure, type Row } from "../figure.ts";
import { rate } from "../load.ts";
import { posting } from "../posting.ts";
import { mainThreadTime, processorTime } from "../processor-time.ts";
import { startBareHttp } from "../rivals/bare-http.ts";

const MS = Number(process.env["CAMPAIGN_MS"] ?? 10_000);
const CONNECTIONS = 64;
const SDK_APP_ID = 1400000001;
const COMMAND = "Group.CallbackAfterGroupDestroyed";

/** For how long the processor time of callbacks is counted together, in ms; the cheapest window is the least disturbed. */
const WINDOW = 500;

/**
 * How many distinct callbacks a second the recorder keeps on disk and what each costs, beside a bare server that only
 * answers, and how far its mirror is behind meanwhile. The bare server that appends to a file is how far one could come
 * whose rules, indexes and tables cost nothing.
 */
export async function recording(): Promise<Row[]> {
  const folder = mkdtempSync(join(tmpdir(), "muster-bench-"));
  const peer = await floodBare();
  const appending = await floodBare(join(folder, "callbacks"));
  const config = join(folder, "muster.json");
  const store = `sqlite:${join(folder, "recorder.db")}`;
  writeFileSync(
    config,
    JSON.stringify({ recorder: { port: 0, store, logLevel: "error", apps: [{ sdkAppId: SDK_APP_ID }] } }),
  );
  const recorder = startProgram(["record", "--config", config]);
  try {
    const url = await recorder.url();
    let behind = 0;
    const ours = await flood(url, recorder.child.pid, async () => {
      const status = (await (await fetch(`${url}/v1/status`)).json()) as { mirror: { behind: { ms: number } } };
      behind = Math.max(behind, status.mirror.behind.ms / 1_000);
    });
    const text = await (await fetch(`${url}/metrics`)).text();
    const kept = Number(/^muster_recorder_journal_events (\d+)/m.exec(text)?.[1]);
    if (kept !== ours.sent) throw new Error(`the figure does not count: ${ours.sent} answered OK, ${kept} kept`);
    const name = "node:http parsing and answering, nothing kept";
    const cost = "processor time of the answering thread per callback kept";
    const inAll = "processor time of all threads per callback kept and mirrored";
    return [
      figure("callbacks kept by the recorder", ours.perSecond, "/s", {
        peer: { name, value: peer.perSecond },
        ratio: { atLeast: 0.8 },
      }),
      figure("callbacks appended to one file by a bare server", appending.perSecond, "/s", {
        peer: { name, value: peer.perSecond },
      }),
      ours.cost === undefined || peer.cost === undefined
        ? { name: cost, skipped: "only Linux tells it" }
        : figure(cost, ours.cost, "µs", { peer: { name, value: peer.cost }, ratio: { atMost: 1.25 } }),
      ours.inAll === undefined || peer.inAll === undefined
        ? { name: inAll, skipped: "only Linux tells it" }
        : figure(inAll, ours.inAll, "µs", { peer: { name, value: peer.inAll } }),
      figure("the mirror behind the journal at that rate, at most", behind, "s", { bar: { atMost: 1 } }),
    ];
  } finally {
    await recorder.kill("SIGTERM");
    rmSync(folder, { recursive: true, force: true });
  }
}

interface Flooded {
  readonly sent: number;
  readonly perSecond: number;
  /** µs of the answering thread per callback, in the cheapest window. */
  readonly cost: number | undefined;
  /** µs of the whole process per callback. */
  readonly inAll: number | undefined;
}

async function floodBare(file?: string): Promise<Flooded> {
  const bare = await startBareHttp(file);
  try {
    return await flood(bare.origin, bare.pid);
  } finally {
    bare.stop();
  }
}

/** @param look is called now and then meanwhile */
async function flood(
  origin: string,
  pid: number | undefined,
  look: () => Promise<void> = async () => {},
): Promise<Flooded> {
  const { post, close } = posting(origin, CONNECTIONS);
  const path = `/callback?SdkAppid=${SDK_APP_ID}&CallbackCommand=${COMMAND}&contenttype=json&ClientIP=127.0.0.1&OptPlatform=RESTAPI`;
  const MemberList = Array.from({ length: 16 }, (_, i) => ({ Member_Account: `member-${i}` }));
  let sent = 0;
  const costs: number[] = [];
  const over = new AbortController();
  const watching = watch();

  async function watch(): Promise<void> {
    for (;;) {
      const [from, before] = [sent, pid === undefined ? undefined : mainThreadTime(pid)];
      await delay(WINDOW, undefined, { signal: over.signal }).catch(() => undefined);
      if (over.signal.aborted) return;
      const after = pid === undefined ? undefined : mainThreadTime(pid);
      if (before !== undefined && after !== undefined) costs.push((after - before) / (sent - from));
      await look();
    }
  }

  const before = processorTime([pid]);
  const perSecond = await rate(CONNECTIONS, MS, async () => {
    sent += 1;
    const id = `bench-${sent}`;
    const GroupId = `@TGS#2GROUP${sent % 2_000}`;
    const body = {
      CallbackCommand: COMMAND,
      GroupId,
      Type: "Public",
      Owner_Account: "leckie",
      Name: "n",
      MemberList,
      EventTime: sent,
    };
    const { status, text } = await post(path, JSON.stringify(body), { "webhook-id": id });
    if (status !== 200) throw new Error(`${status} ${text}`);
  });
  const after = processorTime([pid]);
  over.abort();
  await watching;
  await close();
  const inAll = before === undefined || after === undefined ? undefined : ((after - before) * 1_000_000) / sent;
  return { sent, perSecond, cost: costs.length > 0 ? Math.min(...costs) : undefined, inAll };
}
