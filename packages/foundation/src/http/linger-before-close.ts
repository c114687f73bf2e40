import type { Server } from "node:http";
import { Socket } from "node:net";

import { readyEvent } from "./ready-event.ts";

/** For how long a connection is still read after its last answer, in ms: as long as callers wait for one. */
const LINGER_TIMEOUT = 2_000;

/**
 * Makes the last answer over a connection arrive. Who closes a connection while bytes of it are unread, or on their way, makes
 * the machine reset it, and a sender that writes all before it reads finds the reset instead of the answer. So the own side
 * is ended first, and what still comes is passed over until the other side has ended too, for `timeout` ms at the most.
 * A server that stops does not wait for that.
 * @param timeout 2 s where it is absent
 */
export function lingerBeforeClose(server: Server, isStopping: () => boolean, timeout = LINGER_TIMEOUT): void {
  server.on(readyEvent(server), (socket: Socket) => {
    // What Node.js ends a connection with, behind its last answer.
    socket.destroySoon = () => {
      if (isStopping() || !socket.writable) {
        Socket.prototype.destroySoon.call(socket);
        return;
      }
      socket.end();
      const timer = setTimeout(() => socket.destroy(), timeout);
      socket.once("close", () => clearTimeout(timer));
    };
  });
}

/** Whether all has been said over a connection: what still comes over it is nobody's to answer. */
export function isPastLastAnswer({ writableEnded }: Socket): boolean {
  return writableEnded;
}
