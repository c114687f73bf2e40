import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { signUserSig } from "@muster/protocol";

import { startProgram } from "../../test/harness/program.ts";
import { figure, type Figure } from "../figure.ts";
import { posting, rate, type Post } from "../load.ts";

const MS = Number(process.env["CAMPAIGN_MS"] ?? 10_000);
const CLIENTS = 32;
const SDK_APP_ID = 1400000001;
const SECRET_KEY = "the-key-of-the-demo-app";
const SWITCHES = ["Group.CallbackAfterCreateGroup", "Group.CallbackAfterGroupDestroyed"];

/**
 * Groups with 10 members created and disbanded through REST, each command on disk before its answer: without
 * callbacks, and with each callback delivered to a recorder on the same machine that keeps it on disk as well.
 */
export async function pairs(): Promise<Figure[]> {
  return [
    figure("create + disband, 10 members, no callbacks", await measure(false), "pairs/s"),
    figure("create + disband, 10 members, all kept by a recorder", await measure(true), "pairs/s"),
  ];
}

async function measure(withCallbacks: boolean): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), "muster-bench-"));
  const config = join(folder, "muster.json");
  const recorderPart = { port: 0, store: `sqlite:${join(folder, "recorder.db")}`, apps: [{ sdkAppId: SDK_APP_ID }] };
  writeFileSync(config, JSON.stringify({ recorder: recorderPart }));
  const recorder = startProgram(["record", "--config", config]);
  const recorderUrl = await recorder.url();
  const app = { sdkAppId: SDK_APP_ID, secretKey: SECRET_KEY };
  const callback = { url: `${recorderUrl}/callback`, allowPrivateNetwork: true, switches: SWITCHES };
  const server = { port: 0, store: `sqlite:${join(folder, "server.db")}`, logLevel: "error" };
  writeFileSync(config, JSON.stringify({ server, apps: [withCallbacks ? { ...app, callback } : app] }));
  const program = startProgram(["serve", "--config", config]);
  const url = await program.url();
  const { post, close } = posting(url, CLIENTS);
  try {
    const call = await restCaller(post);
    const members = Array.from({ length: 10 }, (_, i) => `member-${i}`);
    for (const UserID of members) await call("im_open_login_svc/account_import", { UserID });
    const group = {
      Type: "Public",
      Name: "n",
      Owner_Account: members[0],
      MemberList: members.slice(1).map((Member_Account) => ({ Member_Account })),
    };
    let made = 0;
    const startedAt = performance.now();
    const perSecond = await rate(CLIENTS, MS, async () => {
      const { GroupId } = await call("group_open_http_svc/create_group", group);
      await call("group_open_http_svc/destroy_group", { GroupId });
      made += 1;
    });
    if (!withCallbacks) return perSecond;
    // The figure counts what was kept, not what was accepted: the clock runs until the last is.
    await keptBy(recorderUrl, 2 * made);
    return made / ((performance.now() - startedAt) / 1000);
  } finally {
    await close();
    await program.kill("SIGTERM");
    await recorder.kill("SIGTERM");
    rmSync(folder, { recursive: true, force: true });
  }
}

async function restCaller(post: Post): Promise<(command: string, body: unknown) => Promise<Record<string, unknown>>> {
  const claims = {
    sdkAppId: SDK_APP_ID,
    userId: "administrator",
    issuedAt: Math.floor(Date.now() / 1000),
    expiresIn: 86_400,
  };
  const usersig = encodeURIComponent(await signUserSig(claims, SECRET_KEY));
  const query = `sdkappid=${SDK_APP_ID}&identifier=administrator&usersig=${usersig}&random=1&contenttype=json`;
  return async (command, body) => {
    const { text } = await post(`/v4/${command}?${query}`, JSON.stringify(body));
    const answer = JSON.parse(text) as Record<string, unknown>;
    if (answer["ErrorCode"] !== 0) throw new Error(`${command}: ${text}`);
    return answer;
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
