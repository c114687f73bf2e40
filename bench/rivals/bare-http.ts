import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";

/** The bare server, as it runs. */
export interface BareHttp {
  readonly origin: string;
  readonly pid: number | undefined;
  stop(): void;
}

/** Starts the bare server in a process of its own. @param file what it keeps, on disk, before it answers */
export async function startBareHttp(file?: string): Promise<BareHttp> {
  const program = join(import.meta.dirname, "bare-http-process.ts");
  const child = spawn(process.execPath, [program, ...(file === undefined ? [] : [file])], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [port] = (await once(child.stdout, "data")) as [Buffer];
  return { origin: `http://127.0.0.1:${port.toString().trim()}`, pid: child.pid, stop: () => child.kill() };
}
