import { once } from "node:events";
import { createServer, type AddressInfo, type Socket } from "node:net";
import { gzipSync } from "node:zlib";

import { onTestFinished } from "vitest";

const OK = '{"ActionStatus":"OK","ErrorInfo":"","ErrorCode":0}';
const HEAD = "HTTP/1.1 200 OK\r\n";
const WITH_OK = `${HEAD}content-length: ${OK.length}\r\n\r\n${OK}`;
const CHUNKED = `${HEAD}transfer-encoding: chunked\r\n\r\n`;

/** An endpoint that does not do as it should. */
export interface Hostility {
  readonly scheme?: "https";
  /** What it does as soon as somebody connects. */
  readonly onConnection?: (socket: Socket) => void;
  /** What it does when a request has come: its text, and whether it is the first over its connection. */
  readonly onRequest?: (socket: Socket, isFirst: boolean) => void;
  /** What an attempt's record may say of it. */
  readonly outcomes: readonly string[];
}

/** 10 MiB of zeros, compressed. */
const bomb = gzipSync(Buffer.alloc(10 * 1_048_576));

/** The ways in which endpoints of tests are hostile. */
export const hostilities = {
  "does not answer": { outcomes: ["headers-timeout"] },
  "does not shake hands": { scheme: "https", outcomes: ["connect-timeout"] },
  "drips its headers": {
    onRequest: (socket) => (socket.write(`${HEAD}x: `), drip(socket, "y", 50)),
    outcomes: ["headers-timeout"],
  },
  "has headers without end": {
    onRequest: (socket) => (socket.write(HEAD), drip(socket, `x: ${"y".repeat(8_000)}\r\n`, 0)),
    outcomes: ["too-large"],
  },
  "drips its body": {
    onRequest: (socket) => (socket.write(`${HEAD}content-length: 1000\r\n\r\n`), drip(socket, " ", 50)),
    outcomes: ["body-timeout"],
  },
  "has a body without end": {
    onRequest: (socket) => (socket.write(CHUNKED), drip(socket, `1000\r\n${"x".repeat(4_096)}\r\n`, 0)),
    outcomes: ["too-large"],
  },
  "drips a chunk's extension": {
    onRequest: (socket) => (socket.write(`${CHUNKED}2;`), drip(socket, "x", 50)),
    outcomes: ["body-timeout"],
  },
  "has trailers without end": {
    onRequest: (socket) => (socket.write(`${CHUNKED}2\r\n{}\r\n0\r\n`), drip(socket, `x: ${"y".repeat(8_000)}\r\n`, 0)),
    outcomes: ["too-large"],
  },
  "announces ten gigabytes": {
    onRequest: (socket) => void socket.write(`${HEAD}content-length: 10000000000\r\n\r\n{`),
    outcomes: ["body-timeout"],
  },
  "sends ten gigabytes": {
    onRequest: (socket) => (
      socket.write(`${HEAD}content-length: 10000000000\r\n\r\n`),
      drip(socket, "x".repeat(10_000), 0)
    ),
    outcomes: ["too-large"],
  },
  "sends a gzip bomb": {
    onRequest: (socket) => {
      socket.write(`${HEAD}content-encoding: gzip\r\ncontent-length: ${bomb.length}\r\n\r\n`);
      socket.write(bomb);
    },
    outcomes: ["not-json"],
  },
  "floods with informational answers": {
    onRequest: (socket) => drip(socket, "HTTP/1.1 103 Early Hints\r\nlink: </x>\r\n\r\n".repeat(10), 0),
    outcomes: ["too-large"],
  },
  "goes on though nobody asked it to": {
    onRequest: (socket) => void socket.write("HTTP/1.1 100 Continue\r\n\r\n"),
    outcomes: ["headers-timeout"],
  },
  "changes the protocol": {
    onRequest: (socket) =>
      void socket.write("HTTP/1.1 101 Switching Protocols\r\nupgrade: x\r\nconnection: upgrade\r\n\r\n"),
    outcomes: ["other"],
  },
  "resets in the middle of its body": {
    onRequest: (socket) =>
      void socket.write(`${HEAD}content-length: 100\r\n\r\n{`, () => setTimeout(() => socket.resetAndDestroy(), 10)),
    outcomes: ["reset"],
  },
  "ends in the middle of its body": {
    onRequest: (socket) => void socket.end(`${HEAD}content-length: 100\r\n\r\n{`),
    outcomes: ["reset"],
  },
  "resets as soon as it is connected to": {
    onConnection: (socket) => void socket.resetAndDestroy(),
    outcomes: ["reset"],
  },
  "answers before it is asked": {
    onConnection: (socket) => void socket.write(WITH_OK),
    outcomes: ["reset", "other", "delivered", "headers-timeout"],
  },
  "goes on after its answer": {
    onRequest: (socket) => void socket.write(`${WITH_OK}${HEAD}content-length: 2\r\n\r\n{}`),
    outcomes: ["delivered"],
  },
  "has more body than it says": {
    onRequest: (socket) => void socket.write(`${HEAD}content-length: 5\r\n\r\n${OK}`),
    outcomes: ["not-json"],
  },
  "has less body than it says": {
    onRequest: (socket) => void socket.write(`${HEAD}content-length: 51\r\n\r\n${OK}`),
    outcomes: ["body-timeout"],
  },
  "says its length twice": {
    onRequest: (socket) => void socket.write(`${HEAD}content-length: 2\r\ncontent-length: 50\r\n\r\n${OK}`),
    outcomes: ["other"],
  },
  "says its length in two ways": {
    onRequest: (socket) =>
      void socket.write(`${HEAD}content-length: 50\r\ntransfer-encoding: chunked\r\n\r\n2\r\n{}\r\n0\r\n\r\n`),
    outcomes: ["other"],
  },
  "has chunks that are none": {
    onRequest: (socket) => void socket.write(`${CHUNKED}zz\r\n{}\r\n0\r\n\r\n`),
    outcomes: ["other"],
  },
  "has NUL in its headers": {
    onRequest: (socket) => void socket.write(`${HEAD}x: \0\r\ncontent-length: 2\r\n\r\n{}`),
    outcomes: ["other"],
  },
  "speaks something else": {
    onRequest: (socket) => void socket.write("SSH-2.0-OpenSSH_9.9\r\n"),
    outcomes: ["other"],
  },
  "closes each connection after an answer, unannounced": {
    onRequest: (socket, isFirst) => (isFirst ? void socket.write(WITH_OK, () => socket.end()) : void socket.destroy()),
    outcomes: ["delivered", "reset"],
  },
  "speaks HTTP/1.0": {
    onRequest: (socket) => void socket.end(`HTTP/1.0 200 OK\r\n\r\n${OK}`),
    outcomes: ["delivered"],
  },
  "sends elsewhere": {
    onRequest: (socket) =>
      void socket.write("HTTP/1.1 307 Go\r\nlocation: http://169.254.169.254/\r\ncontent-length: 0\r\n\r\n"),
    outcomes: ["status"],
  },
} satisfies Record<string, Hostility>;

