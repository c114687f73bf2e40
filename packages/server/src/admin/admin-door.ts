import type { Logger } from "@muster/foundation";
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest, HTTPMethods } from "fastify";

import { clientAddress } from "../client-address.ts";
import type { SessionRecords } from "../ports/session-records.ts";
import { AdminRefusal } from "./admin-refusal.ts";
import type { AdminPorts, AdminRequest, AdminRoute } from "./admin-route.ts";
import { createAuthentication, type Sender } from "./authentication.ts";
import { openApiDocument } from "./openapi.ts";
import { fitOrRefuse, fitTexts, readJsonBody } from "./read-parts.ts";
import { adminRoutes } from "./routes.ts";
import type { Session } from "./sessions.ts";

/** Largest body that is read, in bytes: settings are small. */
const BODY_LIMIT = 65_536;
const PREFIX = "/admin/v1";
const DOCUMENT_PATH = "/openapi.json";
const methods: readonly HTTPMethods[] = ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];

export interface AdminDoorPorts extends Omit<AdminPorts, "authentication"> {
  /** The bearer token; without one the door is shut. */
  readonly adminToken: string | undefined;
  /** Who is signed in to the console. */
  readonly records: SessionRecords;
  readonly log: Logger;
}

/** The operations that nobody has to be known for. */
const open = new Set(
  adminRoutes.filter(({ isOpen }) => isOpen).map(({ method, path }) => `${method} ${PREFIX}${path}`),
);

/** The admin API: JSON under `/admin/v1`, for those who have the admin token, or a session of the console. */
export function adminDoor(http: FastifyInstance, ports: AdminDoorPorts): void {
  const { adminToken } = ports;
  const authentication = adminToken === undefined ? undefined : createAuthentication({ ...ports, adminToken });
  const sessions = new WeakMap<FastifyRequest, Session>();
  // Made when somebody asks: a start need not wait for it.
  let document: string | undefined;

  void http.register(
    async (scope) => {
      scope.addHook("onRequest", async (request, reply) => {
        void reply.headers({ "cache-control": "no-store", "x-content-type-options": "nosniff" });
        if (!authentication) throw isOff();
        // The document tells nothing that is not public; tools load it from here.
        if (request.method === "GET" && request.routeOptions.url?.endsWith(DOCUMENT_PATH)) return;
        if (open.has(`${request.method} ${request.routeOptions.url}`)) return;
        const session = await authentication.admit(senderOf(request));
        if (session) sessions.set(request, session);
      });
      // Before the server waits for its connections to end: these would not by themselves.
      scope.addHook("preClose", (done) => {
        ports.live.closeAll();
        done();
      });
      scope.setErrorHandler((error: FastifyError | AdminRefusal, request, reply) =>
        sendRefusal(reply, refusalOf(error, request, ports.log)),
      );
      scope.setNotFoundHandler(() => {
        throw new AdminRefusal(
          "not-found",
          `There is nothing at this path: ${PREFIX}${DOCUMENT_PATH} says what there is.`,
        );
      });
      scope.get(DOCUMENT_PATH, (_request, reply) => {
        document ??= JSON.stringify(openApiDocument(adminRoutes));
        return reply.type("application/json").send(document);
      });
      const paths = Map.groupBy(adminRoutes, ({ path }) => path);
      if (authentication) {
        const all = { ...ports, authentication };
        for (const [path, routes] of paths) addPath(scope, path, routes, all, sessions);
      }
      refuseOtherMethods(scope, DOCUMENT_PATH, ["GET"]);
    },
    { prefix: PREFIX },
  );
}

