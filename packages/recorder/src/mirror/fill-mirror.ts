import type { MessagePort } from "node:worker_threads";

import { createLog, StartError, systemClock } from "@muster/foundation";

import { createFollower } from "../follow/follower.ts";
import { openMirrorOf } from "../store/open-store.ts";
import { openMirror } from "./mirror.ts";
import { toThread, type FromThread, type ThreadOrder } from "./thread-messages.ts";

/** How long events gather before they are taken, in ms: a group that changes often is then written once. */
const PAUSE = 100;
const BATCH = 1_000;

/** Fills the mirror until it is told to stop. It reads the journal by itself: it is told only that there was a commit. */
export function fillMirror(order: ThreadOrder, port: MessagePort): void {
  const tell = (message: FromThread): void => port.postMessage(message);
  run(order, port, tell).catch((error: unknown) => {
    const message = error instanceof Error ? error.message : String(error);
    tell({ kind: "failed", unusable: error instanceof StartError, message });
    port.close();
  });
}

async function run(
  { store, rebuild, logLevel }: ThreadOrder,
  port: MessagePort,
  tell: (message: FromThread) => void,
): Promise<void> {
  const { journal, tables, close } = await openMirrorOf(store);
  const log = createLog("recorder", logLevel);
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
    log,
    after: mirror.position(),
    batch: BATCH,
    pause: PAUSE,
    async take(events) {
      await mirror.take(events);
      tell({ kind: "position", position: mirror.position() });
    },
  });

  let forgetting: Promise<void> = Promise.resolve();
  function forgetGone(): void {
    forgetting = mirror.forgetGone().catch((error: unknown) => {
      log.error(
        { err: error },
        "groups that have gone could not be removed from the mirror; they are at the next start",
      );
    });
  }

  async function stop(): Promise<void> {
    await follower.stop();
    await forgetting;
    await close();
    port.close();
  }

  port.on("message", (value: unknown) => {
    const message = toThread.parse(value);
    if (message === "stop") return void stop();
    if (message === "trimmed") return forgetGone();
    for (const listener of listeners) listener();
  });
  tell({ kind: "ready", position: mirror.position() });
}