export type HostilityName = keyof typeof hostilities;

export interface HostileEndpoint {
  readonly url: string;
  /** The connections that are open. */
  readonly open: () => number;
}

/** Starts an endpoint that is hostile in one way. A request is over when its body's last brace has come. */
export async function startHostile({ scheme, onConnection, onRequest }: Hostility): Promise<HostileEndpoint> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    let requests = 0;
    let text = "";
    socket.on("error", () => undefined);
    socket.on("close", () => sockets.delete(socket));
    onConnection?.(socket);
    socket.on("data", (chunk: Buffer) => {
      text += chunk.toString("latin1");
      if (scheme || !isWhole(text)) return;
      text = "";
      requests += 1;
      onRequest?.(socket, requests === 1);
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return {
    url: `${scheme ?? "http"}://127.0.0.1:${(server.address() as AddressInfo).port}/callback`,
    open: () => sockets.size,
  };
}

function isWhole(request: string): boolean {
  const body = request.indexOf("\r\n\r\n") + 4;
  const length = /\r\ncontent-length: (\d+)\r\n/i.exec(request)?.[1];
  return body >= 4 && request.length - body >= Number(length);
}

/** Writes something again and again while the connection lasts; 0 ms is as fast as it goes. */
export function drip(socket: Socket, bytes: string, everyMs: number): void {
  const next = (): void => {
    if (socket.destroyed) return;
    const hasRoom = socket.write(bytes);
    if (everyMs > 0) setTimeout(next, everyMs);
    else if (hasRoom) setImmediate(next);
    else socket.once("drain", next);
  };
  next();
}
