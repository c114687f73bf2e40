import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { signUserSig } from "@muster/protocol";

import { startProgram } from "../test/harness/program.ts";
import { posting } from "./load.ts";

export const SDK_APP_ID = 1400000001;
const SECRET_KEY = "the-key-of-the-demo-app";

/** Calls a command that must be carried out; throws where it is not. */
export type Call = (command: string, body: unknown) => Promise<Record<string, unknown>>;

/** A server in a process of its own, with one app, as people run it. */
export interface BenchServer {
  readonly url: string;
  readonly call: Call;
  /** The memory that the process has now, and the most that it has had, in MB; `undefined` where the system cannot tell. */
  memory(): { readonly now: number; readonly peak: number } | undefined;
  stop(): Promise<void>;
}

export interface BenchServerOptions {
  /** How many calls at a time there may be. */
  readonly connections?: number;
  readonly callback?: { readonly url: string; readonly switches: readonly string[] };
}

export async function startBenchServer(options: BenchServerOptions = {}): Promise<BenchServer> {
  const { connections = 1, callback } = options;
  const folder = mkdtempSync(join(tmpdir(), "muster-bench-"));
  const config = join(folder, "muster.json");
  const server = { port: 0, store: `sqlite:${join(folder, "server.db")}`, logLevel: "error" };
  const app = {
    sdkAppId: SDK_APP_ID,
    secretKey: SECRET_KEY,
    features: { community: true, topic: true },
    ...(callback ? { callback: { ...callback, allowPrivateNetwork: true } } : {}),
  };
  writeFileSync(config, JSON.stringify({ server, apps: [app] }));
  const program = startProgram(["serve", "--config", config]);
  const url = await program.url();
  const { post, close } = posting(url, connections);
  const query = await credentials();
  return {
    url,
    async call(command, body) {
      const { text } = await post(`/v4/${command}?${query}`, JSON.stringify(body));
      const answer = JSON.parse(text) as Record<string, unknown>;
      if (answer["ErrorCode"] !== 0) throw new Error(`${command}: ${text}`);
      return answer;
    },
    memory: () => memoryOf(program.child.pid),
    async stop() {
      await close();
      await program.kill("SIGTERM");
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function credentials(): Promise<string> {
  const claims = {
    sdkAppId: SDK_APP_ID,
    userId: "administrator",
    issuedAt: Math.floor(Date.now() / 1000),
    expiresIn: 86_400,
  };
  const usersig = encodeURIComponent(await signUserSig(claims, SECRET_KEY));
  return `sdkappid=${SDK_APP_ID}&identifier=administrator&usersig=${usersig}&random=1&contenttype=json`;
}

function memoryOf(pid: number | undefined): ReturnType<BenchServer["memory"]> {
  if (process.platform !== "linux" || pid === undefined) return undefined;
  const status = readFileSync(`/proc/${pid}/status`, "utf8");
  const megabytes = (field: string): number => Number(new RegExp(`^${field}:\\s+(\\d+)`, "m").exec(status)?.[1]) / 1024;
  return { now: megabytes("VmRSS"), peak: megabytes("VmHWM") };
}

/** Makes so many users known, and returns their ids. */
export async function importAccounts(call: Call, count: number): Promise<string[]> {
  const users = Array.from({ length: count }, (_, i) => `user-${i}`);
  for (let at = 0; at < count; at += 100) {
    await call("im_open_login_svc/multiaccount_import", { Accounts: users.slice(at, at + 100) });
  }
  return users;
}
