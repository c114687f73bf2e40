import { once } from "node:events";
import { connect, createServer, type AddressInfo, type Socket } from "node:net";

import { onTestFinished } from "vitest";

/** A way through TCP, on loopback, that can be cut in the ways in which networks are. */
export interface TcpProxy {
  readonly port: number;
  /** Connections that are open at this moment. */
  readonly open: number;
  /** Resets connections: those whose number fits, in the order in which they were made; all where nothing is said. */
  reset(fits?: (number: number) => boolean): void;
  /** Nothing gets through any more, in either direction, and nobody is told: new connections are made, and hear nothing. */
  stall(): void;
  /** Nothing gets through the connections that there are, and nobody is told: as where the host at their end is gone. */
  strand(): void;
  /** Those who connect are reset at once. */
  refuse(): void;
  /** Everything gets through again, also what was on its way. */
  heal(): void;
  /** Connections lead to another port from now on; those that there are stay where they are. */
  lead(port: number): void;
}

interface Way {
  readonly ends: readonly [Socket, Socket];
}

/** Listens on a free port until the test is over, and leads to another one. */
export async function startTcpProxy(port: number): Promise<TcpProxy> {
  let target = port;
  const ways = new Set<Way>();
  let state: "open" | "stalled" | "refusing" = "open";

  const server = createServer({ noDelay: true }, (near) => {
    near.on("error", () => undefined);
    if (state === "refusing") {
      near.resetAndDestroy();
      return;
    }
    const far = connect({ port: target, host: "127.0.0.1", noDelay: true });
    const way: Way = { ends: [near, far] };
    ways.add(way);
    join(near, far, way);
    join(far, near, way);
    if (state === "stalled") for (const end of way.ends) end.pause();
  });

  function join(from: Socket, to: Socket, way: Way): void {
    // What a test sends is little: nobody has to wait for those who read slowly.
    from.on("data", (chunk: Buffer) => to.write(chunk));
    from.on("end", () => to.end());
    from.on("error", () => to.resetAndDestroy());
    from.on("close", () => {
      ways.delete(way);
      to.destroy();
    });
  }

  function reset(fits: (number: number) => boolean = () => true): void {
    for (const [number, { ends }] of [...ways].entries())
      if (fits(number)) for (const end of ends) end.resetAndDestroy();
  }

  function strand(): void {
    for (const { ends } of ways) for (const end of ends) end.pause();
  }

  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    reset();
    server.close();
  });
  return {
    port: (server.address() as AddressInfo).port,
    get open() {
      return ways.size;
    },
    reset,
    stall() {
      state = "stalled";
      strand();
    },
    strand,
    refuse() {
      state = "refusing";
    },
    heal() {
      state = "open";
      for (const { ends } of ways) for (const end of ends) end.resume();
    },
    lead(to) {
      target = to;
    },
  };
}

/** The same URL, through a proxy. */
export function through({ port }: Pick<TcpProxy, "port">, url: string): string {
  return Object.assign(new URL(url), { hostname: "127.0.0.1", port: String(port) }).href;
}
