import type { ServerResponse } from "node:http";

import * as z from "zod";

import type { AppRegistry } from "../apps/app-registry.ts";
import type { Executor } from "../commands/execute.ts";
import type { Deliveries, DeliveryDetail, SentRequest } from "../deliveries.ts";
import type { SeriesPoint, Resolution } from "../delivery-series.ts";
import type { CallbackVerifier } from "../ports/callback-verifier.ts";
import type { EndpointState } from "../ports/endpoint-states.ts";
import type { RefusalCode } from "./admin-refusal.ts";
import type { Authentication, Sender } from "./authentication.ts";
import type { LiveStreams } from "./deliveries/live-streams.ts";
import type { Session } from "./sessions.ts";

/** What the routes work with. */
export interface AdminPorts {
  /** Reads groups, and carries commands out. */
  readonly executor: Executor;
  readonly authentication: Authentication;
  readonly registry: AppRegistry;
  readonly verifier: CallbackVerifier;
  readonly deliveries: Deliveries;
  /** How endpoints did over time. */
  readonly series: {
    /** An app's points from a time on, up to now. */
    readonly read: (sdkAppId: number, resolution: Resolution, from: number) => Promise<SeriesPoint[]>;
  };
  /** Those who watch deliveries as they happen. */
  readonly live: LiveStreams;
  /** What is posted for a delivery. */
  readonly requestOf: (detail: DeliveryDetail) => SentRequest;
  readonly endpoints: {
    /** Of an endpoint that fails. */
    readonly stateOf: (sdkAppId: number) => EndpointState | undefined;
    /** Somebody says that it is back. */
    readonly revive: (sdkAppId: number) => Promise<void>;
  };
  /** Makes a secret that nobody can guess. */
  readonly newSecret: () => string;
  /** ms since 1970 */
  readonly now: () => number;
}

/** A request whose parts fit the route's description. */
export interface AdminRequest<P = unknown, Q = unknown, B = unknown> {
  readonly path: P;
  readonly query: Q;
  readonly body: B;
  /** The header `If-Match`. */
  readonly ifMatch: string | undefined;
  readonly clientIp: string;
  /** Who sends it. */
  readonly sender: Sender;
  /** The session of the console that let it in, where none of a program did. */
  readonly session: Session | undefined;
}

export interface AdminAnswer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
  /** Takes the connection over, for an answer that goes on; instead of a body. */
  readonly stream?: (response: ServerResponse) => void;
}

/** What is said of a route: from this it is checked, and described by the OpenAPI document. */
export interface RouteDescription<P extends z.ZodType, Q extends z.ZodType, B extends z.ZodType> {
  readonly method: "GET" | "POST" | "PATCH" | "DELETE";
  /** As OpenAPI writes it, below `/admin/v1`: `/apps/{sdkAppId}`. */
  readonly path: string;
  readonly operationId: string;
  readonly summary: string;
  readonly description?: string;
  /** Whether it is for everybody, without token or session. */
  readonly isOpen?: true;
  /** The variable parts of the path, an object. */
  readonly parameters: P;
  readonly query: Q;
  readonly body?: B;
  /** How the body is described, where that is more than its schema says. */
  readonly bodyDescribed?: Readonly<Record<string, unknown>>;
  readonly answer: {
    readonly status: number;
    readonly description: string;
    readonly schema: z.ZodType;
    /** JSON where it is absent. */
    readonly mediaType?: string;
  };
  /** Whether it heeds `If-Match`, and answers with an `ETag`. */
  readonly versioned?: true;
  /** How it refuses beyond what every route can. */
  readonly refusals: readonly RefusalCode[];
}

/** One operation of the admin API. */
export interface AdminRoute extends RouteDescription<z.ZodType, z.ZodType, z.ZodType> {
  readonly handle: (ports: AdminPorts, request: AdminRequest) => AdminAnswer | Promise<AdminAnswer>;
}

/** The path or the query of a route that takes nothing from it. */
export const nothing = z.strictObject({});

/** Ties a route's description to what is done, types and all. */
export function adminRoute<P extends z.ZodType, Q extends z.ZodType, B extends z.ZodType>(
  description: RouteDescription<P, Q, B>,
  handle: (
    ports: AdminPorts,
    request: AdminRequest<z.output<P>, z.output<Q>, z.output<B>>,
  ) => AdminAnswer | Promise<AdminAnswer>,
): AdminRoute {
  // The door hands in what has passed the route's own schemas.
  return {
    ...description,
    handle: (ports, request) => handle(ports, request as AdminRequest<z.output<P>, z.output<Q>, z.output<B>>),
  };
}
