import { statement, type Postgres, type PostgresTransaction } from "@muster/foundation";

import type { CommittedCallback, LaneKind, Ledger, Outbox, PendingCallback, Settlement } from "../../ports/outbox.ts";
import { keepAttempts, type Fenced } from "./attempts.ts";
import { gather } from "./gather.ts";
import { first } from "./group-reads.ts";
import { OUTBOX_COLUMNS, toPending, type OutboxRow } from "../rows.ts";
import type { DeliveringNode } from "./node.ts";
import { shardOf } from "./shards.ts";
import { createTallies, type Tallies } from "./tallies.ts";

/** Most characters of bodies that one look into a lane brings into memory, beyond the first. */
const MAX_READ = 262_144;
/** Most lanes that are looked into with one statement. */
const READ_TOGETHER = 32;
/** Most callbacks that are cancelled in one transaction. */
const CANCELLED_AT_ONCE = 5_000;

type DueRow = OutboxRow & {
  readonly last: number;
  readonly attempts: number;
  readonly first_attempt_at: number | null;
};
/** A look into a lane: at so many callbacks at the most, after a number. */
interface Look {
  readonly app: number;
  readonly lane: string;
  readonly after: number;
  readonly limit: number;
}
type Counts = Omit<Ledger, "sdkAppId" | "pending">;

/**
 * Each shard by itself, along the index; then the longest due of them all. `OFFSET 0`: what heads they have is looked up
 * one by one, whatever the database believes. Of an app that leaves for another store nothing is due any more.
 */
const dueIn = (condition: string) =>
  statement(
    `SELECT due.last, due.attempts, ${OUTBOX_COLUMNS}, (
       SELECT started_at FROM attempt
       WHERE attempt.app = due.app AND attempt.position = due.head AND number = 1 AND due.attempts > 0
     ) AS first_attempt_at
     FROM (
       SELECT of_shard.* FROM unnest($4::smallint[]) AS owned (shard) CROSS JOIN LATERAL (
         SELECT * FROM lane
         WHERE app = $1 AND kind = $2 AND shard = owned.shard AND ${condition} ORDER BY due LIMIT $3
       ) AS of_shard WHERE NOT EXISTS (SELECT 1 FROM departure WHERE app = $1) ORDER BY due LIMIT $3
     ) AS due CROSS JOIN LATERAL (
       SELECT * FROM outbox WHERE outbox.position = due.head AND outbox.app = due.app OFFSET 0
     ) AS outbox ORDER BY due.due`,
  );
// What was never tried does not wait, and a clock that is set back must not make it.
const dueFresh = dueIn("due IS NOT NULL");
const dueOthers = dueIn("due <= $5");
const nextDue = statement(
  `SELECT min(next.due) AS due
   FROM unnest($3::smallint[]) AS owned (shard) CROSS JOIN unnest(ARRAY['retrying', 'replay']) AS asked (kind)
   CROSS JOIN LATERAL (
     SELECT due FROM lane WHERE app = $1 AND kind = asked.kind AND shard = owned.shard AND due > $2 ORDER BY due LIMIT 1
   ) AS next`,
);
const pending = statement(
  `SELECT asked.place::integer AS place, ${OUTBOX_COLUMNS}
   FROM unnest($1::bigint[], $2::text[], $3::bigint[], $4::integer[]) WITH ORDINALITY
     AS asked (app, lane, after, most, place)
   CROSS JOIN LATERAL (
     SELECT settled, head FROM lane WHERE lane.app = asked.app AND lane.lane = asked.lane OFFSET 0
   ) AS lane CROSS JOIN LATERAL (
     SELECT * FROM outbox
     WHERE outbox.app = asked.app AND outbox.lane = asked.lane
       AND sequence > greatest(asked.after, lane.settled) AND position >= lane.head
     ORDER BY sequence LIMIT asked.most
   ) AS outbox ORDER BY asked.place, outbox.sequence`,
);
// From app to app through the index: a long backlog is not read.
const appsWithPending = statement(
  `WITH RECURSIVE pending (app) AS (
     (SELECT app FROM lane WHERE due IS NOT NULL ORDER BY app LIMIT 1)
     UNION ALL
     SELECT (SELECT app FROM lane WHERE due IS NOT NULL AND lane.app > pending.app ORDER BY app LIMIT 1) FROM pending
     WHERE pending.app IS NOT NULL
   ) SELECT app FROM pending WHERE app IS NOT NULL`,
);
// Of an app that is still coming from another store the half of its books is none.
const ledger = statement(
  `SELECT app, kind, sum(n)::bigint AS n FROM tally
   WHERE kind IN ('accepted', 'delivered', 'dead', 'cancelled')
     AND app <> ALL (ARRAY(SELECT app FROM arrival WHERE state = 'copying'))
   GROUP BY app, kind`,
);

