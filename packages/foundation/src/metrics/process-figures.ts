import { collectDefaultMetrics, Registry } from "prom-client";

let registry: Registry | undefined;

/**
 * The figures of the process as prom-client has them: event loop, memory, CPU, garbage collection. One for all programs
 * in the process, because what measures them cannot be taken down again.
 */
export function processFigures(): Registry {
  if (!registry) {
    registry = new Registry();
    collectDefaultMetrics({ register: registry });
  }
  return registry;
}
