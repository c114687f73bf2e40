import type { SinkSelection } from "./sink-filter.ts";
import { USUAL_DELAYS } from "./sink-settings.ts";
import type { Sink } from "./sink.ts";
import type { AddedSink } from "./sinks.ts";

/** A sink of one's own, beside those of the configuration, and what is to come to it. */
export interface OwnSink extends SinkSelection {
  /** By which it is known, as no other sink: one with another name begins anew. */
  readonly name: string;
  readonly sink: Sink;
  /** Where it begins when it is new; at the beginning of the journal where it is absent. */
  readonly from?: "beginning" | "now";
  /** How many seconds to wait after an event's first failure, its second …; then it is a dead letter. */
  readonly retry?: readonly number[];
}

export function ownSink(own: OwnSink): AddedSink {
  return { type: "own", from: "beginning", retry: USUAL_DELAYS, ...own };
}
