import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import type { Readable } from "node:stream";

import type { Im } from "./prove-client.ts";

/** Why a proof has failed; `undefined` where it has not. */
export type Failure = string | undefined;

/** How long a proof may take, in ms. */
const PATIENCE = 180_000;

/** Runs a proof as a process of its own. */
export function proveIn(folder: string, [file = "", ...args]: readonly string[]): Promise<Failure> {
  return new Promise((resolve) => {
    execFile(file, args, { cwd: folder, timeout: PATIENCE }, (error, _output, said) => {
      resolve(error ? `${said}${error.message}` : undefined);
    });
  });
}

/** A Worker that proves itself, or the client. */
export interface Worker {
  prove(): Promise<Failure>;
  proveClient(im: Im): Promise<Failure>;
  stop(): Promise<void>;
}

/** Starts `worker.js` in workerd. */
export async function startWorker(folder: string, workerd: string): Promise<Worker> {
  const child = spawn(workerd, ["serve", "worker.capnp", "--control-fd=3"], {
    cwd: folder,
    stdio: ["ignore", "inherit", "inherit", "pipe"],
  });
  const ended = once(child, "exit");
  const failed = ended.then(([code]) => {
    throw new Error(`workerd has ended with ${String(code)} before it listened`);
  });
  const listening = once(createInterface(child.stdio[3] as Readable), "line") as Promise<[string]>;
  const [line] = await Promise.race([listening, failed]);
  const { port } = JSON.parse(line) as { port: number };
  const ask = async (path: string, init: RequestInit = {}): Promise<Failure> => {
    const response = await fetch(`http://127.0.0.1:${port}${path}`, { ...init, signal: AbortSignal.timeout(PATIENCE) });
    return response.ok ? undefined : await response.text();
  };
  return {
    prove: () => ask("/prove"),
    proveClient: (im) => ask("/prove-client", { method: "POST", body: JSON.stringify(im) }),
    async stop() {
      failed.catch(() => undefined);
      child.kill();
      await ended;
    },
  };
}
