import type { Clock } from "@muster/foundation";

import type { Sink } from "../sink.ts";
import { openRotatingFiles, type RotationSettings } from "./rotating-files.ts";

/** Writes events into files, a CloudEvent in JSON a line. */
export async function openFileSink(settings: RotationSettings, clock: Clock): Promise<Sink> {
  const files = await openRotatingFiles(settings, () => clock.now());
  return {
    concurrency: 1,
    batchSize: 500,
    async deliver(events, signal) {
      signal.throwIfAborted();
      await files.append(events.map(({ text }) => text));
    },
    close: files.close,
  };
}
