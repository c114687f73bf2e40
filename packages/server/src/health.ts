import type { FastifyInstance } from "fastify";
import { Gauge, Registry } from "prom-client";

import type { Outbox } from "./ports.ts";

export interface HealthPorts {
  readonly outbox: Outbox;
  /** Throws where the store cannot be reached. */
  readonly check: () => Promise<void>;
  readonly connectedDevices: () => number;
}

/** `/healthz`, `/readyz` and `/metrics`. */
export function healthRoutes(http: FastifyInstance, { outbox, check, connectedDevices }: HealthPorts): void {
  const registry = new Registry();
  const callbacks = new Gauge({
    name: "muster_callbacks",
    help: "Callbacks by state; accepted = delivered + pending + dead + cancelled.",
    labelNames: ["sdk_app_id", "state"] as const,
    registers: [],
    async collect() {
      for (const { sdkAppId, ...counts } of await outbox.ledger()) {
        for (const [state, count] of Object.entries(counts)) this.set({ sdk_app_id: String(sdkAppId), state }, count);
      }
    },
  });
  const devices = new Gauge({
    name: "muster_connected_devices",
    help: "App users' devices that are connected and logged in.",
    registers: [],
    collect() {
      this.set(connectedDevices());
    },
  });
  registry.registerMetric(callbacks);
  registry.registerMetric(devices);

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
    void reply.type(registry.contentType);
    return await registry.metrics();
  });
}
