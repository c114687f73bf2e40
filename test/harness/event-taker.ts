import { once } from "node:events";
import { createServer, type IncomingHttpHeaders, type Server } from "node:http";
import type { AddressInfo } from "node:net";

/** What somebody posted. */
export interface Posted {
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
}

/** A system that takes events by HTTP; it can crash and come back at the same address, with what it has taken. */
export interface EventTaker {
  readonly url: string;
  /** What was answered with 200, in the order in which it came. */
  readonly taken: readonly Posted[];
  /** Closes its port and cuts its connections. */
  crash(): Promise<void>;
  restart(): Promise<void>;
}

/**
 * @param answering the status that something is answered with; 200 says that it is taken
 * @param headers of each answer
 */
export async function startEventTaker(
  answering: (posted: Posted) => number = () => 200,
  headers: Readonly<Record<string, string>> = {},
): Promise<EventTaker> {
  const taken: Posted[] = [];
  let server: Server | undefined;
  let port = 0;

  async function restart(): Promise<void> {
    const started = createServer((request, response) => {
      const chunks: Buffer[] = [];
      request.on("data", (chunk: Buffer) => chunks.push(chunk));
      request.on("end", () => {
        const posted = { headers: request.headers, text: Buffer.concat(chunks).toString("utf8") };
        const status = answering(posted);
        if (status === 200) taken.push(posted);
        response.writeHead(status, headers).end();
      });
    }).listen(port, "127.0.0.1");
    await once(started, "listening");
    ({ port } = started.address() as AddressInfo);
    server = started;
  }

  await restart();
  return {
    url: `http://127.0.0.1:${port}/events?from=muster`,
    taken,
    restart,
    async crash() {
      const running = server;
      server = undefined;
      if (!running) return;
      running.closeAllConnections();
      running.close();
      await once(running, "close");
    },
  };
}
