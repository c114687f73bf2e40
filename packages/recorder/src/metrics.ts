import type { Figures } from "@muster/foundation";
import { callbackCommands } from "@muster/protocol";
import type { Answer, Inbox, ReceivedCallback } from "@muster/receiver";

import type { Lag } from "./follow/follower.ts";
import type { JournalSize } from "./journal/journal.ts";
import type { Missing } from "./mirror/mirror-reader.ts";

/** The recorder's figures of what comes. */
export interface Metrics extends Pick<Figures, "text" | "contentType"> {
  /** An inbox that counts what it keeps. */
  counting(inbox: Inbox): Inbox;
  /** Counts an answer that refuses a callback. */
  refused(answer: Answer): void;
}

/** Where the gauges look. */
export interface Gauged {
  readonly journalSize: () => Promise<JournalSize>;
  /** When the newest event came, ms since 1970; `undefined` where there is none. */
  readonly lastReceivedAt: () => Promise<number | undefined>;
  /** How far the mirror is behind and what it misses, where there is one. */
  readonly mirror: { lag(): Promise<Lag>; missing(): Promise<Missing> } | undefined;
  readonly openStreams: () => number;
}

/** From a server beside the recorder to one whose callbacks come after days. */
const LAG_SECONDS = [0.01, 0.1, 1, 2, 5, 10, 60, 300, 1_800, 7_200, 43_200, 86_400, 259_200];

const known: ReadonlySet<string> = new Set(callbackCommands);

/**
 * Makes the recorder's figures. `new`, `duplicate` and `quarantined` of `muster_recorder_callbacks_total` add up
 * to what was answered OK; what comes again from quarantine is a duplicate.
 */
export function createMetrics(figures: Figures, { journalSize, lastReceivedAt, mirror, openStreams }: Gauged): Metrics {
  const callbacks = figures.counter({
    name: "muster_recorder_callbacks_total",
    help: "Callbacks that were posted, by what became of them; status is the HTTP status of the answer.",
    labels: ["outcome", "status"],
  });
  for (const outcome of ["new", "duplicate", "quarantined"]) callbacks({ outcome, status: "200" });
  const arrivals = figures.counter({
    name: "muster_recorder_arrivals_total",
    help: "Callbacks that were answered OK, by their command and what became of them.",
    labels: ["command", "outcome"],
  });
  const lag = figures.histogram(
    {
      name: "muster_recorder_lag_seconds",
      help: "From the time that a new event tells of until it came; events that tell none are left out.",
    },
    LAG_SECONDS,
  )({});
  const gauge = (name: string, help: string, read: () => number | Promise<number>): void =>
    figures.gauge({ name, help }, async () => [[{}, await read()]]);
  gauge("muster_recorder_journal_events", "Events in the journal.", async () => (await journalSize()).events);
  gauge(
    "muster_recorder_journal_bytes",
    "Bytes of the journal, without its write-ahead log.",
    async () => (await journalSize()).bytes,
  );
  gauge(
    "muster_recorder_last_event_timestamp_seconds",
    "When the newest event of the journal came, in seconds since 1970; 0 where there is none.",
    async () => ((await lastReceivedAt()) ?? 0) / 1_000,
  );
  if (mirror) {
    gauge(
      "muster_recorder_mirror_lag_seconds",
      "For how long the oldest event that the mirror does not tell of has been in the journal.",
      async () => (await mirror.lag()).ms / 1_000,
    );
    gauge(
      "muster_recorder_mirror_lag_events",
      "Events of the journal that the mirror does not tell of.",
      async () => (await mirror.lag()).events,
    );
    gauge(
      "muster_recorder_missing_events",
      "Events that have not come, by the gaps in the senders' numbers.",
      async () => (await mirror.missing()).numbers,
    );
    gauge(
      "muster_recorder_incomplete_groups",
      "Groups of which some have not come.",
      async () => (await mirror.missing()).groups,
    );
  }
  gauge("muster_recorder_streams", "Consumers of /v1/stream that are connected.", openStreams);

  function count({ command, eventTime, receivedAt }: ReceivedCallback, outcome: string): void {
    callbacks({ outcome, status: "200" }).count += 1;
    // What senders make up must not make new series.
    arrivals({ command: known.has(command) ? command : "unknown", outcome }).count += 1;
    // Clocks of two machines differ: what seems to come before it happened came at once.
    if (outcome === "new" && eventTime !== undefined) lag.observe(Math.max(receivedAt - eventTime, 0) / 1_000);
  }

  return {
    contentType: figures.contentType,
    text: figures.text,
    counting: (inbox) => ({
      async keep(callback) {
        const verdict = await inbox.keep(callback);
        count(callback, verdict === "new" && callback.fault !== undefined ? "quarantined" : verdict);
        return verdict;
      },
    }),
    refused({ status }) {
      callbacks({ outcome: "refused", status: String(status) }).count += 1;
    },
  };
}
