import type { Worker } from "node:worker_threads";

import { StartError, startThread, type Clock, type Logger } from "@muster/foundation";
import type { Kept, ReceivedCallback } from "@muster/receiver";

import { createKeepTogether } from "../keep-together.ts";
import type { StoreWriter, WriterListener } from "./store-writer.ts";
import { together } from "./together.ts";
import type { FromWriter, ToWriter } from "./writer-messages.ts";

/** How soon a thread that has ended is begun anew, in ms. */
const RESTART = 1_000;

/** What the thread is started with. */
export interface WriterThreadParts extends WriterListener {
  /** Of the SQLite file. */
  readonly path: string;
  readonly clock: Clock;
  readonly log: Logger;
}

/** A store's writer in a thread of its own, which alone has the file open for writing. */
export interface WriterThread extends StoreWriter {
  /** Ends the thread, once the writer is closed. */
  end(): Promise<void>;
}

/**
 * Starts the thread that writes a store. One that ends by itself leaves what was under way unanswered, and is begun anew;
 * until then nothing can be written.
 * @throws {StartError} `STORE_UNUSABLE`
 */
export async function startWriterThread(parts: WriterThreadParts): Promise<WriterThread> {
  const { path, clock, log, committed, watch } = parts;
  /** The thread that can be told something. */
  let thread: Worker | undefined;
  let ended = Promise.resolve();
  let closed = false;
  let cancelRestart = (): void => {};
  const keeping = createKeepTogether(writeTogether);
  /** What becomes of the callbacks that the thread writes. */
  let kept: PromiseWithResolvers<readonly (Kept | Error)[]> | undefined;
  const changes = new Map<number, PromiseWithResolvers<boolean>>();
  let lastChange = 0;

  function tell(message: ToWriter, ...transferred: ArrayBuffer[]): void {
    thread?.postMessage(message, transferred);
  }

  async function writeTogether(callbacks: readonly ReceivedCallback[]): Promise<readonly (Kept | Error)[]> {
    if (!thread) throw gone();
    const written = watch?.began();
    kept = Promise.withResolvers();
    const message = together(callbacks);
    tell({ kind: "keep", together: message }, message.bodies.buffer);
    const results = await kept.promise;
    written?.(results.length);
    return results;
  }

  function hear(message: FromWriter): void {
    if (message.kind === "kept") {
      if (message.results.some((result) => typeof result === "string")) committed();
      kept?.resolve(message.results);
    } else if (message.kind === "changed") {
      const waiting = changes.get(message.id);
      changes.delete(message.id);
      if (message.result instanceof Error) waiting?.reject(message.result);
      else {
        committed();
        waiting?.resolve(message.result);
      }
    }
  }

  function begin(): Promise<void> {
    const begun = startThread(import.meta.url, "writer-thread", {
      workerData: path,
    });
    begun.on("error", (error) => log.error({ err: error }, "the thread that writes the store failed"));
    ended = new Promise((resolve) => begun.once("exit", () => resolve()));
    return new Promise((resolve, reject) => {
      void ended.then(() => reject(new Error("the thread that writes the store has ended at once")));
      begun.on("message", (message: FromWriter) => {
        if (message.kind === "unusable") reject(new StartError("STORE_UNUSABLE", message.message));
        else if (message.kind !== "ready") hear(message);
        else {
          thread = begun;
          resolve();
        }
      });
    });
  }

  /** Begins the thread anew whenever it ends, until it is to. */
  function watchOver(): void {
    void ended.then(() => {
      thread = undefined;
      const unanswered = gone();
      kept?.reject(unanswered);
      for (const { reject } of changes.values()) reject(unanswered);
      changes.clear();
      if (closed) return;
      log.error({ retryInMs: RESTART }, "the thread that writes the store has ended");
      cancelRestart = clock.after(RESTART, () => {
        begin().catch((error: unknown) => log.error({ err: error }, "the store could not be opened for writing"));
        watchOver();
      });
    });
  }

  /** Why nothing can be written, where that is so. */
  function hindrance(): Error | undefined {
    if (closed) return new Error("the store is closed");
    return thread ? undefined : gone();
  }

  await begin();
  watchOver();

  return {
    keep(callback) {
      const error = hindrance();
      return error ? Promise.reject(error) : keeping.keep(callback);
    },
    apply(change) {
      const error = hindrance();
      if (error) return Promise.reject(error);
      const waiting = Promise.withResolvers<boolean>();
      lastChange += 1;
      changes.set(lastChange, waiting);
      tell({ kind: "change", id: lastChange, change });
      return waiting.promise;
    },
    async close() {
      closed = true;
      cancelRestart();
      await keeping.close();
      await Promise.allSettled(Array.from(changes.values(), ({ promise }) => promise));
    },
    async end() {
      tell({ kind: "stop" });
      await ended;
    },
  };
}

function gone(): Error {
  return new Error("the thread that writes the store has ended");
}
