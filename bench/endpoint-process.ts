/**
 * The endpoint of the benchmarks, in a process of its own: a bare node:http server that answers OK, and keeps
 * account of what came. `GET /` tells the account, `DELETE /` forgets it.
 */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

const OK = '{"ActionStatus":"OK","ErrorInfo":"","ErrorCode":0}';

let arrived = 0;
let outOfOrder = 0;
const last = new Map<string, number>();
const ids = new Set<string>();

const server = createServer((request, response) => {
  if (request.method === "GET") {
    response.end(JSON.stringify({ arrived, distinct: ids.size, outOfOrder }));
    return;
  }
  if (request.method === "DELETE") {
    arrived = 0;
    outOfOrder = 0;
    last.clear();
    ids.clear();
    response.end();
    return;
  }
  const chunks: Buffer[] = [];
  request.on("data", (chunk: Buffer) => chunks.push(chunk));
  request.on("end", () => {
    const { GroupId } = JSON.parse(Buffer.concat(chunks).toString()) as { GroupId: string };
    arrived += 1;
    const id = request.headers["webhook-id"];
    const sequence = Number(request.headers["muster-sequence"]);
    if (typeof id === "string" && !ids.has(id)) {
      ids.add(id);
      if (sequence !== (last.get(GroupId) ?? 0) + 1) outOfOrder += 1;
      last.set(GroupId, sequence);
    }
    response.end(OK);
  });
});
server.keepAliveTimeout = 75_000;
server.listen(0, "127.0.0.1", () => {
  process.stdout.write(`${(server.address() as AddressInfo).port}\n`);
});
