import { once } from "node:events";
import { connect, createServer, type AddressInfo, type Socket } from "node:net";

import { onTestFinished } from "vitest";

/** One address for several servers: each connection goes to the next one that takes it. */
export interface Balancer {
  readonly url: string;
}

/** @param ports of servers on loopback, which may come and go */
export async function startBalancer(ports: readonly number[]): Promise<Balancer> {
  const sockets = new Set<Socket>();
  let turn = 0;

  function keep(socket: Socket): void {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
    // What breaks on one side ends on the other: whoever is there notices.
    socket.on("error", () => undefined);
  }

  function forward(client: Socket, tries: number): void {
    const port = ports[(turn += 1) % ports.length] ?? 0;
    const server = connect(port, "127.0.0.1");
    keep(server);
    server.once("connect", () => {
      client.pipe(server).pipe(client);
      client.once("close", () => server.destroy());
      server.once("close", () => client.destroy());
    });
    server.once("error", () => {
      if (!server.connecting && server.bytesRead + server.bytesWritten > 0) return;
      if (tries > 1) forward(client, tries - 1);
      else client.destroy();
    });
  }

  const listener = createServer((client) => {
    keep(client);
    forward(client, ports.length);
  });
  listener.listen(0, "127.0.0.1");
  await once(listener, "listening");
  onTestFinished(() => {
    for (const socket of sockets) socket.destroy();
    listener.close();
  });
  return { url: `http://127.0.0.1:${(listener.address() as AddressInfo).port}` };
}