function addPath(
  scope: FastifyInstance,
  path: string,
  routes: readonly AdminRoute[],
  ports: AdminPorts & AdminDoorPorts,
  sessions: WeakMap<FastifyRequest, Session>,
): void {
  const url = path.replaceAll(/\{(\w+)\}/g, ":$1");
  for (const route of routes) {
    scope.route({
      method: route.method,
      url,
      bodyLimit: BODY_LIMIT,
      async handler(request, reply) {
        const sender = { sender: senderOf(request), session: sessions.get(request) };
        const answer = await route.handle(ports, { ...readRequest(route, request), ...sender });
        if (answer.stream) {
          reply.hijack();
          answer.stream(reply.raw);
          return reply;
        }
        if (route.method !== "GET") logChange(ports.log, route, request);
        return await reply
          .status(answer.status)
          .headers(answer.headers ?? {})
          .send(answer.body);
      },
    });
  }
  refuseOtherMethods(
    scope,
    url,
    routes.map(({ method }) => method),
  );
}

function refuseOtherMethods(scope: FastifyInstance, url: string, allowed: readonly string[]): void {
  scope.route({
    method: methods.filter((method) => !allowed.includes(String(method))),
    url,
    handler(request) {
      const allow = allowed.join(", ");
      throw new AdminRefusal("method-not-allowed", `${request.method} cannot be done here: use ${allow}.`, {
        headers: { allow },
      });
    },
  });
}

function senderOf({ method, headers, socket }: FastifyRequest): Sender {
  return { method, headers, address: clientAddress(socket.remoteAddress) };
}

function readRequest(route: AdminRoute, request: FastifyRequest): Omit<AdminRequest, "sender" | "session"> {
  const json = route.body && readJsonBody(request.body, headerOf(request, "content-type"));
  return {
    path: fitTexts(route.parameters, request.params as Record<string, unknown>, "the path"),
    query: fitTexts(route.query, request.query as Record<string, unknown>, "the query"),
    body: route.body && fitOrRefuse(route.body, json, "the body"),
    ifMatch: request.headers["if-match"],
    clientIp: clientAddress(request.socket.remoteAddress),
  };
}

/** A header as it came: the server takes the content type away before anything else, so that any body is read. */
function headerOf({ raw: { rawHeaders } }: FastifyRequest, name: string): string | undefined {
  const at = rawHeaders.findIndex((header, i) => i % 2 === 0 && header.toLowerCase() === name);
  return at === -1 ? undefined : rawHeaders[at + 1];
}

/** Groups and users are in the path: they are named at debug alone. */
function logChange(log: Logger, { operationId, path }: AdminRoute, { url, params }: FastifyRequest): void {
  const given = params as Readonly<Record<string, unknown>>;
  const unnamed = path.replaceAll(/\{(sdkAppId|position)\}/g, (_part, name: string) => String(given[name]));
  log.info({ operationId, path: `${PREFIX}${unnamed}` }, "the admin API was used");
  log.debug({ operationId, path: url.split("?", 1)[0] }, "this is what the admin API was used for");
}

function sendRefusal(reply: FastifyReply, refusal: AdminRefusal): FastifyReply {
  return reply.status(refusal.status).headers(refusal.headers).send(refusal.body);
}

function isOff(): AdminRefusal {
  return new AdminRefusal(
    "admin-api-off",
    "The admin API is off: set server.adminToken (or server.adminTokenFile, or MUSTER_SERVER_ADMIN_TOKEN) and start the server again.",
  );
}

function refusalOf(error: FastifyError | AdminRefusal, request: FastifyRequest, log: Logger): AdminRefusal {
  if (error instanceof AdminRefusal) return error;
  if (error.code === "FST_ERR_CTP_BODY_TOO_LARGE") {
    return new AdminRefusal("too-large", `The body is longer than ${BODY_LIMIT / 1_024} KiB: send less.`);
  }
  if ((error.statusCode ?? 500) < 500) {
    return new AdminRefusal("invalid-json", "The request cannot be read: check that it is sent to its end.");
  }
  log.error({ err: error, url: request.routeOptions.url }, "a request to the admin API failed");
  return new AdminRefusal("internal", "The server failed: see its log.");
}
