import type { Figures } from "@muster/foundation";
import type { FastifyInstance } from "fastify";

export interface HealthPorts {
  /** Throws where the store cannot be reached. */
  readonly check: () => Promise<void>;
  readonly figures: Pick<Figures, "text" | "contentType">;
}

/** `/healthz`, `/readyz` and `/metrics`. */
export function healthRoutes(http: FastifyInstance, { check, figures }: HealthPorts): void {
  http.get("/healthz", () => ({ status: "alive" }));
  http.get("/readyz", async (_request, reply) => {
    try {
      await check();
      return { status: "ready" };
    } catch (error) {
      void reply.status(503);
      return {
        status: "not ready",
        reason: `the store cannot be reached: ${error instanceof Error ? error.message : String(error)}`,
      };
    }
  });
  http.get("/metrics", async (_request, reply) => {
    void reply.type(figures.contentType);
    return await figures.text();
  });
}
