import type { GroupCommit } from "@muster/foundation";
import type { DatabaseSync } from "node:sqlite";

import type { CommittedCallback, DueLane, Ledger, Outbox, Settlement } from "../../ports.ts";
import { all, one } from "./group-reads.ts";
import { toPending, type OutboxRow } from "./rows.ts";

/** The outbox as the dispatcher sees it. Reads what is committed; settles together with whatever else is written. */
export function createOutbox(
  writer: DatabaseSync,
  reader: DatabaseSync,
  commits: GroupCommit,
  onCommitted: (listener: (added: readonly CommittedCallback[]) => void) => void,
): Outbox {
  const dueLanes = reader.prepare(
    "SELECT lane, settled, last FROM lane WHERE app = ? AND due <= ? ORDER BY due LIMIT ?",
  );
  const nextDue = reader.prepare("SELECT min(due) AS due FROM lane WHERE app = ? AND due > ?");
  const pending = reader.prepare(
    `SELECT position, app, lane, sequence, id, command, body, client_ip, platform, accepted_at, attempts
     FROM outbox WHERE app = ? AND lane = ? AND state = 'pending' AND sequence > ? ORDER BY sequence LIMIT ?`,
  );
  const appsWithPending = reader.prepare("SELECT DISTINCT app FROM lane WHERE due IS NOT NULL");
  const ledger = reader.prepare(
    `SELECT app, count(*) AS accepted, sum(state = 'delivered') AS delivered, sum(state = 'pending') AS pending,
       sum(state = 'dead') AS dead, sum(state = 'cancelled') AS cancelled
     FROM outbox GROUP BY app`,
  );
  const addAttempt = writer.prepare(
    `INSERT OR REPLACE INTO attempt (position, number, started_at, duration_ms, outcome, status, code, answer, error)
     VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)`,
  );
  const setState = writer.prepare(
    "UPDATE outbox SET state = ?, attempts = ?, settled_at = ? WHERE position = ? AND state = 'pending'",
  );
  const advance = writer.prepare(
    `UPDATE lane SET settled = ?3, due = CASE WHEN last > ?3 THEN ?4 ELSE NULL END WHERE app = ?1 AND lane = ?2`,
  );
  const postpone = writer.prepare("UPDATE lane SET due = ? WHERE app = ? AND lane = ?");
  const cancelCallbacks = writer.prepare(
    "UPDATE outbox SET state = 'cancelled', settled_at = ? WHERE app = ? AND state = 'pending'",
  );
  const cancelLanes = writer.prepare("UPDATE lane SET settled = last, due = NULL WHERE app = ? AND due IS NOT NULL");

  function settleOne({ callback, attempt, state }: Settlement, now: number): void {
    const { sdkAppId, lane, position, sequence } = callback;
    addAttempt.run(
      position,
      attempt.number,
      attempt.startedAt,
      attempt.durationMs,
      attempt.outcome,
      attempt.status ?? null,
      attempt.code ?? null,
      attempt.answer ?? null,
      attempt.error ?? null,
    );
    const [settled, settledAt] = typeof state === "string" ? [state, now] : ["pending", null];
    const { changes } = setState.run(settled, attempt.number, settledAt, position);
    // Cancelled meanwhile, or written before: the attempt is kept, the lane has gone on without it.
    if (changes === 0) return;
    if (typeof state === "string") advance.run(sdkAppId, lane, sequence, now);
    else postpone.run(state.retryAt, sdkAppId, lane);
  }

  return {
    onCommitted,
    async dueLanes(app, now, limit) {
      return all<DueLane>(dueLanes, app, now, limit);
    },
    async nextDue(app, now) {
      return one<{ due: number | null }>(nextDue, app, now)?.due ?? undefined;
    },
    async pending(app, lane, after, limit) {
      return all<OutboxRow>(pending, app, lane, after, limit).map(toPending);
    },
    async settle(settlements, now) {
      await commits.write(() => {
        for (const settlement of settlements) settleOne(settlement, now);
      });
    },
    async appsWithPending() {
      return all<{ app: number }>(appsWithPending).map(({ app }) => app);
    },
    async cancelPending(app, now) {
      return await commits.write(() => {
        cancelLanes.run(app);
        return Number(cancelCallbacks.run(now, app).changes);
      });
    },
    async ledger() {
      return all<Omit<Ledger, "sdkAppId"> & { app: number }>(ledger).map(({ app, ...counts }) => ({
        sdkAppId: app,
        ...counts,
      }));
    },
  };
}
