import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";

/** What came to an endpoint. A figure counts only if `distinct` is all and `outOfOrder` is 0. */
export interface Account {
  readonly arrived: number;
  /** Of those that have an id. */
  readonly distinct: number;
  readonly outOfOrder: number;
  /** When the first and the last came, ms since 1970, with fractions. */
  readonly firstAt: number;
  readonly lastAt: number;
}

/** When something was answered. Times in ms since 1970. */
export interface Answered {
  readonly name: string;
  /** By the callback's `EventTime`: when its command was taken up, before it was committed. */
  readonly happenedAt: number;
  readonly answeredAt: number;
}

export interface BenchEndpoint {
  readonly url: string;
  /** Of the process that it is in. */
  readonly pid: number | undefined;
  account(): Promise<Account>;
  /** Every answer so far, where they are recorded. */
  answers(): Promise<Answered[]>;
  forget(): Promise<void>;
  /** Takes requests from now on, and never answers; or does not even listen. */
  fail(how: "hang" | "refuse"): Promise<void>;
}

export interface BenchEndpoints {
  readonly all: readonly BenchEndpoint[];
  stop(): void;
}

/** Starts so many endpoints, all in one process of their own. */
export async function startBenchEndpoints(count: number, { record = false } = {}): Promise<BenchEndpoints> {
  const program = join(import.meta.dirname, "endpoint-process.ts");
  const child = spawn(process.execPath, [program, String(count), record ? "record" : ""], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [ports] = (await once(createInterface(child.stdout), "line")) as [string];
  return {
    all: ports.split(",").map((port) => endpointAt(`http://127.0.0.1:${port}`, child.pid)),
    stop: () => child.kill(),
  };
}

export async function startBenchEndpoint(options?: { record?: boolean }): Promise<BenchEndpoint & { stop(): void }> {
  const { all, stop } = await startBenchEndpoints(1, options);
  const [endpoint] = all;
  if (!endpoint) throw new TypeError("no endpoint was started");
  return { ...endpoint, stop };
}

function endpointAt(url: string, pid: number | undefined): BenchEndpoint {
  return {
    url,
    pid,
    account: async () => (await (await fetch(url)).json()) as Account,
    async answers() {
      const answers = (await (await fetch(`${url}/answers`)).json()) as [string, number, number][];
      return answers.map(([name, happenedAt, answeredAt]) => ({ name, happenedAt, answeredAt }));
    },
    async forget() {
      await fetch(url, { method: "DELETE" });
    },
    async fail(how) {
      await fetch(`${url}/${how}`, { method: "POST" });
    },
  };
}

/** Waits until so many have come to an endpoint, different ones where they have ids. Returns how many a second that was, from when the first came. */
export async function arrivalRate(endpoint: BenchEndpoint, count: number): Promise<number> {
  for (;;) {
    const { arrived, distinct, firstAt } = await endpoint.account();
    if ((distinct || arrived) >= count) return (count * 1_000) / (Date.now() - firstAt);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}
