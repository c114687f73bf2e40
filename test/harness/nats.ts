import type { ChildProcess } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

import { debianProgram } from "./debian-program.ts";
import { freePort } from "./free-port.ts";

/** A NATS server of its starter's own, with JetStream, on loopback; its data are in a folder that goes with it. */
export interface RunningNats {
  /** `127.0.0.1:4222` */
  readonly server: string;
  /** Ends it as a crash does: what it has stored stays. */
  crash(): Promise<void>;
  /** Starts it again after that, at the same address. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

const program = debianProgram("nats-server");

/** Why there can be no NATS here; `undefined` where there can. */
export const noNats = program.missing;

/** @param more arguments of the server: who is let in, its certificates */
export async function startNats(more: readonly string[] = []): Promise<RunningNats> {
  if (noNats !== undefined) throw new Error(noNats);
  const folder = mkdtempSync(join(tmpdir(), "muster-nats-"));
  const port = await freePort();
  let running: ChildProcess | undefined;

  async function restart(): Promise<void> {
    const here = ["-js", "-sd", folder, "-a", "127.0.0.1", "-p", String(port)];
    running = await program.start([...here, ...more], "Server is ready");
  }

  async function crash(): Promise<void> {
    const child = running;
    running = undefined;
    if (!child) return;
    const exit = once(child, "exit");
    child.kill("SIGKILL");
    await exit;
  }

  await restart();
  return {
    server: `127.0.0.1:${port}`,
    crash,
    restart,
    async stop() {
      await crash();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}
