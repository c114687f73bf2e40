/**
 * A bare node:http server that parses the body and answers OK: what a program that keeps nothing would be. Given a file,
 * it appends each body to it and answers once that is on disk, with one fsync for all that came together: what a program
 * would be whose rules and data cost nothing.
 */
import { fsyncSync, openSync, writeSync } from "node:fs";
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

const OK = '{"ActionStatus":"OK","ErrorInfo":"","ErrorCode":0}';

const [path] = process.argv.slice(2);
const file = path === undefined ? undefined : openSync(path, "a");
let unwritten: { readonly body: Buffer; readonly answer: () => void }[] = [];

function keep(fd: number, body: Buffer, answer: () => void): void {
  if (unwritten.length === 0) setImmediate(() => write(fd));
  unwritten.push({ body, answer });
}

function write(fd: number): void {
  const together = unwritten;
  unwritten = [];
  writeSync(fd, Buffer.concat(together.map(({ body }) => body)));
  fsyncSync(fd);
  for (const { answer } of together) answer();
}

function answerOf(response: ServerResponse, status: number): () => void {
  const headers = { "content-type": "application/json", "content-length": OK.length };
  return () => response.writeHead(status, headers).end(OK);
}

const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on("data", (chunk: Buffer) => chunks.push(chunk));
  request.on("end", () => {
    const body = Buffer.concat(chunks);
    const isObject = typeof JSON.parse(body.toString()) === "object";
    const answer = answerOf(response, isObject ? 200 : 400);
    if (file === undefined) answer();
    else keep(file, body, answer);
  });
});
server.keepAliveTimeout = 75_000;
server.listen(0, "127.0.0.1", () => process.stdout.write(`${(server.address() as AddressInfo).port}\n`));
