import type { GroupCommit } from "@muster/foundation";
import type { CallbackCommand, OptPlatform } from "@muster/protocol";
import type { DatabaseSync } from "node:sqlite";

import { replayLane, type Deliveries, type ReplayQuery } from "../../deliveries.ts";
import type { NewCallback } from "../../ports/outbox.ts";
import { fits, type DeliveryRow } from "../delivery-row.ts";
import { createDeliveryRows } from "./delivery-rows.ts";
import { one } from "./group-reads.ts";

/** Most candidates of one transaction. */
const PIECE = 500;
/** After so many callbacks that were queued or looked at, the rest is left to the next call. */
const MOST_QUEUED = 5_000;
const MOST_EXAMINED = 50_000;

interface Outcome {
  queued: number;
  waiting: number;
}

/**
 * Queues callbacks once more, in the order of their positions, so that each group's come in theirs. A piece is in
 * the outbox whole or not at all, and whoever goes on from the position that is known queues the rest.
 */
export function createReplays(
  writer: DatabaseSync,
  commits: GroupCommit,
  enqueue: (sdkAppId: number, callback: NewCallback) => Promise<void>,
): Deliveries["replay"] {
  const rows = createDeliveryRows(writer, "ASC");
  const content = writer.prepare("SELECT body, client_ip, platform FROM outbox WHERE position = ?");
  const isWaiting = writer.prepare(
    `SELECT 1 FROM outbox INDEXED BY outbox_replay JOIN lane ON lane.app = outbox.app AND lane.lane = outbox.lane
     WHERE outbox.replay_of = ? AND outbox.sequence > lane.settled LIMIT 1`,
  );

  async function queue({ app, lane, ...row }: DeliveryRow, now: number): Promise<void> {
    const { position, sequence, id, command } = row;
    const kept = one<{ body: string; client_ip: string; platform: string }>(content, position);
    if (!kept) throw new TypeError("a callback went away inside the transaction");
    await enqueue(app, {
      id,
      lane: replayLane(lane),
      command: command as CallbackCommand,
      body: kept.body,
      clientIp: kept.client_ip,
      platform: kept.platform as OptPlatform,
      acceptedAt: now,
      replayOf: { position, sequence },
    });
  }

  async function queuePiece(query: ReplayQuery, candidates: readonly DeliveryRow[]): Promise<Outcome> {
    const outcome: Outcome = { queued: 0, waiting: 0 };
    for (const row of candidates) {
      if (row.replay_of !== null || !fits(query, row)) continue;
      if (row.state === "pending" || isWaiting.get(row.position)) outcome.waiting += 1;
      else {
        await queue(row, query.now);
        outcome.queued += 1;
      }
    }
    return outcome;
  }

  return async (query) => {
    const total: Outcome = { queued: 0, waiting: 0 };
    let { after } = query;
    for (let examined = 0; examined < MOST_EXAMINED && total.queued < MOST_QUEUED; examined += PIECE) {
      const last = await commits.write(async () => {
        if (!query.goesOn()) return undefined;
        const { low, high } = rows.range(query);
        const range = { low: Math.max(low, after + 1), high: Math.min(high, query.upTo) };
        const candidates = rows.candidates(query, range, PIECE);
        const { queued, waiting } = await queuePiece(query, candidates);
        total.queued += queued;
        total.waiting += waiting;
        return candidates.length < PIECE ? undefined : candidates.at(-1)?.position;
      });
      if (last === undefined) return { ...total, next: undefined };
      after = last;
    }
    return { ...total, next: after };
  };
}
