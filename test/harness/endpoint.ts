import { once } from "node:events";
import { createServer, type IncomingHttpHeaders, type ServerResponse } from "node:http";
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

/** A text with status 200, one with another, a reset, or nothing, ever. */
type Answer = string | { readonly status: number; readonly text: string } | { readonly reset: true } | undefined;

/** What is answered to a callback, at once or as soon as a test has it so. */
export type Answering = (arrival: Arrival) => Answer | Promise<Answer>;

export const OK = '{"ActionStatus":"OK","ErrorInfo":"","ErrorCode":0}';

function send(response: ServerResponse, answer: Answer): void {
  if (typeof answer === "object") {
    if ("reset" in answer) response.socket?.resetAndDestroy();
    else response.writeHead(answer.status).end(answer.text);
  } else if (answer !== undefined) response.end(answer);
}

/** What arrived, each callback as it came first: the first may have been answered too late, and have come once more. */
export function firstOf(arrivals: readonly Arrival[]): Arrival[] {
  const seen = new Set<string>();
  return arrivals.filter(({ headers }) => seen.size < seen.add(String(headers["webhook-id"])).size);
}

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
      if (answer instanceof Promise) void answer.then((later) => send(response, later));
      else send(response, answer);
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
