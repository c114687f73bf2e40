import type { GroupCommit } from "@muster/foundation";
import type { DatabaseSync } from "node:sqlite";

import type { CommittedCallback, LaneKind, Ledger, Outbox, PendingCallback } from "../../ports/outbox.ts";
import { all, one } from "./group-reads.ts";
import { settledRow } from "./settled-row.ts";
import type { Settle } from "./settling.ts";
import { OUTBOX_COLUMNS, toPending, type OutboxRow } from "../rows.ts";

/** Most characters of bodies that one look into a lane brings into memory, beyond the first. */
const MAX_READ = 262_144;
/** Most callbacks that are cancelled in one transaction. */
const CANCELLED_AT_ONCE = 5_000;

type DueRow = OutboxRow & {
  readonly last: number;
  readonly attempts: number;
  readonly first_attempt_at: number | null;
};
type LedgerRow = Omit<Ledger, "sdkAppId"> & { readonly app: number };

/** What is read of a lane's callbacks, beside the app and the lane that are asked for. */
const LANE_COLUMNS = `position, sequence, id, command, body, client_ip, platform, accepted_at, replay_of, replay_sequence,
  traceparent`;

type LaneValues = readonly [
  position: number,
  sequence: number,
  id: string,
  command: string,
  body: string,
  clientIp: string,
  platform: string,
  acceptedAt: number,
  replayOf: number | null,
  replaySequence: number | null,
  traceparent: string | null,
];

