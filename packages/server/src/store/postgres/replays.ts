import { statement, type PostgresTransaction } from "@muster/foundation";
import type { CallbackCommand, OptPlatform } from "@muster/protocol";

import { replayLane, type Deliveries, type ReplayQuery } from "../../deliveries.ts";
import type { NewCallback } from "../../ports/outbox.ts";
import { fits, type DeliveryRow } from "../delivery-row.ts";
import { createDeliveryRows } from "./delivery-rows.ts";

/** Most candidates of one transaction. */
const PIECE = 500;
/** After so many callbacks that were queued or looked at, the rest is left to the next call. */
const MOST_QUEUED = 5_000;
const MOST_EXAMINED = 50_000;

// Two who ask for the same at once must not both queue it.
const onlyOne = statement("SELECT pg_advisory_xact_lock(1299539828, ($1 % 2147483647)::integer)");
const contents = statement(
  "SELECT position, body, client_ip, platform FROM outbox WHERE app = $1 AND position = ANY ($2::bigint[])",
);
const waitingOf = statement(
  `SELECT DISTINCT outbox.replay_of AS position FROM outbox JOIN lane USING (app, lane)
   WHERE outbox.app = $1 AND outbox.replay_of = ANY ($2::bigint[]) AND outbox.sequence > lane.settled`,
);

interface Outcome {
  queued: number;
  waiting: number;
}

interface ContentRow {
  readonly position: number;
  readonly body: string;
  readonly client_ip: string;
  readonly platform: string;
}

type Enqueue = (callback: NewCallback) => Promise<void>;

/** Runs work in a transaction in which it may put an app's callbacks into the outbox. */
export type WriteCallbacks = (
  sdkAppId: number,
  work: (tx: PostgresTransaction, enqueue: Enqueue) => Promise<void>,
) => Promise<void>;

/**
 * Queues callbacks once more, in the order of their positions, so that each group's come in theirs. A piece is in
 * the outbox whole or not at all, and whoever goes on from the position that is known queues the rest.
 */
export function createReplays(write: WriteCallbacks): Deliveries["replay"] {
  async function queuePiece(
    tx: PostgresTransaction,
    enqueue: Enqueue,
    { sdkAppId, now }: ReplayQuery,
    originals: readonly DeliveryRow[],
  ): Promise<Outcome> {
    const positions = originals.map(({ position }) => position);
    const [waiting, kept] = await Promise.all([
      tx.all<{ position: number }>(waitingOf, sdkAppId, positions),
      tx.all<ContentRow>(contents, sdkAppId, positions),
    ]);
    const isWaiting = new Set(waiting.map(({ position }) => position));
    const contentOf = new Map(kept.map((row) => [row.position, row]));
    const free = originals.filter(({ position, state }) => state !== "pending" && !isWaiting.has(position));
    for (const { position, sequence, id, lane, command } of free) {
      const content = contentOf.get(position);
      if (!content) throw new TypeError("a callback went away inside the transaction");
      await enqueue({
        id,
        lane: replayLane(lane),
        command: command as CallbackCommand,
        body: content.body,
        clientIp: content.client_ip,
        platform: content.platform as OptPlatform,
        acceptedAt: now,
        replayOf: { position, sequence },
      });
    }
    return { queued: free.length, waiting: originals.length - free.length };
  }

  /** Returns where to go on; `undefined` at the end. */
  async function replayPiece(query: ReplayQuery, after: number, total: Outcome): Promise<number | undefined> {
    let next: number | undefined;
    let outcome: Outcome = { queued: 0, waiting: 0 };
    await write(query.sdkAppId, async (tx, enqueue) => {
      if (!query.goesOn()) return;
      await tx.all(onlyOne, query.sdkAppId);
      const rows = createDeliveryRows(tx, "ASC");
      const { low, high } = await rows.range(query);
      const range = { low: Math.max(low, after + 1), high: Math.min(high, query.upTo) };
      const candidates = await rows.candidates(query, range, PIECE);
      const originals = candidates.filter((row) => row.replay_of === null && fits(query, row));
      outcome = await queuePiece(tx, enqueue, query, originals);
      next = candidates.length < PIECE ? undefined : candidates.at(-1)?.position;
    });
    total.queued += outcome.queued;
    total.waiting += outcome.waiting;
    return next;
  }

  return async (query) => {
    const total: Outcome = { queued: 0, waiting: 0 };
    let { after } = query;
    for (let examined = 0; examined < MOST_EXAMINED && total.queued < MOST_QUEUED; examined += PIECE) {
      const last = await replayPiece(query, after, total);
      if (last === undefined) return { ...total, next: undefined };
      after = last;
    }
    return { ...total, next: after };
  };
}
