import type { LookupAddress, LookupAllOptions } from "node:dns";
import { connect as connectTcp, type LookupFunction, type Socket } from "node:net";
import { connect as connectTls, createSecureContext } from "node:tls";

import { addressGuard, literalAddress, type Allowance } from "../address-guard.ts";
import type { CallbackTls } from "../app-settings.ts";

/** A callback's URL leads to an address that the server must not call. */
export class ForbiddenAddressError extends Error {
  override readonly name = "ForbiddenAddressError";

  constructor() {
    // Without the address: what a name resolves to inside is nobody's business outside.
    super("the URL leads to an address that callbacks must not be sent to (see allowPrivateNetwork and allowNetworks)");
  }
}

/** Finds all addresses of a name. */
export type Resolve = (
  hostname: string,
  options: LookupAllOptions,
  callback: (error: NodeJS.ErrnoException | null, addresses: LookupAddress[]) => void,
) => void;

/** What connections are made by. */
export interface Connecting extends Allowance {
  readonly tls: CallbackTls | undefined;
}

/** Begins to connect, and tells what became of it. What is returned calls it off, which is told of as a failure. */
export type Connect = (
  done: (...result: [error: Error, socket: null] | [error: null, socket: Socket]) => void,
) => () => void;

/** How long nothing may be heard over a connection, in ms, until it is asked whether the other side is still there. */
const KEEP_ALIVE = 60_000;

/**
 * Connects to an origin, and refuses forbidden addresses at that moment, on the address really dialled: a
 * name is resolved once, all its addresses are judged, and one forbidden refuses all. A custom lookup is not
 * asked about addresses that are written out, so those are judged before. Over TLS every connection's certificate is
 * verified anew, whatever the process's environment says.
 * @param timeout in ms, over the handshake too
 */
export function guardedConnector(
  origin: string,
  { tls, ...allowance }: Connecting,
  timeout: number,
  resolve: Resolve,
): Connect {
  const isForbidden = addressGuard(allowance);
  const guardedLookup: LookupFunction = (hostname, options, callback) => {
    resolve(hostname, { ...options, all: true }, (error, addresses) => {
      if (error) return callback(error, "");
      if (addresses.some(({ address }) => isForbidden(address))) return callback(new ForbiddenAddressError(), "");
      const first = addresses[0];
      if (!first) return callback(Object.assign(new Error("the name has no address"), { code: "ENOTFOUND" }), "");
      return options.all ? callback(null, addresses) : callback(null, first.address, first.family);
    });
  };
  const { protocol, hostname, port } = new URL(origin);
  const literal = literalAddress(hostname);
  const host = literal ?? hostname;
  const overTls = protocol === "https:";
  const target = {
    host,
    port: Number(port) || (overTls ? 443 : 80),
    lookup: guardedLookup,
    noDelay: true,
    keepAlive: true,
    keepAliveInitialDelay: KEEP_ALIVE,
  };
  const secured = overTls && {
    ...target,
    servername: literal === undefined ? host : "",
    // No session is handed on from one to the next: one that is resumed would not show its certificate again.
    secureContext: createSecureContext({ ...tls, minVersion: "TLSv1.2" }),
    // Said here because NODE_TLS_REJECT_UNAUTHORIZED would decide otherwise.
    rejectUnauthorized: true,
    ALPNProtocols: ["http/1.1"],
  };
  return (done) => {
    if (literal !== undefined && isForbidden(literal)) {
      queueMicrotask(() => done(new ForbiddenAddressError(), null));
      return () => undefined;
    }
    const socket = secured ? connectTls(secured) : connectTcp(target);
    const limit = setTimeout(() => socket.destroy(new ConnectTimeoutError()), timeout);
    const fail = (error: Error): void => {
      clearTimeout(limit);
      done(overTls ? sayingWhy(error) : error, null);
    };
    socket.once("error", fail);
    socket.once(overTls ? "secureConnect" : "connect", () => {
      clearTimeout(limit);
      socket.off("error", fail);
      done(null, socket);
    });
    return () => socket.destroy(new ConnectTimeoutError());
  };
}

/** There was no connection in time. */
class ConnectTimeoutError extends Error {
  override readonly name = "ConnectTimeoutError";
  readonly code = "ETIMEDOUT";

  constructor() {
    super("there was no connection in time");
  }
}

/** The endpoint broke the handshake off without a word. */
export class HandshakeBrokenOffError extends Error {
  override readonly name = "HandshakeBrokenOffError";

  constructor(cause: Error) {
    super("the endpoint broke the handshake off", { cause });
  }
}

/** Why there is no connection over TLS. Where there was one until the handshake, what was refused is the client. */
function sayingWhy(error: Error): Error {
  const isReset = "code" in error && (error.code === "ECONNRESET" || error.code === "EPIPE");
  return isReset ? new HandshakeBrokenOffError(error) : error;
}