/**
 * Before they are moved, in a statement of its own: what the next one reads is as it is when all of them are held. One
 * that did both would not see a callback that was added while it waited.
 */
const holdLanes = statement(
  `SELECT 1 FROM lane JOIN unnest($1::bigint[], $2::text[]) AS moved (app, lane) USING (app, lane)
   ORDER BY app, lane FOR NO KEY UPDATE OF lane`,
);
/** All but the last of what is settled are through, and the last one may have to be tried again. */
const advance = statement(
  `UPDATE lane SET settled = result.settled, attempts = result.attempts, head_at = result.head_at,
     due = CASE WHEN lane.last > result.settled THEN result.due END,
     head = CASE WHEN lane.last > result.settled AND result.settled > lane.settled THEN (
       SELECT position FROM outbox
       WHERE outbox.app = lane.app AND outbox.lane = lane.lane AND outbox.sequence = result.settled + 1
         AND outbox.position > lane.head
     ) ELSE lane.head END,
     kind = CASE WHEN lane.kind = 'replay' THEN lane.kind WHEN result.attempts > 0 THEN 'retrying' ELSE 'fresh' END
   FROM unnest($1::bigint[], $2::text[], $3::bigint[], $4::bigint[], $5::integer[], $6::bigint[], $7::bigint[],
     $8::bigint[]) AS result (app, lane, before, settled, attempts, due, head_at, fence)
   JOIN shard USING (fence)
   WHERE lane.app = result.app AND lane.lane = result.lane AND lane.settled = result.before
     AND lane.shard = shard.shard
   RETURNING lane.app, lane.lane`,
);
const giveUp = statement(
  `INSERT INTO given_up (app, position, state, given_up_at)
   SELECT app, position, 'dead', $3 FROM unnest($1::bigint[], $2::bigint[]) AS dead (app, position) ON CONFLICT DO NOTHING`,
);
const noLongerGivenUp = statement(
  `DELETE FROM given_up USING unnest($1::bigint[], $2::bigint[]) AS good (app, position)
   WHERE given_up.app = good.app AND given_up.position = good.position AND state = 'dead' RETURNING given_up.app`,
);

/** Each lane as it is once it is held: of nodes that hasten at the same moment, one does it. */
const hastenThose = (which: string) =>
  statement(
    `WITH put_off AS MATERIALIZED (
       SELECT app, lane FROM lane WHERE app = $2 AND kind IN ('retrying', 'replay') AND due > $1 ${which}
     ) UPDATE lane SET due = $1 FROM put_off WHERE lane.app = put_off.app AND lane.lane = put_off.lane RETURNING 1`,
  );
const hastenFree = hastenThose("LIMIT 1000 FOR NO KEY UPDATE SKIP LOCKED");
/** In the order in which results hold them. */
const hastenHeld = hastenThose("ORDER BY app, lane LIMIT 1000 FOR NO KEY UPDATE");
const lanesToCancel = statement(
  `SELECT lane, settled, last, kind FROM lane WHERE app = $1 AND due IS NOT NULL LIMIT 500 FOR NO KEY UPDATE`,
);
const cancelCallbacks = statement(
  `INSERT INTO given_up (app, position, state, given_up_at)
   SELECT app, position, 'cancelled', $2 FROM outbox WHERE app = $1 AND lane = $3 AND sequence > $4 AND sequence <= $5`,
);
const cancelLane = statement(
  `UPDATE lane SET settled = $3, attempts = 0, due = CASE WHEN last > $3 THEN due END,
     head = CASE WHEN last > $3 THEN (
       SELECT position FROM outbox WHERE app = $1 AND outbox.lane = $2 AND sequence = $3 + 1
     ) ELSE head END,
     kind = CASE WHEN kind = 'replay' THEN kind ELSE 'fresh' END WHERE app = $1 AND lane = $2`,
);

/** Nobody takes a shard over until the results of this transaction are told. */
const holdShards = statement("SELECT 1 FROM shard WHERE shard = ANY ($1::smallint[]) ORDER BY shard FOR SHARE");

