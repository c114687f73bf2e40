import type { Clock } from "@muster/foundation";

import type { CommittedCallback } from "../../ports/outbox.ts";
import type { Ownership } from "../../ports/ownership.ts";
import type { DeliveringNode } from "./node.ts";
import { shardOf, SHARDS } from "./shards.ts";
import { tellAll } from "./tell-all.ts";

/** Callbacks were committed for shards of others: by app, the shards. */
export const DUE = "muster_due";

/** What is committed for others gathers for so long, in ms, before they are told: to notify with each commit costs more than the commits. */
const GATHER = 20;
/** How often it is looked for what nobody was told of, in ms. */
const POLL = 5_000;

/** Which lanes are this node's, and telling other nodes of theirs. */
export interface SharedOwnership extends Ownership {
  /** Of what was committed, that which is this node's to deliver; the others are told of theirs. */
  share(committed: readonly CommittedCallback[]): CommittedCallback[];
  /** Tells the others that there may be more to deliver for an app. */
  wakeOthers(sdkAppId: number): void;
  stop(): void;
}

export interface SharedOwnershipPorts {
  readonly node: DeliveringNode;
  readonly clock: Clock;
  readonly appsWithPending: () => Promise<readonly number[]>;
}

export function createOwnership({ node, clock, appsWithPending }: SharedOwnershipPorts): SharedOwnership {
  const woken: ((sdkAppId: number) => void)[] = [];
  /** Entries of the form `app:shard`. */
  let due = new Set<string>();
  let callOff = (): void => undefined;

  const delivers = (sdkAppId: number, lane: string): boolean => node.has(shardOf(sdkAppId, lane));

  function wake(sdkAppId: number): void {
    for (const listener of woken) listener(sdkAppId);
  }

  /** What cannot be read now is looked for with the next poll. */
  function wakeAll(): void {
    appsWithPending().then(
      (apps) => apps.forEach(wake),
      () => undefined,
    );
  }

  function poll(): void {
    callOff = clock.after(POLL, () => {
      wakeAll();
      poll();
    });
  }

  function addDue(sdkAppId: number, shard: number): void {
    if (due.size === 0) clock.after(GATHER, tellDue);
    due.add(`${sdkAppId}:${shard}`);
  }

  function tellDue(): void {
    tellAll(node, DUE, due);
    due = new Set();
  }

  node.onGained(wakeAll);
  node.onTold(DUE, (payload) => {
    const apps = payload.split(" ").flatMap((entry) => {
      const [app, shard] = entry.split(":").map(Number);
      return app !== undefined && shard !== undefined && node.has(shard) ? [app] : [];
    });
    for (const app of new Set(apps)) wake(app);
  });
  poll();

  return {
    delivers,
    part: () => node.shardCount() / SHARDS,
    onWoken: (listener) => void woken.push(listener),
    onLeaving(listener) {
      node.onLeaving((shards) => listener((sdkAppId, lane) => shards.has(shardOf(sdkAppId, lane))));
    },
    share(committed) {
      const own: CommittedCallback[] = [];
      for (const one of committed) {
        const { sdkAppId, lane } = one.callback;
        if (delivers(sdkAppId, lane)) {
          own.push(one);
          continue;
        }
        addDue(sdkAppId, shardOf(sdkAppId, lane));
      }
      return own;
    },
    wakeOthers(sdkAppId) {
      for (let shard = 0; shard < SHARDS; shard += 1) if (!node.has(shard)) addDue(sdkAppId, shard);
    },
    stop: () => callOff(),
  };
}
