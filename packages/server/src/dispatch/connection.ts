import type { Socket } from "node:net";

import { createAnswerReader, type WholeAnswer } from "./answer-reader.ts";
import type { Carrier, Exchange } from "./exchange.ts";

/** The connection ended before the answer was whole. */
export class ConnectionLostError extends Error {
  override readonly name = "ConnectionLostError";

  constructor() {
    super("the connection was closed before the answer was whole");
  }
}

/** A connection to an endpoint: FREE, or with one request under way, until it is CLOSED. */
export interface Connection extends Carrier {
  readonly isOpen: boolean;
  /** How long the endpoint keeps it, in seconds, as it said the last time. */
  readonly keptFor: number | undefined;
  /** Begins an exchange, on a connection that is free. */
  send(exchange: Exchange): void;
}

export interface ConnectionEvents {
  /** The answer has come, and another request may follow: not at once, but when the running turn is over. */
  readonly onFree: (connection: Connection) => void;
  /**
   * @param unheard what was under way, where the endpoint has very likely given up a connection that was free at the moment at
   * which the request was sent: that can be sent again over another
   */
  readonly onClosed: (connection: Connection, unheard: Exchange | undefined) => void;
}

/** How a connection ends that the other side has closed before it read what was sent. */
const CLOSED_THERE = new Set<unknown>(["ECONNRESET", "EPIPE"]);

/**
 * Carries requests over a socket that is connected, one at a time. Another follows only after a whole answer and not a
 * byte more: whatever else comes ends the connection.
 */
export function createConnection(socket: Socket, { onFree, onClosed }: ConnectionEvents): Connection {
  const reader = createAnswerReader();
  let current: Exchange | undefined;
  let keptFor: number | undefined;
  let reason: Error | undefined;
  /** Whether an answer has come over it before; anything of one to what is under way; and whether it was ended there. */
  let isUsed = false;
  let isHeard = false;
  let isClosedThere = false;

  function finish(answer: WholeAnswer): void {
    const finished = current;
    current = undefined;
    isUsed = true;
    keptFor = answer.keptFor;
    // An answer that came before the whole request was written says nothing of how its rest is taken.
    if (answer.leavesOpen && socket.writableLength === 0) onFree(connection);
    else socket.destroy();
    finished?.succeed(answer);
  }

  function end(why: unknown): void {
    reason ??= why instanceof Error ? why : new Error(String(why));
    socket.destroy();
  }

  socket.on("data", (chunk: Buffer) => {
    // Bytes that nobody asked for: they might pass for the next answer.
    if (!current) return end(new ConnectionLostError());
    isHeard = true;
    try {
      const answer = reader.read(chunk);
      if (answer) finish(answer);
    } catch (error) {
      end(error);
    }
  });
  socket.on("end", () => {
    const answer = reader.end();
    if (answer) return finish(answer);
    isClosedThere = true;
    socket.destroy();
  });
  socket.on("error", (error: NodeJS.ErrnoException) => {
    isClosedThere = CLOSED_THERE.has(error.code);
    end(error);
  });
  socket.on("close", () => {
    const unanswered = current;
    current = undefined;
    const isUnheard = isUsed && isClosedThere && !isHeard && unanswered?.isAgain === false;
    if (!isUnheard) unanswered?.fail(reason ?? new ConnectionLostError(), reader.begun());
    onClosed(connection, isUnheard ? unanswered : undefined);
  });

  const connection: Connection = {
    get isOpen() {
      return !socket.destroyed && socket.writable;
    },
    get keptFor() {
      return keptFor;
    },
    begun: reader.begun,
    send(exchange) {
      current = exchange;
      isHeard = false;
      exchange.over(connection);
      socket.write(exchange.request);
    },
    destroy() {
      socket.destroy();
    },
  };
  return connection;
}
