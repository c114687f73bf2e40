import { describeReplica, StartError, type Figures, type ReplicaState } from "@muster/foundation";
import type { FastifyInstance } from "fastify";

export interface HealthPorts {
  /** Throws, saying why, where the store cannot be used. */
  readonly check: () => Promise<void>;
  /** Whether a replica is read; absent where none is configured. */
  readonly replica?: (() => ReplicaState) | undefined;
  readonly figures: Pick<Figures, "text" | "contentType">;
}

/** `/healthz`, `/readyz` and `/metrics`. */
export function healthRoutes(http: FastifyInstance, { check, replica, figures }: HealthPorts): void {
  http.get("/healthz", () => ({ status: "alive" }));
  http.get("/readyz", async (_request, reply) => {
    try {
      await check();
      // Without it the primary is read: nobody need be sent elsewhere.
      return { status: "ready", ...(replica && { replica: describeReplica(replica()) }) };
    } catch (error) {
      void reply.status(503);
      return {
        status: "not ready",
        reason: error instanceof StartError ? error.message : `the store cannot be reached: ${String(error)}`,
      };
    }
  });
  http.get("/metrics", async (_request, reply) => {
    void reply.type(figures.contentType);
    return await figures.text();
  });
}
