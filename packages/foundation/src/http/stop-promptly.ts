import type { Socket } from "node:net";

import type { FastifyInstance } from "fastify";

import { isPastLastAnswer } from "./linger-before-close.ts";
import { readyEvent } from "./ready-event.ts";

/**
 * Makes a server that stops wait for the requests that are under way and for nothing else. Node closes the
 * connections that are idle at that moment, but not those over which nothing has come yet (browsers and HTTP
 * clients open them ahead of their requests), not those that become idle afterwards, and not those that linger: it
 * would wait for their time-outs. Returns whether it stops by now, for those who answer without Fastify.
 */
export function stopPromptly(http: FastifyInstance): () => boolean {
  /** The bytes that had come over each connection when it was opened: with TLS, those of the handshake. */
  const opened = new Map<Socket, number>();
  let stopping = false;
  http.server.on(readyEvent(http.server), (socket: Socket) => {
    if (stopping) {
      socket.destroy();
      return;
    }
    opened.set(socket, socket.bytesRead);
    socket.once("close", () => opened.delete(socket));
  });
  http.addHook("preClose", (done) => {
    stopping = true;
    for (const [socket, before] of opened) {
      if (socket.bytesRead === before) socket.destroy();
      else if (isPastLastAnswer(socket)) socket.destroySoon();
    }
    done();
  });
  http.addHook("onSend", (_request, reply, payload, done) => {
    if (stopping) reply.header("connection", "close");
    done(null, payload);
  });
  return () => stopping;
}
