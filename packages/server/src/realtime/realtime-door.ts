import type { IncomingMessage, Server } from "node:http";
import type { Duplex } from "node:stream";

import { REALTIME_PATH } from "@muster/protocol";
import { WebSocketServer } from "ws";

import { clientAddress } from "../client-address.ts";
import { serveConnection, type ConnectionPorts } from "./connection.ts";
import { reportDepartures } from "./departures.ts";
import { forgetOldNotices } from "./forgetting.ts";
import { tellConnected } from "./notifier.ts";

/** Largest frame that is read, in bytes. */
const MAX_FRAME_BYTES = 262_144;

/** Whether a request asks for an app user's connection. */
export function isForRealtime({ url, headers }: IncomingMessage): boolean {
  return url?.split("?", 1)[0] === REALTIME_PATH && headers.upgrade?.toLowerCase() === "websocket";
}

/**
 * App users' connections: WebSockets at `/v4/client`. Returns how to end them all.
 * @param server one that upgrades what is for realtime, and nothing else
 */
export function realtimeDoor(server: Server, ports: ConnectionPorts): { stop(): Promise<void> } {
  tellConnected(ports.sessions, ports.notices, ports.log);
  reportDepartures(ports);
  const stopForgetting = forgetOldNotices(ports);
  const connections = new Set<{ stop(): void }>();
  const webSockets = new WebSocketServer({ noServer: true, maxPayload: MAX_FRAME_BYTES, perMessageDeflate: false });

  webSockets.on("connection", (socket, request) => {
    const connection = serveConnection(socket, clientAddress(request.socket.remoteAddress), ports);
    connections.add(connection);
    socket.on("close", () => connections.delete(connection));
  });

  server.on("upgrade", (request: IncomingMessage, socket: Duplex, head: Buffer) => {
    webSockets.handleUpgrade(request, socket, head, (webSocket) => {
      webSockets.emit("connection", webSocket, request);
    });
  });

  return {
    async stop() {
      ports.sessions.stop();
      stopForgetting();
      const closed = new Promise<void>((resolve) => webSockets.close(() => resolve()));
      const gone = [...webSockets.clients].map((socket) => new Promise((resolve) => socket.on("close", resolve)));
      for (const connection of connections) connection.stop();
      await Promise.all([closed, ...gone]);
    },
  };
}
