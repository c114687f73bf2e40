import {
  createServer,
  STATUS_CODES,
  type IncomingMessage,
  type RequestListener,
  type Server,
  type ServerResponse,
} from "node:http";
import { createServer as createTlsServer } from "node:https";
import type { Socket } from "node:net";

import {
  errorCodes,
  fastify,
  type ConnectionError,
  type FastifyError,
  type FastifyInstance,
  type FastifyReply,
  type FastifyRequest,
} from "fastify";

import type { Logger } from "../log.ts";
import { boundAddresses } from "./bound-addresses.ts";
import { isPastLastAnswer, lingerBeforeClose } from "./linger-before-close.ts";
import { BODY_LIMIT, createBodyReader } from "./read-body.ts";
import { stopPromptly } from "./stop-promptly.ts";
import { readTls, watchTls, type TlsFiles } from "./tls.ts";

/** How long a client may take to send its headers, and its whole request, in ms. */
const HEADERS_TIMEOUT = 10_000;
const REQUEST_TIMEOUT = 30_000;
/** Idle connections are kept for longer than clients usually keep theirs, so that it is the client who closes. */
const KEEP_ALIVE_TIMEOUT = 75_000;
/** Connections beyond this number are refused. */
const MAX_CONNECTIONS = 10_000;
/** And beyond this from one address. */
const CONNECTIONS_PER_ADDRESS = 1_000;
/** How often it is looked for those who take too long, in ms; Node would look twice a minute. */
const CHECKING_INTERVAL = 1_000;

/**
 * Answers a request before any route looks at it, or says `false` and leaves it to the routes, untouched.
 * @param isStopping whether the server stops by now: answers then close their connection
 */
export type FirstLook = (request: IncomingMessage, response: ServerResponse, isStopping: () => boolean) => boolean;

/** How long clients may take, in ms. */
export interface ClientTimeouts {
  /** For the handshake of TLS, and to send the headers; 10 s where it is absent. */
  readonly headersTimeout?: number | undefined;
  /** For a whole request; 30 s where it is absent. */
  readonly requestTimeout?: number | undefined;
  /** For what they go on sending after they were refused; 2 s where it is absent. */
  readonly lingerTimeout?: number | undefined;
}

/** What a server is made of. */
export interface HttpOptions extends ClientTimeouts {
  readonly tls?: TlsFiles | undefined;
  readonly log: Logger;
  /** The JSON text that answers a request which no route sees, because its URL or its head cannot be read. */
  readonly unreadable?: (status: number) => string;
  /** The HTTP status of those answers; the one that fits where it is absent. */
  readonly unreadableStatus?: number;
  /** Most connections from one address that is not the machine's own; 1000 where it is absent. */
  readonly connectionsPerAddress?: number | undefined;
  /** For what comes so often that the routes' own cost counts. */
  readonly first?: FirstLook | undefined;
  /**
   * Which requests to go on in another protocol are granted: the server's `upgrade` event tells of those alone. All others
   * are answered as if they had not asked, as HTTP wants it: some clients ask for HTTP/2 with every request.
   */
  readonly upgrades?: (request: IncomingMessage) => boolean;
}

const never = (): boolean => false;

/** Routes read what comes with schemas of their own. What Fastify would do it with takes a tenth of a start to load. */
const noSchemas = (): never => {
  throw new TypeError("routes have no schemas of Fastify's");
};

/**
 * An HTTP server with the bounds that every one of Muster's has: size, time and number of connections. Bodies
 * reach the routes as the bytes that came (`Buffer`), whatever their content type, also one that is malformed.
 */
