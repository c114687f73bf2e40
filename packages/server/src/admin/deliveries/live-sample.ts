import { groupOfLane } from "../../deliveries.ts";
import type { Settlement } from "../../ports/outbox.ts";
import { viewOfLive, type LiveBatch } from "./live-view.ts";

/** Most deliveries that one is told of at a time, delivered and failed ones each: the rest is only counted. */
const SHOWN = 25;

/** What somebody wants to see; what is absent is not asked about. */
export interface LiveFilter {
  readonly sdkAppId: number;
  readonly groupId?: string | undefined;
  readonly command?: string | undefined;
  readonly verdict?: "delivered" | "failed" | undefined;
}

/** A sample of what fits, and how much there was, since it was last taken out: bounded, however much that is. */
export interface LiveSample {
  observe(settlement: Settlement): void;
  /** Adds what another node has seen. */
  add(batch: LiveBatch): void;
  /** Takes out what there is; `undefined` where nothing has fitted. */
  take(): LiveBatch | undefined;
}

export function createLiveSample(filter: LiveFilter): LiveSample {
  let total = 0;
  let shown: LiveBatch["deliveries"] = [];
  let [delivered, failed] = [0, 0];

  function show(one: LiveBatch["deliveries"][number]): void {
    shown.push(one);
    if (one.outcome === "delivered") delivered += 1;
    else failed += 1;
  }

  const hasRoom = (outcome: string): boolean => (outcome === "delivered" ? delivered : failed) < SHOWN;

  return {
    observe(settlement) {
      if (!fits(filter, settlement)) return;
      total += 1;
      if (hasRoom(settlement.attempt.outcome)) show(viewOfLive(settlement));
    },
    add(batch) {
      total += batch.total;
      for (const one of batch.deliveries) if (hasRoom(one.outcome)) show(one);
    },
    take() {
      if (total === 0) return undefined;
      const batch = { total, deliveries: shown };
      total = 0;
      shown = [];
      [delivered, failed] = [0, 0];
      return batch;
    },
  };
}

function fits({ sdkAppId, groupId, command, verdict }: LiveFilter, { callback, attempt }: Settlement): boolean {
  return (
    callback.sdkAppId === sdkAppId &&
    (groupId === undefined || groupOfLane(callback.lane) === groupId) &&
    (command === undefined || callback.command === command) &&
    (verdict === undefined || (attempt.outcome === "delivered") === (verdict === "delivered"))
  );
}
