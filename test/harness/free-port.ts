import { randomInt } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:net";

/**
 * Below those that a system hands out for connections (from 32768 on Linux, 49152 elsewhere): a port from there could be
 * taken by anybody's connection before, or whenever, who wanted it is started.
 */
const FIRST = 15_000;
/**
 * So many are each worker's own: whoever is told its port may take seconds until it listens there, and nobody else may be
 * told the same meanwhile.
 */
const OWN = 2_000;
const WORKERS = 8;

// Of the workers that run at the same time each has a number of its own; the process that starts them has none.
const worker = Number(process.env["VITEST_POOL_ID"] ?? 0) % WORKERS;
let last = randomInt(OWN);

/** A port of this machine that nobody listens on, for what is told its port before it starts. */
export async function freePort(): Promise<number> {
  for (;;) {
    last = (last + 1) % OWN;
    const port = FIRST + worker * OWN + last;
    const probe = createServer();
    const isFree = new Promise<boolean>((resolve) => {
      probe.once("error", () => resolve(false));
      probe.once("listening", () => resolve(true));
    });
    probe.listen(port, "127.0.0.1");
    if (!(await isFree)) continue;
    probe.close();
    await once(probe, "close");
    return port;
  }
}
