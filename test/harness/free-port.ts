import { randomInt } from "node:crypto";
import { once } from "node:events";
import { createServer } from "node:net";

/**
 * Below those that a system hands out for connections (from 32768 on Linux, 49152 elsewhere): a port from there could be
 * taken by anybody's connection before, or whenever, who wanted it is started.
 */
const [FIRST, END] = [15_000, 32_000];

/** A port of this machine that nobody listens on, for what is told its port before it starts. */
export async function freePort(): Promise<number> {
  for (;;) {
    const port = randomInt(FIRST, END);
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
