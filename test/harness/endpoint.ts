import { once } from "node:events";
import { createServer, type IncomingHttpHeaders } from "node:http";
import type { AddressInfo } from "node:net";

import { onTestFinished } from "vitest";

/** One callback as it came in. */
export interface Arrival {
  /** Path and query, as on the request line. */
  readonly url: string;
  readonly method: string;
  readonly headers: IncomingHttpHeaders;
  readonly raw: string;
  readonly body: Record<string, unknown>;
}

/** An app backend that answers as it is told, OK to everything by default, and remembers what came. */
export interface Endpoint {
  readonly url: string;
  readonly arrivals: readonly Arrival[];
  /** Resolves once so many callbacks have come. */
  received(count: number): Promise<readonly Arrival[]>;
}

/** What is answered to a callback: a text with status 200, one with another, a reset, or nothing, ever. */
export type Answering = (
  arrival: Arrival,
) => string | { readonly status: number; readonly text: string } | { readonly reset: true } | undefined;

export const OK = '{"ActionStatus":"OK","ErrorInfo":"","ErrorCode":0}';

export async function startEndpoint(path = "/callback", answering: Answering = () => OK): Promise<Endpoint> {
  const arrivals: Arrival[] = [];
  const waiting = new Set<() => void>();
  const server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      const raw = Buffer.concat(chunks).toString("utf8");
      const { url = "", method = "", headers } = request;
      const arrival = { url, method, headers, raw, body: JSON.parse(raw) as Record<string, unknown> };
      arrivals.push(arrival);
      const answer = answering(arrival);
      if (typeof answer === "object") {
        if ("reset" in answer) request.socket.resetAndDestroy();
        else response.writeHead(answer.status).end(answer.text);
      } else if (answer !== undefined) response.end(answer);
      for (const look of waiting) look();
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}${path}`,
    arrivals,
    received: (count) =>
      new Promise((resolve) => {
        const look = (): void => {
          if (arrivals.length < count) return;
          waiting.delete(look);
          resolve(arrivals);
        };
        waiting.add(look);
        look();
      }),
  };
}
