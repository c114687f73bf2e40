import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { signUserSig } from "@muster/protocol";

import { startProgram } from "../test/harness/program.ts";
import { posting } from "./posting.ts";

export const SDK_APP_ID = 1400000001;
const SECRET_KEY = "the-key-of-the-demo-app";
/** A benchmark makes more groups within seconds than the highest plan allows a day. */
const PLENTY = { newGroupsPerDay: 1_000_000_000 };

/** Calls a command that must be carried out; throws where it is not. */
export type Call = (command: string, body: unknown) => Promise<Record<string, unknown>>;

/** A server in a process of its own, as people run it, with one app or as many as it has callback settings. */
export interface BenchServer {
  readonly url: string;
  /** Calls as the first app. */
  readonly call: Call;
  callAs(sdkAppId: number, ...call: Parameters<Call>): ReturnType<Call>;
  /** Of its process. */
  readonly pid: number | undefined;
  /** The memory that the process has now, and the most that it has had, in MB; `undefined` where the system cannot tell. */
  memory(): { readonly now: number; readonly peak: number } | undefined;
  stop(): Promise<void>;
}

export interface BenchServerOptions {
  /** As it is configured; a file of its own where it is absent. */
  readonly store?: string;
  /** How many calls at a time there may be. */
  readonly connections?: number;
  readonly callback?: Callback;
  /** Of as many apps, whose ids follow one another from `SDK_APP_ID` on. */
  readonly callbacks?: readonly Callback[];
  /** Without it there is no admin API and no console. */
  readonly adminToken?: string;
}

interface Callback {
  readonly url: string;
  readonly switches: readonly string[];
}

export async function startBenchServer(options: BenchServerOptions = {}): Promise<BenchServer> {
  const { connections = 1, callback, callbacks = [callback] } = options;
  const folder = mkdtempSync(join(tmpdir(), "muster-bench-"));
  const config = join(folder, "muster.json");
  const { store = `sqlite:${join(folder, "server.db")}`, adminToken } = options;
  const server = { port: 0, store, logLevel: "error", ...(adminToken !== undefined && { adminToken }) };
  const apps = callbacks.map((each, i) => ({
    sdkAppId: SDK_APP_ID + i,
    secretKey: SECRET_KEY,
    features: { community: true, topic: true },
    quantities: PLENTY,
    ...(each ? { callback: { ...each, allowPrivateNetwork: true } } : {}),
  }));
  writeFileSync(config, JSON.stringify({ server, apps }));
  const program = startProgram(["serve", "--config", config]);
  const url = await program.url();
  const { post, close } = posting(url, connections);
  const queries = new Map<number, string>();
  for (const { sdkAppId } of apps) queries.set(sdkAppId, await credentials(sdkAppId));
  const callAs: BenchServer["callAs"] = async (sdkAppId, command, body) => {
    const { text } = await post(`/v4/${command}?${queries.get(sdkAppId)}`, JSON.stringify(body));
    const answer = JSON.parse(text) as Record<string, unknown>;
    if (answer["ErrorCode"] !== 0) throw new Error(`${command}: ${text}`);
    return answer;
  };
  return {
    url,
    callAs,
    call: (command, body) => callAs(SDK_APP_ID, command, body),
    pid: program.child.pid,
    memory: () => memoryOf(program.child.pid),
    async stop() {
      await close();
      await program.kill("SIGTERM");
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** The query of calls as an app's administrator. */
export async function credentials(sdkAppId: number): Promise<string> {
  const claims = {
    sdkAppId,
    userId: "administrator",
    issuedAt: Math.floor(Date.now() / 1000),
    expiresIn: 86_400,
  };
  const usersig = encodeURIComponent(await signUserSig(claims, SECRET_KEY));
  return `sdkappid=${sdkAppId}&identifier=administrator&usersig=${usersig}&random=1&contenttype=json`;
}

/** The memory that a process has now, and the most that it has had, in MB; `undefined` where the system cannot tell. */
export function memoryOf(pid: number | undefined): ReturnType<BenchServer["memory"]> {
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
