import type { Clock } from "@muster/foundation";

import type { Connect } from "./guarded-connector.ts";
import { ConnectionLostError, createConnection, type Connection } from "./connection.ts";
import type { Exchange } from "./exchange.ts";

/** Most connections to one origin: as many as an app may have attempts at a time. */
const CONNECTIONS = 256;
/** How long a connection that is free may still be used, in ms, where the endpoint does not say how long it keeps it. */
const KEPT = 4_000;
/** So much sooner than the endpoint ends it a connection is given up, in ms: a request may be on its way for as long. */
const SPARE = 1_000;

/** Connections to one origin. */
export interface Pool {
  /** Begins an exchange over a connection that is free, or as soon as there is one. */
  send(exchange: Exchange): void;
  /** Ends each connection once nothing is under way over it; resolves when all are closed. */
  close(): Promise<void>;
  /** Ends all connections, also those in use. */
  destroy(): Promise<void>;
}

/** A connection that waits for something to carry, and since when, in ms since 1970. */
interface Free {
  readonly connection: Connection;
  readonly since: number;
}

/**
 * Connections to one origin, made when they are needed. After an answer a connection RESTS until the turn of the event
 * loop is over, so that an endpoint that ends it behind an answer has the time to do so, and is FREE then.
 */
export function createPool(connect: Connect, clock: Clock): Pool {
  /** In the order in which they came. No Set: the tables that one leaves behind keep what was in them, and each other. */
  const waiting: Exchange[] = [];
  const open = new Set<Connection>();
  /** The last that became free is used first: the others may be let go of. */
  const free: Free[] = [];
  let resting: Connection[] = [];
  /** For whom connections are being made, and how that is called off. */
  const connecting = new Map<Exchange, () => void>();
  let closed: (() => void) | undefined;

  function onFree(connection: Connection): void {
    if (resting.length === 0) setImmediate(endRest);
    resting.push(connection);
  }

  function endRest(): void {
    const rested = resting;
    resting = [];
    const since = clock.now();
    for (const connection of rested) {
      if (connection.isOpen) use(connection, since);
    }
    makeMore();
    checkClosed();
  }

  /** Gives a connection to who waits for one. */
  function use(connection: Connection, since: number): void {
    const exchange = nextWaiting();
    if (exchange) connection.send(exchange);
    else if (closed) connection.destroy();
    else free.push({ connection, since });
  }

  /** Who has waited longest, and still does. */
  function nextWaiting(): Exchange | undefined {
    let exchange = waiting.shift();
    while (exchange?.isOver) exchange = waiting.shift();
    return exchange;
  }

  /** One that is free and that the endpoint is not about to end. */
  function takeFree(): Connection | undefined {
    for (let last = free.pop(); last; last = free.pop()) {
      const { connection, since } = last;
      const kept = connection.keptFor === undefined ? KEPT : connection.keptFor * 1_000 - SPARE;
      if (connection.isOpen && clock.now() - since < kept) return connection;
      connection.destroy();
    }
    return undefined;
  }

  /** Makes connections for those who wait and cannot count on one. */
  function makeMore(): void {
    for (let i = 0, exchange = waiting[i]; exchange; exchange = waiting[i]) {
      if (exchange.isOver) {
        waiting.splice(i, 1);
        connecting.get(exchange)?.();
        continue;
      }
      if (waiting.length <= connecting.size + resting.length || open.size + connecting.size >= CONNECTIONS) return;
      if (!connecting.has(exchange)) makeFor(exchange);
      i += 1;
    }
  }

  /** Whether an exchange waited, which it does not any more. */
  function withdraw(exchange: Exchange): boolean {
    const place = waiting.indexOf(exchange);
    if (place >= 0) waiting.splice(place, 1);
    return place >= 0;
  }

  /** Makes a connection because of an exchange, which then goes over it or over another that is free sooner. */
  function makeFor(exchange: Exchange): void {
    const callOff = connect((error, socket) => {
      connecting.delete(exchange);
      if (socket) {
        const connection = createConnection(socket, { onFree, onClosed });
        open.add(connection);
        use(connection, clock.now());
      } else if (withdraw(exchange)) {
        exchange.fail(error);
      }
      makeMore();
      checkClosed();
    });
    connecting.set(exchange, callOff);
  }

  function onClosed(connection: Connection, unheard: Exchange | undefined): void {
    open.delete(connection);
    if (unheard) {
      unheard.isAgain = true;
      waiting.unshift(unheard);
    }
    makeMore();
    checkClosed();
  }

  function checkClosed(): void {
    if (!closed) return;
    if (waiting.length === 0) for (const callOff of connecting.values()) callOff();
    if (open.size === 0 && connecting.size === 0) closed();
  }

  function close(): Promise<void> {
    return new Promise((resolve) => {
      closed = resolve;
      for (const { connection } of free.splice(0)) connection.destroy();
      checkClosed();
    });
  }

  return {
    send(exchange) {
      const connection = takeFree();
      if (connection) connection.send(exchange);
      else {
        waiting.push(exchange);
        makeMore();
      }
    },
    close,
    destroy() {
      for (const exchange of waiting.splice(0)) exchange.fail(new ConnectionLostError());
      const ended = close();
      for (const connection of open) connection.destroy();
      return ended;
    },
  };
}
