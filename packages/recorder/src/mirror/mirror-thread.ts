/**
 * The thread in which the mirror is filled: folding and writing tables takes processor time that callbacks' answers
 * would wait for. It reads the journal by itself; what it is told is only that something was committed.
 */
import { parentPort, workerData } from "node:worker_threads";

import { createLog, StartError, systemClock } from "@muster/foundation";

import { createFollower } from "../follow/follower.ts";
import { openMirrorOf } from "../store/open-store.ts";
import { threadOrder, toThread, type FromThread } from "./thread-messages.ts";
import { openMirror } from "./mirror.ts";

/** How long events gather before they are taken, in ms: a group that changes often is then written once. */
const PAUSE = 100;
const BATCH = 1_000;

function tell(message: FromThread): void {
  parentPort?.postMessage(message);
}

async function run(): Promise<void> {
  const { store, rebuild, logLevel } = threadOrder.parse(workerData);
  const { journal, tables, close } = await openMirrorOf(store);
  const listeners = new Set<() => void>();
  const mirror = await openMirror({ journal, store: tables, rebuild, lastPosition: await journal.lastPosition() });
  const follower = createFollower({
    name: "mirror",
    journal: {
      ...journal,
      onCommit(listener) {
        listeners.add(listener);
        return () => listeners.delete(listener);
      },
    },
    clock: systemClock,
    log: createLog("recorder", logLevel),
    after: mirror.position(),
    batch: BATCH,
    pause: PAUSE,
    async take(events) {
      await mirror.take(events);
      tell({ kind: "position", position: mirror.position() });
    },
  });
  parentPort?.on("message", (value: unknown) => {
    const message = toThread.parse(value);
    if (message === "committed") {
      tell({ kind: "heard" });
      for (const listener of listeners) listener();
    } else {
      void follower
        .stop()
        .then(close)
        .then(() => parentPort?.close());
    }
  });
  tell({ kind: "ready", position: mirror.position() });
}

run().catch((error: unknown) => {
  const message = error instanceof Error ? error.message : String(error);
  tell({ kind: "failed", unusable: error instanceof StartError, message });
  parentPort?.close();
});
