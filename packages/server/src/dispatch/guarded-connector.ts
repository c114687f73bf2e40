import type { LookupAddress, LookupAllOptions } from "node:dns";
import { isIP, type LookupFunction } from "node:net";
import { createSecureContext } from "node:tls";

import { buildConnector } from "undici";

import type { CallbackTls } from "../app-settings.ts";
import { addressGuard, type Allowance } from "./address-guard.ts";

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

/**
 * A connector that refuses forbidden addresses at the moment of connecting, on the address really dialled: a
 * name is resolved once, all its addresses are judged, and one forbidden refuses all. A custom lookup is not
 * asked about addresses that are written out, so those are judged before. Over TLS every connection's certificate is
 * verified anew, whatever the process's environment says.
 */
export function guardedConnector(
  { tls, ...allowance }: Connecting,
  timeout: number,
  resolve: Resolve,
): buildConnector.connector {
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
  const connect = buildConnector({
    timeout,
    lookup: guardedLookup,
    secureContext: createSecureContext({ ...tls, minVersion: "TLSv1.2" }),
    // Said here because NODE_TLS_REJECT_UNAUTHORIZED would decide otherwise.
    rejectUnauthorized: true,
    // A session that is resumed would not show its certificate again.
    maxCachedSessions: 0,
    allowH2: false,
  });
  return (options, callback) => {
    const literal = options.hostname.replace(/^\[|\]$/g, "");
    if (isIP(literal) !== 0 && isForbidden(literal)) {
      callback(new ForbiddenAddressError(), null);
      return;
    }
    connect(options, options.protocol === "https:" ? sayingWhy(callback) : callback);
  };
}

/** The endpoint broke the handshake off without a word. */
export class HandshakeBrokenOffError extends Error {
  override readonly name = "HandshakeBrokenOffError";

  constructor(cause: Error) {
    super("the endpoint broke the handshake off", { cause });
  }
}

/** Hands on what became of a connection over TLS, and sees to it that why it failed is not lost. */
function sayingWhy(callback: buildConnector.Callback): buildConnector.Callback {
  return (...[error, socket]) => {
    if (error) {
      // There was a connection: what was refused is the client.
      const isReset = "code" in error && (error.code === "ECONNRESET" || error.code === "EPIPE");
      callback(isReset ? new HandshakeBrokenOffError(error) : error, null);
      return;
    }
    // In TLS 1.3 a client certificate is refused when the client thinks that all is well. The end of the connection
    // follows at once, and would pass for the reason.
    socket.on("error", (alert: Error) => socket.destroy(alert));
    callback(null, socket);
  };
}
