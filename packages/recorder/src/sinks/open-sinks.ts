import type { Clock } from "@muster/foundation";

import { openFileSink } from "./file/file-sink.ts";
import { openKafkaSink } from "./kafka/kafka-sink.ts";
import { openNatsSink } from "./nats/nats-sink.ts";
import { openPostgresSink } from "./postgres/postgres-sink.ts";
import type { SinkSettings } from "./sink-settings.ts";
import type { Sink } from "./sink.ts";
import type { AddedSink } from "./sinks.ts";

const MEBIBYTE = 1_048_576;
const HOUR = 3_600_000;

/** Opens the sinks that are configured. Whether the other sides are there shows when something is delivered. */
export async function openSinks(configured: readonly SinkSettings[], clock: Clock): Promise<AddedSink[]> {
  const opened: AddedSink[] = [];
  for (const settings of configured) {
    const { name, type, from, retry, sdkAppIds, commands } = settings;
    opened.push({ name, type, from, retry, sdkAppIds, commands, sink: await openSink(settings, clock) });
  }
  return opened;
}

async function openSink(settings: SinkSettings, clock: Clock): Promise<Sink> {
  switch (settings.type) {
    case "http": {
      // Whoever has none does not load the client of HTTP.
      const { createHttpSink } = await import("./http/http-sink.ts");
      return createHttpSink(settings, clock);
    }
    case "postgres":
      return await openPostgresSink(settings);
    case "nats":
      return await openNatsSink(settings);
    case "kafka":
      return await openKafkaSink(settings);
    case "file": {
      const { folder, rotateMegabytes, rotateHours } = settings;
      const rotation = { folder, rotateBytes: rotateMegabytes * MEBIBYTE, rotateAfter: rotateHours * HOUR };
      return await openFileSink(rotation, clock);
    }
  }
}
