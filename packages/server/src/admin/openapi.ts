import * as z from "zod";

import { refusalBody, refusalStatus, type RefusalCode } from "./admin-refusal.ts";
import type { AdminRoute } from "./admin-route.ts";
import { SESSION_COOKIE } from "./authentication.ts";
import { VERSION } from "../version.ts";

type Json = Readonly<Record<string, unknown>>;

/** What every operation can be refused with. */
const always: readonly RefusalCode[] = ["unauthorized", "admin-api-off", "invalid", "too-many-requests", "internal"];
/** And every one that takes a body. */
const withBody: readonly RefusalCode[] = ["invalid-json", "too-large", "unsupported-media-type"];

const meanings: Readonly<Record<RefusalCode, string>> = {
  "invalid-json": "The body is no JSON",
  unauthorized: "The admin token is missing or wrong",
  "admin-api-off": "The server has no adminToken",
  "not-found": "There is no such thing",
  "method-not-allowed": "The path takes other methods",
  conflict: "It cannot be done as things are",
  "precondition-failed": "It was changed since the version that If-Match names",
  "too-large": "The body is too long",
  "unsupported-media-type": "The body is said to be something else than JSON",
  invalid: "What was given cannot be used; problems says why, all at once",
  "too-many-requests": "Too many wrong tokens came from this address",
  internal: "The server failed",
};

/** The OpenAPI document of the admin API. */
export function openApiDocument(routes: readonly AdminRoute[]): Json {
  const paths = Map.groupBy(routes, ({ path }) => path);
  return {
    openapi: "3.1.1",
    info: {
      title: "Muster's admin API",
      version: VERSION,
      description:
        "Apps, their settings and their endpoints; deliveries and replays. Changes take effect at once and survive a " +
        "restart. Secrets are never shown again.",
      license: { name: "MIT", identifier: "MIT" },
    },
    servers: [{ url: "/admin/v1" }],
    security: [{ adminToken: [] }, { session: [] }],
    paths: Object.fromEntries(
      [...paths].map(([path, list]) => [
        path,
        Object.fromEntries(list.map((route) => [route.method.toLowerCase(), operation(route)])),
      ]),
    ),
    components: {
      securitySchemes: {
        adminToken: { type: "http", scheme: "bearer", description: "server.adminToken" },
        session: { type: "apiKey", in: "cookie", name: SESSION_COOKIE, description: "of the console" },
      },
      schemas: { Refusal: schemaOf(refusalBody, "output") },
    },
  };
}

function operation(route: AdminRoute): Json {
  const { operationId, summary, description, answer, versioned } = route;
  const headers = versioned && { ETag: { description: "the version, for If-Match", schema: { type: "string" } } };
  const success = {
    description: answer.description,
    ...(headers && { headers }),
    content: { [answer.mediaType ?? "application/json"]: { schema: schemaOf(answer.schema, "output") } },
  };
  return {
    operationId,
    summary,
    ...(description !== undefined && { description }),
    ...(route.isOpen && { security: [] }),
    parameters: [...parameters(route.parameters, "path"), ...parameters(route.query, "query"), ...ifMatch(route)],
    ...(route.body && { requestBody: requestBody(route, route.body) }),
    responses: { [answer.status]: success, ...refusals(route) },
  };
}

function requestBody({ bodyDescribed }: AdminRoute, body: z.ZodType): Json {
  const isRequired = !body.safeParse({}).success;
  return { required: isRequired, ...json(bodyDescribed ? tidy(bodyDescribed) : schemaOf(body, "input")) };
}

function refusals({ body, refusals: own }: AdminRoute): Json {
  const codes = [...always, ...(body ? withBody : []), ...own];
  const inOrder = codes.toSorted((a, b) => refusalStatus[a] - refusalStatus[b]);
  return Object.fromEntries(
    inOrder.map((code) => [
      refusalStatus[code],
      { description: meanings[code], ...json({ $ref: "#/components/schemas/Refusal" }) },
    ]),
  );
}

function parameters(schema: z.ZodType, place: "path" | "query"): Json[] {
  const { properties = {}, required = [] } = schemaOf(schema, "input") as {
    properties?: Record<string, Json>;
    required?: string[];
  };
  return Object.entries(properties).map(([name, described]) => ({
    name,
    in: place,
    required: place === "path" || required.includes(name),
    schema: described,
  }));
}

function ifMatch({ versioned, method }: AdminRoute): Json[] {
  if (!versioned || method === "GET") return [];
  const description = "the ETag of what was read: it is changed only if it is still that";
  return [{ name: "If-Match", in: "header", required: false, description, schema: { type: "string" } }];
}

function json(schema: Json): Json {
  return { content: { "application/json": { schema } } };
}

function schemaOf(schema: z.ZodType, io: "input" | "output"): Json {
  return tidy(z.toJSONSchema(schema, { io }));
}

/** Says of secrets what OpenAPI has words for, and leaves out what the document says once for all. */
function tidy(schema: Json): Json {
  const isSecret = schema["secret"] === true;
  // A property of a setting's own may have such a name: then its value is no boolean.
  const isMark = (key: string, value: unknown): boolean => (key === "secret" || key === "fromFile") && value === true;
  const kept = Object.entries(schema).filter(([key, value]) => key !== "$schema" && !isMark(key, value));
  const parts = kept.map(([key, value]) => [key, tidyValue(value)]);
  return { ...(Object.fromEntries(parts) as Json), ...(isSecret && { format: "password", writeOnly: true }) };
}

function tidyValue(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(tidyValue);
  return typeof value === "object" && value !== null ? tidy(value as Json) : value;
}