/** The outbox as the dispatcher sees it. */
export function createOutbox(
  db: Postgres,
  node: Pick<DeliveringNode, "shards" | "fenceOf">,
  onCommitted: (listener: (added: readonly CommittedCallback[]) => void) => void,
): Outbox {
  /** Cancels a piece of what is pending. Returns how many, and whether there is more. */
  async function cancelSome(
    tx: PostgresTransaction,
    app: number,
    now: number,
  ): Promise<{ cancelled: number; more: boolean }> {
    let [cancelled, replays] = [0, 0];
    const lanes = await tx.all<{ lane: string; settled: number; last: number; kind: LaneKind }>(lanesToCancel, app);
    for (const { lane, settled, last, kind } of lanes) {
      const upTo = Math.min(last, settled + CANCELLED_AT_ONCE - cancelled - replays);
      tx.push(cancelCallbacks, app, now, lane, settled, upTo);
      tx.push(cancelLane, app, lane, upTo);
      if (kind === "replay") replays += upTo - settled;
      else cancelled += upTo - settled;
      if (cancelled + replays >= CANCELLED_AT_ONCE) break;
    }
    const tallies = createTallies(app);
    tallies.count("cancelled", cancelled);
    tallies.write(tx);
    return { cancelled, more: lanes.length > 0 };
  }

  const rowsOf = gather(async (asked: readonly Look[]) => {
    const column = <T>(of: (look: Look) => T): T[] => asked.map(of);
    const rows = await db.all<OutboxRow & { readonly place: number }>(
      pending,
      column(({ app }) => app),
      column(({ lane }) => lane),
      column(({ after }) => after),
      column(({ limit }) => limit),
    );
    const found = Map.groupBy(rows, ({ place }) => place);
    return asked.map((_, i) => found.get(i + 1) ?? []);
  }, READ_TOGETHER);

  return {
    onCommitted,
    readTogether: READ_TOGETHER,
    async dueLanes(app, kind, now, limit) {
      const rows =
        kind === "fresh"
          ? await db.all<DueRow>(dueFresh, app, kind, limit, node.shards())
          : await db.all<DueRow>(dueOthers, app, kind, limit, node.shards(), now);
      return rows.map((row) => ({ lane: row.lane, last: row.last, head: toHead(row) }));
    },
    async nextDue(app, now) {
      return first(await db.all<{ due: number | null }>(nextDue, app, now, node.shards()))?.due ?? undefined;
    },
    async pending(app, lane, after, limit) {
      const callbacks: PendingCallback[] = [];
      let read = 0;
      for (const row of (await rowsOf({ app, lane, after, limit })) ?? []) {
        const callback = toPending(row);
        callbacks.push(callback);
        read += callback.body.length;
        if (read > MAX_READ) break;
      }
      return callbacks;
    },
    async settle(settlements, now) {
      // What is another node's by now is that node's to tell.
      const fenced = settlements.flatMap((settlement) => {
        const { sdkAppId, lane } = settlement.callback;
        const shard = shardOf(sdkAppId, lane);
        const fence = node.fenceOf(shard);
        return fence === undefined ? [] : [{ ...settlement, shard, fence }];
      });
      if (fenced.length > 0) await db.transaction((tx) => settleAll(tx, fenced, now));
    },
    async appsWithPending() {
      return (await db.all<{ app: number }>(appsWithPending)).map(({ app }) => app);
    },
    async hasten(app, now) {
      // Those that others hold come last: by then they are hastened, or their results are written.
      for (const those of [hastenFree, hastenHeld]) {
        while ((await db.transaction((tx) => tx.all(those, now, app))).length > 0);
      }
    },
    async cancelPending(app, now) {
      let cancelled = 0;
      for (;;) {
        const some = await db.transaction((tx) => cancelSome(tx, app, now));
        cancelled += some.cancelled;
        if (!some.more) return cancelled;
      }
    },
    async ledger() {
      const apps = new Map<number, Counts>();
      for (const { app, kind, n } of await db.all<{ app: number; kind: keyof Counts; n: number }>(ledger)) {
        apps.set(app, { accepted: 0, delivered: 0, dead: 0, cancelled: 0, ...apps.get(app), [kind]: n });
      }
      return [...apps].map(([sdkAppId, { accepted, delivered, dead, cancelled }]) => {
        return { sdkAppId, accepted, delivered, pending: accepted - delivered - dead - cancelled, dead, cancelled };
      });
    },
  };
}

