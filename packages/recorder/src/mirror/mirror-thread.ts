/**
 * The thread in which the mirror is filled: folding and writing tables takes processor time that callbacks' answers
 * would wait for. What the program keeps of compiled code (its folder is the thread's argument) need not be compiled
 * again.
 */
import { enableCompileCache } from "node:module";
import { parentPort, workerData } from "node:worker_threads";

const [, , compileCache] = process.argv;
if (compileCache) enableCompileCache(compileCache);
const { threadOrder } = await import("./thread-messages.ts");
const { fillMirror } = await import("./fill-mirror.ts");
if (parentPort) fillMirror(threadOrder.parse(workerData), parentPort);
