import { statement, type Postgres } from "@muster/foundation";

import type { HeldLane, SinkStore } from "../../sinks/sink-store.ts";

interface LaneRow {
  readonly lane: string;
  readonly sdk_app_id: number;
  readonly group_id: string | null;
  readonly after: number;
  readonly failures: number;
  readonly next_at: number;
  readonly error: string;
}

interface LetterRow {
  readonly position: number;
  readonly failures: number;
  readonly error: string;
  readonly died_at: number;
}

const find = statement("SELECT position, paused FROM sinks WHERE name = $1");
const heldLanes = statement("SELECT * FROM sink_lanes WHERE sink = $1 ORDER BY lane");
const letters = statement(`
  SELECT position, failures, error, died_at FROM sink_dead_letters
  WHERE sink = $1 AND position > $2 ORDER BY position LIMIT $3`);
const count = statement("SELECT count(*) AS letters FROM sink_dead_letters WHERE sink = $1");
const taken = statement(`
  SELECT min(position) AS position
  FROM (SELECT position FROM sinks UNION ALL SELECT after AS position FROM sink_lanes) AS every`);
const names = statement("SELECT name, position FROM sinks ORDER BY name");

const add = statement("INSERT INTO sinks (name, position) VALUES ($1, $2) ON CONFLICT DO NOTHING");
const move = statement("UPDATE sinks SET position = $1 WHERE name = $2");
const pause = statement("UPDATE sinks SET paused = $1 WHERE name = $2");
const remove = statement("DELETE FROM sinks WHERE name = $1 RETURNING 1");
const hold = statement(`
  INSERT INTO sink_lanes (sink, lane, sdk_app_id, group_id, after, failures, next_at, error)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
  ON CONFLICT (sink, lane) DO UPDATE
  SET after = excluded.after, failures = excluded.failures, next_at = excluded.next_at, error = excluded.error`);
const release = statement("DELETE FROM sink_lanes WHERE sink = $1 AND lane = $2");
const bury = statement(`
  INSERT INTO sink_dead_letters AS letter (sink, position, failures, error, died_at) VALUES ($1, $2, $3, $4, $5)
  ON CONFLICT (sink, position) DO UPDATE
  SET failures = letter.failures + excluded.failures, error = excluded.error, died_at = excluded.died_at`);
const revive = statement("DELETE FROM sink_dead_letters WHERE sink = $1 AND position = $2");

export function createSinkStore(db: Postgres): SinkStore {
  const progressOf = (name: string) => db.all<{ position: number; paused: boolean }>(find, name);
  return {
    async open(name, from) {
      if ((await progressOf(name)).length === 0) await db.all(add, name, await from());
      const [[row], held] = await Promise.all([progressOf(name), db.all<LaneRow>(heldLanes, name)]);
      return { position: row?.position ?? 0, paused: row?.paused ?? false, held: held.map(toHeldLane) };
    },
    save: (name, { position, held, released, dead, revived }) =>
      db.transaction(async (tx) => {
        tx.push(move, position, name);
        for (const { lane, sdkAppId, groupId, after, failures, nextAt, error } of held) {
          tx.push(hold, name, lane, sdkAppId, groupId ?? null, after, failures, nextAt, error);
        }
        for (const lane of released) tx.push(release, name, lane);
        for (const letter of revived) tx.push(revive, name, letter);
        for (const letter of dead) tx.push(bury, name, letter.position, letter.failures, letter.error, letter.diedAt);
      }),
    async setPaused(name, paused) {
      await db.all(pause, paused, name);
    },
    async deadLetters(name, after, limit) {
      const rows = await db.all<LetterRow>(letters, name, after, limit);
      return rows.map(({ died_at: diedAt, ...letter }) => ({ ...letter, diedAt }));
    },
    async countDeadLetters(name) {
      const [row] = await db.all<{ letters: number }>(count, name);
      return row?.letters ?? 0;
    },
    async taken() {
      const [row] = await db.all<{ position: number | null }>(taken);
      return row?.position ?? Number.MAX_SAFE_INTEGER;
    },
    all: () => db.all<{ name: string; position: number }>(names),
    forget: async (name) => (await db.all(remove, name)).length === 1,
  };
}

function toHeldLane(row: LaneRow): HeldLane {
  return {
    lane: row.lane,
    sdkAppId: row.sdk_app_id,
    groupId: row.group_id ?? undefined,
    after: row.after,
    failures: row.failures,
    nextAt: row.next_at,
    error: row.error,
  };
}
