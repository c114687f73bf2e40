import { describeReplica, type Logger, type ReplicaState } from "@muster/foundation";
import { accepted, refused } from "@muster/receiver";
import type { FastifyInstance } from "fastify";

import type { Journal } from "../journal/journal.ts";
import type { Metrics } from "../metrics.ts";
import type { RunningMirror } from "../mirror/start-mirror.ts";
import { sendAnswer } from "./send-answer.ts";

/** What the routes for those who watch over the recorder are made of. */
export interface HealthRouteParts {
  readonly journal: Journal;
  /** Whether a replica is read; absent where none is configured. */
  readonly replica: (() => ReplicaState) | undefined;
  /** Throws, saying why, where callbacks cannot be kept at the moment. */
  readonly check: () => Promise<void>;
  readonly mirror: RunningMirror | undefined;
  readonly metrics: Metrics;
  readonly log: Logger;
}

/**
 * `GET /healthz` (alive), `GET /readyz` (callbacks can be kept), `GET /metrics` (Prometheus text), `GET /v1/status`
 * (how far the journal goes, and who follows it how far behind).
 */
export function addHealthRoutes(http: FastifyInstance, parts: HealthRouteParts): void {
  const { journal, check, replica, mirror, metrics, log } = parts;
  http.get("/healthz", (_request, reply) => sendAnswer(reply, accepted()));

  http.get("/readyz", async (_request, reply) => {
    try {
      await check();
    } catch (error) {
      log.error({ err: error }, "the journal cannot be used");
      return sendAnswer(reply, refused(503, error instanceof Error ? error.message : String(error)));
    }
    return sendAnswer(reply, accepted());
  });

  http.get("/v1/status", async () => ({
    lastPosition: await journal.lastPosition(),
    mirror: mirror ? { position: mirror.position(), behind: await mirror.lag() } : null,
    ...(replica && { replica: describeReplica(replica()) }),
  }));

  http.get("/metrics", async (_request, reply) => reply.type(metrics.contentType).send(await metrics.text()));
}
