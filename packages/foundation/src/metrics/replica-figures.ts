import type { ReplicaReads, ReplicaState } from "../postgres/fresh-reads.ts";
import type { Figures } from "./figures.ts";

/**
 * Figures of who answers reads.
 * @param prefix what the names begin with
 */
export function replicaReads(figures: Figures, prefix: string): ReplicaReads {
  const reads = figures.counter({
    name: `${prefix}_replica_reads_total`,
    help: "Statements that a replica may answer, by who has: replica, or primary in its place.",
    labels: ["source"],
  });
  return { replica: reads({ source: "replica" }), primary: reads({ source: "primary" }) };
}

/**
 * The figure of whether a replica is read.
 * @param states of all that read from it; none where none is configured
 */
export function replicaGauge(figures: Figures, prefix: string, states: () => readonly ReplicaState[]): void {
  figures.gauge({ name: `${prefix}_replica_read`, help: "1 while the store's replica is read." }, () => {
    const all = states();
    return [[{}, all.length > 0 && all.every(({ leftAlone }) => leftAlone === undefined) ? 1 : 0]];
  });
}
