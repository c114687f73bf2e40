/**
 * The endpoints of the benchmarks, in a process of their own: bare node:http servers that answer OK, as many as the
 * argument says, and keep account of what came. Each tells the account at `GET /`, the answers' times at
 * `GET /answers`, and forgets both at `DELETE /`. One that was named in `POST /hang` answers nothing any more, one in
 * `POST /refuse` does not listen.
 */
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

const OK = '{"ActionStatus":"OK","ErrorInfo":"","ErrorCode":0}';

/** ms since 1970, with fractions: comparable between the processes of a machine. */
const now = (): number => performance.timeOrigin + performance.now();

interface Body {
  readonly GroupId: string;
  readonly Name?: string;
  readonly EventTime?: number;
}

function createEndpoint(): Server {
  let [arrived, outOfOrder, firstAt, lastAt, hangs] = [0, 0, 0, 0, false];
  const last = new Map<string, number>();
  const ids = new Set<string>();
  const answers: [name: string, happenedAt: number, answeredAt: number][] = [];

  function forget(): void {
    [arrived, outOfOrder, firstAt, lastAt] = [0, 0, 0, 0];
    last.clear();
    ids.clear();
    answers.length = 0;
  }

  function arrive(request: IncomingMessage, response: ServerResponse, text: string): void {
    const { GroupId, Name = "", EventTime = 0 } = JSON.parse(text) as Body;
    lastAt = now();
    if (arrived === 0) firstAt = lastAt;
    arrived += 1;
    const id = request.headers["webhook-id"];
    const sequence = Number(request.headers["muster-sequence"]);
    if (typeof id === "string" && !ids.has(id)) {
      ids.add(id);
      if (sequence !== (last.get(GroupId) ?? 0) + 1) outOfOrder += 1;
      last.set(GroupId, sequence);
    }
    if (hangs) return;
    response.end(OK);
    if (recording) answers.push([Name, EventTime, now()]);
  }

  const server = createServer((request, response) => {
    if (request.method === "GET") {
      const account = { arrived, distinct: ids.size, outOfOrder, firstAt, lastAt };
      response.end(JSON.stringify(request.url === "/answers" ? answers : account));
    } else if (request.method === "DELETE") {
      forget();
      response.end();
    } else if (request.url === "/hang") {
      hangs = true;
      response.end();
    } else if (request.url === "/refuse") {
      response.end(() => {
        server.close();
        server.closeAllConnections();
      });
    } else {
      const chunks: Buffer[] = [];
      request.on("data", (chunk: Buffer) => chunks.push(chunk));
      request.on("end", () => arrive(request, response, Buffer.concat(chunks).toString()));
    }
  });
  server.keepAliveTimeout = 75_000;
  return server;
}

const [count = "1", record] = process.argv.slice(2);
/** Times of answers are kept only for who wants them: of hundreds of thousands they would be a burden. */
const recording = record === "record";
const ports = await Promise.all(
  Array.from({ length: Number(count) }, async () => {
    const server = createEndpoint();
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    return (server.address() as AddressInfo).port;
  }),
);
process.stdout.write(`${ports.join()}\n`);
