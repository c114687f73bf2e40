import { DatabaseSync } from "node:sqlite";

import type { Ledger } from "../../packages/server/src/ports.ts";
import type { Kept } from "./account.ts";

/** What a server's store says of its callbacks, read beside the server or after its end. */
export interface StoredCallbacks {
  readonly kept: readonly Kept[];
  readonly ledgers: readonly Ledger[];
  /** Of each attempt that failed: app, lane, number of the callback and of the attempt, with spaces in between. */
  readonly failed: ReadonlySet<string>;
}

const KEPT = `
  SELECT outbox.app, outbox.lane, outbox.sequence, outbox.id, outbox.body, outbox.replay_of IS NOT NULL AS is_replay,
    CASE WHEN outbox.sequence > lane.settled THEN 'pending' ELSE coalesce(given_up.state, 'delivered') END AS state
  FROM outbox LEFT JOIN lane USING (app, lane) LEFT JOIN given_up USING (position)
  ORDER BY position`;
const LEDGERS = `
  SELECT app AS sdkAppId, accepted, delivered, accepted - delivered - dead - cancelled AS pending, dead, cancelled
  FROM ledger`;
const FAILED = `
  SELECT outbox.app || ' ' || outbox.lane || ' ' || outbox.sequence || ' ' || attempt.number AS failed
  FROM attempt JOIN outbox USING (position) WHERE attempt.outcome <> 'delivered'`;

/** @param whatOf says what a callback tells, of its body */
export function readStoredCallbacks(path: string, whatOf: (body: Record<string, unknown>) => string): StoredCallbacks {
  const db = new DatabaseSync(path, { readOnly: true });
  try {
    // One moment for all three: the server may be writing meanwhile.
    db.exec("BEGIN");
    return {
      kept: db
        .prepare(KEPT)
        .all()
        .map((row) => ({
          sdkAppId: Number(row["app"]),
          lane: String(row["lane"]),
          sequence: Number(row["sequence"]),
          id: String(row["id"]),
          what: whatOf(JSON.parse(String(row["body"])) as Record<string, unknown>),
          state: row["state"] as Kept["state"],
          isReplay: row["is_replay"] === 1,
        })),
      ledgers: db.prepare(LEDGERS).all() as unknown as Ledger[],
      failed: new Set(
        db
          .prepare(FAILED)
          .all()
          .map(({ failed }) => String(failed)),
      ),
    };
  } finally {
    db.close();
  }
}
