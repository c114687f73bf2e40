import type { Worker } from "node:worker_threads";

import { LostCommitError, StartError, startThread } from "@muster/foundation";

import type { FromSettler, ToSettler } from "./settle-messages.ts";
import type { SettledRow } from "./settled-row.ts";

/** So often it is done without a thread, after one has ended by itself. */
const DONE_WITHOUT = 100;
/** What the thread leaves behind is a batch at a time: more room would only be filled, in MB. */
const ROOM = { maxYoungGenerationSizeMb: 8 };

/** The thread ended while it wrote: nobody knows whether the results are on disk. */
export class SettlerGoneError extends Error {
  override readonly name = "SettlerGoneError";
}

/** A thread that writes results: ABSENT until somebody wants it, STARTING, READY, and ABSENT again where it has ended. */
export interface SettlerThread {
  /** Whether it is READY; begins it where it is ABSENT. */
  isReady(): boolean;
  /**
   * Resolves when the results are on disk. One call at a time, of a thread that is READY.
   * @throws {SettlerGoneError} and what the store refuses them with
   */
  settle(rows: readonly SettledRow[], now: number): Promise<void>;
  /** Ends the thread; nothing may be under way. */
  end(): Promise<void>;
}

/** @param path of the SQLite file, which is open */
export function createSettlerThread(path: string): SettlerThread {
  let thread: Worker | undefined;
  let ready = false;
  let ended = Promise.resolve();
  let doneWithout = 0;
  let waiting: PromiseWithResolvers<void> | undefined;

  function begin(): void {
    const begun = startThread(import.meta.url, "settle-thread", {
      workerData: path,
      resourceLimits: ROOM,
    });
    thread = begun;
    begun.on("message", (message: FromSettler) => {
      if ("message" in message) waiting?.reject(reasonOf(message));
      else if (message.kind === "settled") waiting?.resolve();
      else ready = true;
    });
    begun.on("error", (cause) =>
      waiting?.reject(new SettlerGoneError("the thread that writes results failed", { cause })),
    );
    ended = new Promise((resolve) => {
      begun.once("exit", () => {
        thread = undefined;
        ready = false;
        doneWithout = DONE_WITHOUT;
        waiting?.reject(new SettlerGoneError("the thread that writes results has ended"));
        resolve();
      });
    });
  }

  return {
    isReady() {
      if (!thread && doneWithout > 0) doneWithout -= 1;
      else if (!thread) begin();
      return ready;
    },
    settle(rows, now) {
      waiting = Promise.withResolvers();
      const message: ToSettler = { rows: JSON.stringify(rows), now };
      if (thread) thread.postMessage(message, []);
      else waiting.reject(new SettlerGoneError("there is no thread that writes results"));
      return waiting.promise;
    },
    async end() {
      const message: ToSettler = "end";
      thread?.postMessage(message, []);
      await ended;
    },
  };
}

function reasonOf({ kind, message }: Extract<FromSettler, { readonly message: string }>): Error {
  if (kind === "unusable") return new StartError("STORE_UNUSABLE", message);
  return kind === "lost" ? new LostCommitError(message) : new Error(message);
}
