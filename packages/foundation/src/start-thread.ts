import { getCompileCacheDir } from "node:module";
import { Worker, type WorkerOptions } from "node:worker_threads";

/**
 * Starts a thread whose file is beside a module, called alike whether it is run from source or built. What the program keeps of
 * compiled code need not be compiled again: its folder is the thread's first argument.
 * @param beside the module's `import.meta.url`
 * @param name of the thread's file, without what it ends with
 */
export function startThread(
  beside: string,
  name: string,
  options: Pick<WorkerOptions, "workerData" | "resourceLimits">,
): Worker {
  const extension = beside.endsWith(".ts") ? ".ts" : ".js";
  return new Worker(new URL(`./${name}${extension}`, beside), { ...options, argv: [getCompileCacheDir() ?? ""] });
}
