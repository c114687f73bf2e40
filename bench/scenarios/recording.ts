import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { startProgram } from "../../test/harness/program.ts";
import { figure, type Figure } from "../figure.ts";
import { rate } from "../load.ts";
import { posting } from "../posting.ts";
import { startBareHttp } from "../rivals/bare-http.ts";

const MS = Number(process.env["CAMPAIGN_MS"] ?? 10_000);
const CONNECTIONS = 64;
const SDK_APP_ID = 1400000001;
const COMMAND = "Group.CallbackAfterGroupDestroyed";

/** How many distinct callbacks a second the recorder keeps on disk, beside a bare server that only answers. */
export async function recording(): Promise<Figure[]> {
  const bare = await startBareHttp();
  const peer = await flood(bare.origin);
  bare.stop();

  const folder = mkdtempSync(join(tmpdir(), "muster-bench-"));
  const config = join(folder, "muster.json");
  const store = `sqlite:${join(folder, "recorder.db")}`;
  writeFileSync(
    config,
    JSON.stringify({ recorder: { port: 0, store, logLevel: "error", apps: [{ sdkAppId: SDK_APP_ID }] } }),
  );
  const recorder = startProgram(["record", "--config", config]);
  try {
    const url = await recorder.url();
    const ours = await flood(url);
    const text = await (await fetch(`${url}/metrics`)).text();
    const kept = Number(/^muster_recorder_journal_events (\d+)/m.exec(text)?.[1]);
    if (kept !== ours.sent) throw new Error(`the figure does not count: ${ours.sent} answered OK, ${kept} kept`);
    const name = "node:http parsing and answering, nothing kept";
    return [figure("callbacks kept by the recorder", ours.perSecond, "/s", { peer: { name, value: peer.perSecond } })];
  } finally {
    await recorder.kill("SIGTERM");
    rmSync(folder, { recursive: true, force: true });
  }
}

async function flood(origin: string): Promise<{ sent: number; perSecond: number }> {
  const { post, close } = posting(origin, CONNECTIONS);
  const path = `/callback?SdkAppid=${SDK_APP_ID}&CallbackCommand=${COMMAND}&contenttype=json&ClientIP=127.0.0.1&OptPlatform=RESTAPI`;
  const MemberList = Array.from({ length: 16 }, (_, i) => ({ Member_Account: `member-${i}` }));
  let sent = 0;
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
  await close();
  return { sent, perSecond };
}
