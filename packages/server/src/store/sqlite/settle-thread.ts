/**
 * The thread that writes many results at once: the one that sends goes on meanwhile. What the program keeps of compiled code
 * (its folder is the thread's argument) need not be compiled again.
 */
import { enableCompileCache } from "node:module";
import { parentPort, workerData } from "node:worker_threads";

const [, , compileCache] = process.argv;
if (compileCache) enableCompileCache(compileCache);
const { runSettler } = await import("./run-settler.ts");
if (parentPort) runSettler(String(workerData), parentPort);