export function createHttp(options: HttpOptions): FastifyInstance {
  const { tls, log, unreadable, unreadableStatus, first } = options;
  const http: FastifyInstance = fastify({
    bodyLimit: BODY_LIMIT,
    forceCloseConnections: "idle" as const,
    // What still comes over a busy connection while the server stops is in flight too: it is answered.
    return503OnClosing: false,
    routerOptions: { maxParamLength: 512 },
    schemaController: { compilersFactory: { buildValidator: noSchemas, buildSerializer: noSchemas } },
    ...(unreadable && answersForTheUnreadable(unreadable, unreadableStatus)),
    serverFactory: (routes) =>
      createBoundServer(options, (request, response) => {
        // Behind the last answer nothing is carried out: nobody would hear of it.
        if (isPastLastAnswer(request.socket)) request.resume();
        else if (!first?.(request, response, isStopping)) routes(request, response);
      }),
  });
  boundAddresses(http.server, options.connectionsPerAddress ?? CONNECTIONS_PER_ADDRESS);
  const isStopping = stopPromptly(http);
  lingerBeforeClose(http.server, isStopping, options.lingerTimeout);
  // Fastify refuses what it cannot read as a media type, before any parser is asked.
  http.addHook("onRequest", (request, _reply, done) => {
    delete request.headers["content-type"];
    done();
  });
  http.removeAllContentTypeParsers();
  const readBody = createBodyReader();
  http.addContentTypeParser("*", ({ raw, routeOptions }, _payload, done) => {
    readBody(
      raw,
      ({ buffer, byteOffset, byteLength }) => done(null, Buffer.from(buffer, byteOffset, byteLength)),
      () => done(new errorCodes.FST_ERR_CTP_BODY_TOO_LARGE()),
      routeOptions.bodyLimit,
    );
  });
  if (tls && "setSecureContext" in http.server) {
    const unwatch = watchTls(http.server as never, tls, (problem) =>
      log.error({ err: problem }, "the changed certificate cannot be used: the old one stays"),
    );
    http.addHook("onClose", (_instance, done) => {
      unwatch();
      done();
    });
  }
  return http;
}

function createBoundServer(options: HttpOptions, listener: RequestListener): Server {
  const { tls, headersTimeout = HEADERS_TIMEOUT, requestTimeout = REQUEST_TIMEOUT, upgrades = never } = options;
  const bounds = {
    shouldUpgradeCallback: (request: IncomingMessage) => !isPastLastAnswer(request.socket) && upgrades(request),
    connectionsCheckingInterval: CHECKING_INTERVAL,
    headersTimeout,
    requestTimeout,
    keepAliveTimeout: KEEP_ALIVE_TIMEOUT,
  };
  const server = tls
    ? createTlsServer({ ...readTls(tls), ...bounds, handshakeTimeout: headersTimeout }, listener)
    : createServer(bounds, listener);
  server.maxConnections = MAX_CONNECTIONS;
  return server;
}

const clientErrors: Readonly<Partial<Record<string, number>>> = {
  HPE_HEADER_OVERFLOW: 431,
  ERR_HTTP_REQUEST_TIMEOUT: 408,
};

/** What is wrong with connections over which no answer gets out. */
const LOST = /^(?:ECONNRESET|ERR_SSL_|ERR_TLS_)/;

function answersForTheUnreadable(body: (status: number) => string, always: number | undefined) {
  return {
    frameworkErrors: (error: FastifyError, _request: FastifyRequest, reply: FastifyReply): void => {
      const status = always ?? error.statusCode ?? 400;
      reply.code(status).type("application/json").send(body(status));
    },
    clientErrorHandler: (error: ConnectionError, socket: Socket): void => {
      // The parser goes on to find at fault what comes after what was.
      if (isPastLastAnswer(socket)) return;
      if (!socket.writable || LOST.test(error.code)) {
        socket.destroy(error);
        return;
      }
      const status = always ?? clientErrors[error.code] ?? 400;
      const text = body(status);
      socket.write(
        `HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nconnection: close\r\ncontent-type: application/json\r\n` +
          `content-length: ${Buffer.byteLength(text)}\r\n\r\n${text}`,
      );
      socket.destroySoon();
    },
  };
}