/** Settles what lanes have, those of each in order. */
async function settleAll(tx: PostgresTransaction, settlements: readonly Fenced[], now: number): Promise<void> {
  tx.push(
    holdShards,
    [...new Set(settlements.map(({ shard }) => shard))].toSorted((a, b) => a - b),
  );
  keepAttempts(tx, settlements);
  const lanes = Map.groupBy(settlements, laneOf);
  const stood = await advanceLanes(tx, [...lanes.values()], now);
  const valid = settlements.filter((settlement) => stood.has(laneOf(settlement)));
  for (const [lane, ofLane] of lanes) {
    if (stood.has(lane)) continue;
    // Some were cancelled meanwhile, or written before: the lane has gone on without those.
    for (const single of ofLane) if ((await advanceLanes(tx, [[single]], now)).has(lane)) valid.push(single);
  }
  await keepBooks(tx, valid, now);
}

function laneOf({ callback: { sdkAppId, lane } }: Settlement): string {
  return `${sdkAppId} ${lane}`;
}

/** Returns the lanes that were where the first of their results expects them; with others nothing is done. */
async function advanceLanes(
  tx: PostgresTransaction,
  lanes: readonly (readonly Fenced[])[],
  now: number,
): Promise<ReadonlySet<string>> {
  const results = lanes.flatMap((ofLane) => {
    const [head, last] = [ofLane[0], ofLane.at(-1)];
    if (!head || !last) return [];
    const { sdkAppId, lane, sequence } = head.callback;
    const retryAt = typeof last.state === "object" ? last.state.retryAt : undefined;
    return [
      [
        sdkAppId,
        lane,
        sequence - 1,
        retryAt === undefined ? last.callback.sequence : last.callback.sequence - 1,
        retryAt === undefined ? 0 : last.attempt.number,
        retryAt ?? now,
        last.callback.acceptedAt,
        head.fence,
      ] as const,
    ];
  });
  const [apps, names] = [results.map(([app]) => app), results.map(([, lane]) => lane)];
  tx.push(holdLanes, apps, names);
  const rows = await tx.all<{ app: number; lane: string }>(
    advance,
    apps,
    names,
    results.map(([, , before]) => before),
    results.map(([, , , settled]) => settled),
    results.map(([, , , , attempts]) => attempts),
    results.map(([, , , , , due]) => due),
    results.map(([, , , , , , headAt]) => headAt),
    results.map(([, , , , , , , fence]) => fence),
  );
  return new Set(rows.map(({ app, lane }) => `${app} ${lane}`));
}

/** Counts what was settled, and notes what was given up or is made good by a replay. */
async function keepBooks(tx: PostgresTransaction, settled: readonly Settlement[], now: number): Promise<void> {
  const apps = new Map<number, Tallies>();
  const count = (app: number, kind: "delivered" | "dead", by: number): void => {
    const tallies = apps.get(app) ?? createTallies(app);
    apps.set(app, tallies);
    tallies.count(kind, by);
  };
  const dead = settled.filter(({ state }) => state === "dead").map(({ callback }) => callback);
  if (dead.length > 0) {
    tx.push(
      giveUp,
      dead.map(({ sdkAppId }) => sdkAppId),
      dead.map(({ position }) => position),
      now,
    );
  }
  for (const { callback, state } of settled) {
    if (callback.replayOf === undefined && typeof state === "string") count(callback.sdkAppId, state, 1);
  }
  const repeated = settled.flatMap(({ callback: { sdkAppId, replayOf }, state }) =>
    state === "delivered" && replayOf ? [[sdkAppId, replayOf.position] as const] : [],
  );
  if (repeated.length > 0) {
    const [ofApps, positions] = [repeated.map(([app]) => app), repeated.map(([, position]) => position)];
    for (const { app } of await tx.all<{ app: number }>(noLongerGivenUp, ofApps, positions)) {
      // A replay is not in the books; what it makes good is.
      count(app, "delivered", 1);
      count(app, "dead", -1);
    }
  }
  for (const [, tallies] of [...apps].toSorted(([a], [b]) => a - b)) tallies.write(tx);
}

function toHead(row: DueRow): PendingCallback {
  const { attempts, first_attempt_at: firstAttemptAt } = row;
  return { ...toPending(row), attempts, ...(firstAttemptAt === null ? {} : { firstAttemptAt }) };
}
