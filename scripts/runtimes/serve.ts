import { fetchHandler } from "@muster/receiver/fetch";
import { nodeHandler } from "@muster/receiver/node-http";

import type { Backend } from "./backend.ts";

type Answering = (request: Request) => Promise<Response>;

/** What runtimes serve with, where they are not Node.js. */
interface Servers {
  readonly Bun?: {
    serve(options: { hostname: string; port: number; fetch: Answering }): { readonly port: number };
  };
  readonly Deno?: {
    serve(
      options: { hostname: string; port: number; onListen: () => void },
      fetch: Answering,
    ): {
      readonly addr: { readonly port: number };
    };
  };
}

const address = { hostname: "127.0.0.1", port: 0 };

/** A backend behind Fetch. */
export function answering({ receiver, asked }: Backend): Answering {
  const callbacks = fetchHandler(receiver);
  return async (request) => {
    const answer = await asked(new URL(request.url).pathname);
    return answer === undefined ? await callbacks(request) : Response.json(answer);
  };
}

/** Serves a backend with what the runtime has for that, until the process ends. Resolves with its origin. */
export async function serve(backend: Backend): Promise<string> {
  const { Bun, Deno } = globalThis as Servers;
  const port = await (Bun
    ? Bun.serve({ ...address, fetch: answering(backend) }).port
    : Deno
      ? Deno.serve({ ...address, onListen: () => {} }, answering(backend)).addr.port
      : serveNode(backend));
  return `http://${address.hostname}:${port}`;
}

async function serveNode({ receiver, asked }: Backend): Promise<number> {
  const { createServer } = await import("node:http");
  const callbacks = nodeHandler(receiver);
  const server = createServer((request, response) => {
    void asked(request.url ?? "").then((answer) => {
      if (answer === undefined) callbacks(request, response);
      else response.end(JSON.stringify(answer));
    });
  });
  await new Promise<void>((resolve) => server.listen(address.port, address.hostname, resolve));
  const bound = server.address();
  return typeof bound === "object" && bound ? bound.port : 0;
}
