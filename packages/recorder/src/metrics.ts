import type { Answer, Inbox } from "@muster/receiver";
import { Counter, Gauge, Registry } from "prom-client";

import type { JournalSize } from "./journal/journal.ts";

/** The recorder's figures, in the form that Prometheus reads. */
export interface Metrics {
  /** The media type of `text()`. */
  readonly contentType: string;
  text(): Promise<string>;
  /** An inbox that counts what it keeps. */
  counting(inbox: Inbox): Inbox;
  /** Counts an answer that refuses a callback. */
  refused(answer: Answer): void;
}

/** Where the gauges look. */
export interface Gauged {
  readonly journalSize: () => JournalSize;
  readonly openStreams: () => number;
}

/**
 * Makes the recorder's figures. `new`, `duplicate` and `quarantined` of `muster_recorder_callbacks_total` add up
 * to what was answered OK; what comes again from quarantine is a duplicate.
 */
export function createMetrics({ journalSize, openStreams }: Gauged): Metrics {
  const registry = new Registry();
  const callbacks = new Counter({
    name: "muster_recorder_callbacks_total",
    help: "Callbacks that were posted, by what became of them; status is the HTTP status of the answer",
    labelNames: ["outcome", "status"],
    registers: [registry],
  });
  for (const outcome of ["new", "duplicate", "quarantined"]) callbacks.inc({ outcome, status: 200 }, 0);

  function gauge(name: string, help: string, read: () => number): void {
    const collect = (): void => {
      metric.set(read());
    };
    const metric = new Gauge({ name, help, registers: [registry], collect });
  }
  gauge("muster_recorder_journal_events", "Events in the journal", () => journalSize().events);
  gauge(
    "muster_recorder_journal_bytes",
    "Bytes of the journal, without its write-ahead log",
    () => journalSize().bytes,
  );
  gauge("muster_recorder_streams", "Consumers of /v1/stream that are connected", openStreams);

  return {
    contentType: registry.contentType,
    text: () => registry.metrics(),
    counting: (inbox) => ({
      async keep(callback) {
        const verdict = await inbox.keep(callback);
        const outcome = verdict === "new" && callback.fault !== undefined ? "quarantined" : verdict;
        callbacks.inc({ outcome, status: 200 });
        return verdict;
      },
    }),
    refused({ status }) {
      callbacks.inc({ outcome: "refused", status });
    },
  };
}
