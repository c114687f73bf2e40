import type { Clock } from "@muster/foundation";

import type { OtherNodes } from "../../other-nodes.ts";
import type { Settlement } from "../../ports/outbox.ts";
import { createLiveSample, type LiveFilter, type LiveSample } from "./live-sample.ts";
import type { LiveBatch } from "./live-view.ts";

/** How often those who watch elsewhere are told what has happened here, in ms. */
const TICK = 250;
/** How long somebody watches who does not say so again, in ms. */
const LEASE = 6_000;
/** Most who watch from elsewhere at a time. */
const MOST = 1_000;
/** Most bytes of one telling. */
const LONGEST = 6_500;

/** That somebody at another node watches. */
export interface Watch {
  readonly id: string;
  readonly filter: LiveFilter;
}

/** What fitted at one node. */
export type Seen = LiveBatch & Pick<Watch, "id">;

/** Looking out for what those see fit who watch at other nodes: as long as they say that they do. */
export interface LiveLookouts {
  observe(settlements: readonly Settlement[]): void;
}

export function createLiveLookouts(clock: Clock, others: OtherNodes): LiveLookouts {
  const lookouts = new Map<string, { readonly sample: LiveSample; until: number }>();
  let isTicking = false;

  function tick(): void {
    isTicking = false;
    for (const [id, { sample, until }] of lookouts) {
      const batch = sample.take();
      if (batch) for (const part of partsOf({ id, ...batch })) others.tell("seen", part);
      if (clock.now() >= until) lookouts.delete(id);
    }
    keepTicking();
  }

  function keepTicking(): void {
    if (isTicking || lookouts.size === 0) return;
    isTicking = true;
    clock.after(TICK, tick);
  }

  others.onTold("watch", (text) => {
    const { id, filter } = JSON.parse(text) as Watch;
    const until = clock.now() + LEASE;
    const known = lookouts.get(id);
    if (known) known.until = until;
    else if (lookouts.size < MOST) lookouts.set(id, { sample: createLiveSample(filter), until });
    keepTicking();
  });

  return {
    observe(settlements) {
      for (const { sample } of lookouts.values()) for (const settlement of settlements) sample.observe(settlement);
    },
  };
}

/** A batch in as many texts as it takes, the first of which has the total. */
function partsOf({ id, total, deliveries }: Seen): string[] {
  const text = (part: LiveBatch): string => JSON.stringify({ id, ...part });
  const parts: string[] = [];
  let part: LiveBatch = { total, deliveries: [] };
  for (const one of deliveries) {
    if (Buffer.byteLength(text({ ...part, deliveries: [...part.deliveries, one] })) > LONGEST) {
      parts.push(text(part));
      part = { total: 0, deliveries: [] };
    }
    part.deliveries.push(one);
  }
  return [...parts, text(part)];
}
