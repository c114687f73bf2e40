import { createConnection, type Socket } from "node:net";

/** What was answered. */
export interface Answer {
  readonly status: number;
  readonly text: string;
}

export type Post = (path: string, body: string, headers?: Readonly<Record<string, string>>) => Promise<Answer>;

/** A connection, and who waits for the answer to what was sent over it. */
interface Connection {
  readonly socket: Socket;
  received: string;
  waiter: { resolve(answer: Answer): void; reject(reason: Error): void } | undefined;
}

/**
 * Posts over kept connections, so many at most. Knows no more of HTTP than it takes to tell where an answer with a
 * `content-length` ends: what asks shares the machine with what answers, and is to take as little of it as it can.
 */
export function posting(origin: string, connections: number): { post: Post; close(): Promise<void> } {
  const { hostname, port, host } = new URL(origin);
  const all = new Set<Connection>();
  const free: Connection[] = [];
  const queue: ((connection: Connection) => void)[] = [];

  function connect(): Connection {
    const connection: Connection = {
      socket: createConnection({ host: hostname, port: Number(port), noDelay: true }),
      received: "",
      waiter: undefined,
    };
    all.add(connection);
    connection.socket.setEncoding("latin1");
    connection.socket.on("data", (chunk: string) => {
      connection.received += chunk;
      const answer = answerIn(connection.received);
      if (!answer) return;
      if (!("status" in answer)) {
        connection.waiter?.reject(new Error(`${origin} answered without a length: ${connection.received}`));
        connection.socket.destroy();
        return;
      }
      connection.received = "";
      const { waiter } = connection;
      connection.waiter = undefined;
      const next = queue.shift();
      if (next) next(connection);
      else free.push(connection);
      waiter?.resolve(answer);
    });
    connection.socket.on("error", () => undefined);
    connection.socket.on("close", () => {
      all.delete(connection);
      connection.waiter?.reject(new Error(`${origin} closed the connection`));
    });
    return connection;
  }

  return {
    post: (path, body, headers = {}) =>
      new Promise((resolve, reject) => {
        const more = Object.entries(headers).map(([name, value]) => `${name}: ${value}\r\n`);
        const head =
          `POST ${path} HTTP/1.1\r\nhost: ${host}\r\ncontent-type: application/json\r\n` +
          `${more.join("")}content-length: ${Buffer.byteLength(body)}\r\n\r\n`;
        const send = (connection: Connection): void => {
          connection.waiter = { resolve, reject };
          connection.socket.write(head + body);
        };
        const connection = free.pop() ?? (all.size < connections ? connect() : undefined);
        if (connection) send(connection);
        else queue.push(send);
      }),
    async close() {
      await Promise.all(
        [...all].map(({ socket }) => new Promise<void>((resolve) => socket.once("close", () => resolve()).destroy())),
      );
    },
  };
}

/** What has come of an answer, once it is whole; its characters are bytes. */
function answerIn(received: string): Answer | { readonly withoutLength: true } | undefined {
  const end = received.indexOf("\r\n\r\n");
  if (end < 0) return undefined;
  const length = /\r\ncontent-length: *(\d+)/i.exec(received.slice(0, end + 2))?.[1];
  if (length === undefined) return { withoutLength: true };
  const text = received.slice(end + 4);
  if (text.length < Number(length)) return undefined;
  return { status: Number(received.slice(9, 12)), text: Buffer.from(text, "latin1").toString() };
}
