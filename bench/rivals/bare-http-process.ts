/** A bare node:http server that parses the body and answers OK: what a recorder without a journal would be. */
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

const OK = '{"ActionStatus":"OK","ErrorInfo":"","ErrorCode":0}';

const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on("data", (chunk: Buffer) => chunks.push(chunk));
  request.on("end", () => {
    const body = JSON.parse(Buffer.concat(chunks).toString()) as { CallbackCommand?: string };
    const headers = { "content-type": "application/json", "content-length": OK.length };
    response.writeHead(body.CallbackCommand === undefined ? 400 : 200, headers).end(OK);
  });
});
server.keepAliveTimeout = 75_000;
server.listen(0, "127.0.0.1", () => process.stdout.write(`${(server.address() as AddressInfo).port}\n`));
