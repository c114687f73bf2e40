/**
 * The thread that writes a recorder's store: who answers callbacks does not wait for the disk. What the program keeps of
 * compiled code (its folder is the thread's argument) need not be compiled again.
 */
import { enableCompileCache } from "node:module";
import { parentPort, workerData } from "node:worker_threads";

const [, , compileCache] = process.argv;
if (compileCache) enableCompileCache(compileCache);
const { runWriter } = await import("./run-writer.ts");
if (parentPort) runWriter(String(workerData), parentPort);
