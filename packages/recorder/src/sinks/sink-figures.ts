import type { Figures } from "@muster/foundation";

import type { SinkReport } from "./sink-report.ts";

/** What is counted of each sink. */
export function sinkCounters(figures: Figures) {
  const counter = (name: string, help: string) =>
    figures.counter({ name: `muster_recorder_sink_${name}_total`, help, labels: ["sink"] });
  return {
    delivered: counter("delivered", "Events that a sink took, repeated ones too."),
    failures: counter("failures", "Deliveries to a sink, of one event or several, that did not end well."),
  };
}

export type SinkCounters = ReturnType<typeof sinkCounters>;

/** Figures that are read from the sinks' reports whenever somebody asks. */
export function addSinkGauges(figures: Figures, reports: () => Promise<readonly SinkReport[]>): void {
  let reading: Promise<readonly SinkReport[]> | undefined;
  // All gauges are asked at once: one look is enough for them.
  const read = () => (reading ??= reports().finally(() => (reading = undefined)));
  const gauge = (name: string, help: string, valueOf: (report: SinkReport) => number): void =>
    figures.gauge({ name: `muster_recorder_sink_${name}`, help, labels: ["sink"] }, async () =>
      (await read()).map((report) => [{ sink: report.name }, valueOf(report)] as const),
    );
  gauge(
    "position",
    "Up to here in the journal everything was delivered, is dead, or waits in a group that is held.",
    ({ position }) => position,
  );
  gauge("lag_events", "Events of the journal behind a sink's position.", ({ behind }) => behind);
  gauge(
    "lag_seconds",
    "For how long the oldest event that a sink has not got has been in the journal; 0 where there is none.",
    ({ lagMs }) => lagMs / 1_000,
  );
  gauge("held_groups", "Groups that wait because an event of theirs was not taken.", ({ heldGroups }) => heldGroups);
  gauge("dead_letters", "Events that were given up.", ({ deadLetters }) => deadLetters);
  gauge("failing", "1 where a sink is left alone for a while because it fails.", ({ failingUntil }) =>
    Number(failingUntil !== undefined),
  );
  gauge("paused", "1 where somebody has paused a sink.", ({ paused }) => Number(paused));
}
