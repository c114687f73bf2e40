import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";

/** What came to the endpoint. A figure counts only if `distinct` is all and `outOfOrder` is 0. */
export interface Account {
  readonly arrived: number;
  readonly distinct: number;
  readonly outOfOrder: number;
}

export interface BenchEndpoint {
  readonly url: string;
  account(): Promise<Account>;
  forget(): Promise<void>;
  stop(): void;
}

export async function startBenchEndpoint(): Promise<BenchEndpoint> {
  const child = spawn(process.execPath, [join(import.meta.dirname, "endpoint-process.ts")], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [port] = (await once(child.stdout, "data")) as [Buffer];
  const url = `http://127.0.0.1:${port.toString().trim()}`;
  return {
    url,
    account: async () => (await (await fetch(url)).json()) as Account,
    async forget() {
      await fetch(url, { method: "DELETE" });
    },
    stop: () => child.kill(),
  };
}