/** The outbox as the dispatcher sees it. Reads what is committed; settles together with whatever else is written. */
export function createOutbox(
  writer: DatabaseSync,
  reader: DatabaseSync,
  commits: GroupCommit,
  settle: Settle,
  onCommitted: (listener: (added: readonly CommittedCallback[]) => void) => void,
): Outbox {
  // LIMIT is a sum because SQLite plans a statement anew for each value of a bare parameter there.
  const due = (condition: string) =>
    reader.prepare(
      `SELECT lane.last, lane.attempts, ${OUTBOX_COLUMNS}, (
         SELECT started_at FROM attempt WHERE position = outbox.position AND number = 1 AND lane.attempts > 0
       ) AS first_attempt_at
       FROM lane JOIN outbox ON outbox.app = lane.app AND outbox.lane = lane.lane AND outbox.sequence = lane.settled + 1
       WHERE lane.app = ? AND lane.kind = ? AND ${condition} ORDER BY lane.due LIMIT ? + 0`,
    );
  // What was never tried does not wait, and a clock that is set back must not make it.
  const dueFresh = due("lane.due IS NOT NULL");
  const dueOthers = due("lane.due <= ?");
  // One look for each kind: of both together the index does not know the least.
  const nextDue = reader.prepare(
    `SELECT min(due) AS due FROM (
       SELECT min(due) AS due FROM lane WHERE app = ?1 AND kind = 'retrying' AND due > ?2
       UNION ALL
       SELECT min(due) FROM lane WHERE app = ?1 AND kind = 'replay' AND due > ?2
     )`,
  );
  const pending = reader.prepare(
    `SELECT ${LANE_COLUMNS} FROM outbox
     WHERE app = ?1 AND lane = ?2 AND sequence > max(?3, (SELECT settled FROM lane WHERE app = ?1 AND lane = ?2))
     ORDER BY sequence LIMIT ?4 + 0`,
  );
  // An object with a name for each column would cost half as much again as reading it.
  pending.setReturnArrays(true);
  // From app to app through the index: a long backlog is not read.
  const appsWithPending = reader.prepare(
    `WITH RECURSIVE pending (app) AS (
       SELECT min(app) FROM lane WHERE due IS NOT NULL
       UNION ALL
       SELECT (SELECT min(app) FROM lane WHERE due IS NOT NULL AND lane.app > pending.app) FROM pending
       WHERE pending.app IS NOT NULL
     ) SELECT app FROM pending WHERE app IS NOT NULL`,
  );
  const ledger = reader.prepare(
    `SELECT app, accepted, delivered, accepted - delivered - dead - cancelled AS pending, dead, cancelled
     FROM ledger`,
  );

  const hastenSome = writer.prepare(
    `UPDATE lane SET due = ?1 WHERE app = ?2 AND lane IN (
       SELECT lane FROM lane WHERE app = ?2 AND kind IN ('retrying', 'replay') AND due > ?1 LIMIT 1000
     )`,
  );
  const lanesToCancel = writer.prepare(
    `SELECT lane, settled, last, kind FROM lane INDEXED BY lane_due
     WHERE app = ? AND kind IN ('fresh', 'retrying', 'replay') AND due IS NOT NULL LIMIT 500`,
  );
  const cancelCallbacks = writer.prepare(
    `INSERT INTO given_up (position, app, state, given_up_at)
     SELECT position, app, 'cancelled', ? FROM outbox WHERE app = ? AND lane = ? AND sequence > ? AND sequence <= ?`,
  );
  const cancelLane = writer.prepare(
    `UPDATE lane SET settled = ?1, attempts = 0, due = CASE WHEN last > ?1 THEN due END,
       kind = CASE WHEN kind = 'replay' THEN kind ELSE 'fresh' END WHERE app = ?2 AND lane = ?3`,
  );
  const countCancelled = writer.prepare("UPDATE ledger SET cancelled = cancelled + ? WHERE app = ?");

  /** Cancels a piece of what is pending. Returns how many, and whether there is more. */
  function cancelSome(app: number, now: number): { cancelled: number; more: boolean } {
    let [cancelled, replays] = [0, 0];
    const lanes = all<{ lane: string; settled: number; last: number; kind: LaneKind }>(lanesToCancel, app);
    for (const { lane, settled, last, kind } of lanes) {
      const upTo = Math.min(last, settled + CANCELLED_AT_ONCE - cancelled - replays);
      const changed = Number(cancelCallbacks.run(now, app, lane, settled, upTo).changes);
      cancelLane.run(upTo, app, lane);
      if (kind === "replay") replays += changed;
      else cancelled += changed;
      if (cancelled + replays >= CANCELLED_AT_ONCE) break;
    }
    if (cancelled > 0) countCancelled.run(cancelled, app);
    return { cancelled, more: lanes.length > 0 };
  }

  return {
    onCommitted,
    readTogether: 1,
    async dueLanes(app, kind, now, limit) {
      const rows =
        kind === "fresh" ? all<DueRow>(dueFresh, app, kind, limit) : all<DueRow>(dueOthers, app, kind, now, limit);
      return rows.map((row) => ({ lane: row.lane, last: row.last, head: toHead(row) }));
    },
    async nextDue(app, now) {
      return one<{ due: number | null }>(nextDue, app, now)?.due ?? undefined;
    },
    async pending(app, lane, after, limit) {
      const callbacks: PendingCallback[] = [];
      let read = 0;
      for (const row of pending.iterate(app, lane, after, limit)) {
        const callback = toPending(ofLane(app, lane, row as unknown as LaneValues));
        callbacks.push(callback);
        read += callback.body.length;
        if (read > MAX_READ) break;
      }
      return callbacks;
    },
    async settle(settlements, now) {
      await settle(settlements.map(settledRow), now);
    },
    async appsWithPending() {
      return all<{ app: number }>(appsWithPending).map(({ app }) => app);
    },
    async hasten(app, now) {
      for (let hastened = 1; hastened > 0;) {
        hastened = await commits.write(() => Number(hastenSome.run(now, app).changes));
      }
    },
    async cancelPending(app, now) {
      let cancelled = 0;
      for (;;) {
        const some = await commits.write(() => cancelSome(app, now));
        cancelled += some.cancelled;
        if (!some.more) return cancelled;
      }
    },
    async ledger() {
      return all<LedgerRow>(ledger).map(({ app, ...counts }) => ({ sdkAppId: app, ...counts }));
    },
  };
}

function ofLane(app: number, lane: string, values: LaneValues): OutboxRow {
  return {
    position: values[0],
    app,
    lane,
    sequence: values[1],
    id: values[2],
    command: values[3],
    body: values[4],
    client_ip: values[5],
    platform: values[6],
    accepted_at: values[7],
    replay_of: values[8],
    replay_sequence: values[9],
    traceparent: values[10],
  };
}

function toHead(row: DueRow): PendingCallback {
  const { attempts, first_attempt_at: firstAttemptAt } = row;
  return { ...toPending(row), attempts, ...(firstAttemptAt === null ? {} : { firstAttemptAt }) };
}
