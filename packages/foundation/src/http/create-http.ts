import { fastify, type FastifyInstance } from "fastify";

import type { Logger } from "../log.ts";
import { readTls, watchTls, type TlsFiles } from "./tls.ts";

/** Largest body that is read, in bytes. */
export const BODY_LIMIT = 1_048_576;

/** How long a client may take to send its headers, and its whole request, in ms. */
const HEADERS_TIMEOUT = 10_000;
const REQUEST_TIMEOUT = 30_000;
/** Idle connections are kept for longer than clients usually keep theirs, so that it is the client who closes. */
const KEEP_ALIVE_TIMEOUT = 75_000;
/** Connections beyond this number are refused. */
const MAX_CONNECTIONS = 10_000;

/**
 * An HTTP server with the bounds that every one of Muster's has: size, time and number of connections. Bodies
 * reach the routes as the bytes that came (`Buffer`), whatever their content type.
 */
export function createHttp(options: { readonly tls?: TlsFiles | undefined; readonly log: Logger }): FastifyInstance {
  const { tls, log } = options;
  const base = {
    bodyLimit: BODY_LIMIT,
    requestTimeout: REQUEST_TIMEOUT,
    keepAliveTimeout: KEEP_ALIVE_TIMEOUT,
    forceCloseConnections: "idle" as const,
    routerOptions: { maxParamLength: 512 },
  };
  const http: FastifyInstance = tls
    ? (fastify({ ...base, https: readTls(tls) }) as unknown as FastifyInstance)
    : fastify(base);
  http.server.headersTimeout = HEADERS_TIMEOUT;
  http.server.maxConnections = MAX_CONNECTIONS;
  http.removeAllContentTypeParsers();
  http.addContentTypeParser("*", { parseAs: "buffer" }, (_request, body, done) => {
    done(null, body);
  });
  if (tls && "setSecureContext" in http.server) {
    const unwatch = watchTls(http.server as never, tls, (problem) => log.error({ err: problem }, problem.message));
    http.addHook("onClose", (_instance, done) => {
      unwatch();
      done();
    });
  }
  return http;
}
