import { DatabaseSync } from "node:sqlite";

import { settings } from "@muster/foundation";
import { Client } from "pg";

import type { Ledger } from "../../packages/server/src/ports/outbox.ts";
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
  FROM outbox LEFT JOIN lane USING (app, lane) LEFT JOIN given_up USING (app, position)
  ORDER BY position`;
const LEDGERS = `
  SELECT app AS sdkAppId, accepted, delivered, accepted - delivered - dead - cancelled AS pending, dead, cancelled
  FROM ledger`;
const FAILED = `
  SELECT outbox.app || ' ' || outbox.lane || ' ' || outbox.sequence || ' ' || attempt.number AS failed
  FROM attempt JOIN outbox USING (position) WHERE attempt.outcome <> 'delivered'`;
/** In PostgreSQL the ledger is a sum. */
const SUMS = `
  WITH ledger AS (
    SELECT app, sum(n) FILTER (WHERE kind = 'accepted') AS accepted,
      coalesce(sum(n) FILTER (WHERE kind = 'delivered'), 0) AS delivered,
      coalesce(sum(n) FILTER (WHERE kind = 'dead'), 0) AS dead,
      coalesce(sum(n) FILTER (WHERE kind = 'cancelled'), 0) AS cancelled
    FROM tally WHERE kind IN ('accepted', 'delivered', 'dead', 'cancelled') GROUP BY app
  )
  SELECT app AS "sdkAppId", accepted, delivered, accepted - delivered - dead - cancelled AS pending, dead, cancelled
  FROM ledger`;

type WhatOf = (body: Record<string, unknown>) => string;
type Row = Record<string, unknown>;

/**
 * Reads the callbacks in a server's store.
 * @param store as the server is configured with it
 * @param whatOf says what a callback tells, of its body
 */
export async function readStoredCallbacks(store: string, whatOf: WhatOf): Promise<StoredCallbacks> {
  return settings.isSqlite(store)
    ? readCallbacksInFile(settings.sqlitePath(store), whatOf)
    : await readCallbacksInPostgres(store, whatOf);
}

function readCallbacksInFile(path: string, whatOf: WhatOf): StoredCallbacks {
  const db = new DatabaseSync(path, { readOnly: true });
  try {
    // One moment for all three: the server may be writing meanwhile.
    db.exec("BEGIN");
    return storedCallbacks(db.prepare(KEPT).all(), db.prepare(LEDGERS).all(), db.prepare(FAILED).all(), whatOf);
  } finally {
    db.close();
  }
}

/** The same of a store in PostgreSQL. */
export async function readCallbacksInPostgres(url: string, whatOf: WhatOf): Promise<StoredCallbacks> {
  const db = new Client({ connectionString: url });
  await db.connect();
  try {
    await db.query("BEGIN ISOLATION LEVEL REPEATABLE READ; SET LOCAL search_path TO muster_server");
    const rowsOf = async (sql: string): Promise<Row[]> => (await db.query<Row>(sql)).rows;
    return storedCallbacks(await rowsOf(KEPT), await rowsOf(SUMS), await rowsOf(FAILED), whatOf);
  } finally {
    await db.end();
  }
}

function storedCallbacks(kept: Row[], ledgers: Row[], failed: Row[], whatOf: WhatOf): StoredCallbacks {
  return {
    kept: kept.map((row) => ({
      sdkAppId: Number(row["app"]),
      lane: String(row["lane"]),
      sequence: Number(row["sequence"]),
      id: String(row["id"]),
      what: whatOf(JSON.parse(String(row["body"])) as Record<string, unknown>),
      state: row["state"] as Kept["state"],
      isReplay: Boolean(row["is_replay"]),
    })),
    ledgers: ledgers.map((row) => ({
      sdkAppId: Number(row["sdkAppId"]),
      accepted: Number(row["accepted"]),
      delivered: Number(row["delivered"]),
      pending: Number(row["pending"]),
      dead: Number(row["dead"]),
      cancelled: Number(row["cancelled"]),
    })),
    failed: new Set(failed.map((row) => String(row["failed"]))),
  };
}
