import type { Logger } from "@muster/foundation";
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest, HTTPMethods } from "fastify";

import { clientAddress } from "../client-address.ts";
import { AdminRefusal } from "./admin-refusal.ts";
import type { AdminPorts, AdminRoute } from "./admin-route.ts";
import { createBearerCheck } from "./bearer-check.ts";
import { openApiDocument } from "./openapi.ts";
import { fitOrRefuse, fitTexts, readJsonBody } from "./read-parts.ts";
import { adminRoutes } from "./routes.ts";

/** Largest body that is read, in bytes: settings are small. */
const BODY_LIMIT = 65_536;
const DOCUMENT_PATH = "/openapi.json";
const methods: readonly HTTPMethods[] = ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"];

export interface AdminDoorPorts extends AdminPorts {
  /** The bearer token; without one the door is shut. */
  readonly adminToken: string | undefined;
  readonly log: Logger;
}

/** The admin API: JSON under `/admin/v1`, with the admin token as the bearer's. */
export function adminDoor(http: FastifyInstance, ports: AdminDoorPorts): void {
  const { adminToken, now, log } = ports;
  const bearer = adminToken === undefined ? undefined : createBearerCheck(adminToken, now, log);
  const document = JSON.stringify(openApiDocument(adminRoutes));

  void http.register(
    async (scope) => {
      scope.addHook("onRequest", async (request, reply) => {
        void reply.headers({ "cache-control": "no-store", "x-content-type-options": "nosniff" });
        if (!bearer) throw isOff();
        // The document tells nothing that is not public; tools load it from here.
        if (request.method === "GET" && request.routeOptions.url?.endsWith(DOCUMENT_PATH)) return;
        bearer.admit(request.headers.authorization, clientAddress(request.socket.remoteAddress));
      });
      scope.setErrorHandler((error: FastifyError | AdminRefusal, request, reply) =>
        sendRefusal(reply, refusalOf(error, request, log)),
      );
      scope.setNotFoundHandler(() => {
        throw new AdminRefusal(
          "not-found",
          `There is nothing at this path: /admin/v1${DOCUMENT_PATH} says what there is.`,
        );
      });
      scope.get(DOCUMENT_PATH, (_request, reply) => reply.type("application/json").send(document));
      const paths = Map.groupBy(adminRoutes, ({ path }) => path);
      for (const [path, routes] of paths) addPath(scope, path, routes, ports);
      refuseOtherMethods(scope, DOCUMENT_PATH, ["GET"]);
    },
    { prefix: "/admin/v1" },
  );
}

function addPath(scope: FastifyInstance, path: string, routes: readonly AdminRoute[], ports: AdminDoorPorts): void {
  const url = path.replaceAll(/\{(\w+)\}/g, ":$1");
  for (const route of routes) {
    scope.route({
      method: route.method,
      url,
      bodyLimit: BODY_LIMIT,
      async handler(request, reply) {
        const answer = await route.handle(ports, readRequest(route, request));
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

function readRequest(route: AdminRoute, request: FastifyRequest): Parameters<AdminRoute["handle"]>[1] {
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

function logChange(log: Logger, { operationId }: AdminRoute, request: FastifyRequest): void {
  log.info({ operationId, path: request.url.split("?", 1)[0] }, "the admin API was used");
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
