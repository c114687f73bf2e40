import { statement, type Postgres, type PostgresQueries } from "@muster/foundation";

import type { GroupSnapshot, Trimming } from "../../journal/trimming.ts";
import { bytesOf } from "../event-row.ts";

interface SnapshotRow {
  readonly sdk_app_id: number;
  readonly group_id: string;
  readonly position: number;
  readonly instant: number;
  readonly fold: string;
}

interface OldRow {
  readonly position: number;
  readonly sdk_app_id: number;
  readonly group_id: string | null;
  readonly sequence: number | null;
  readonly command: string;
  readonly event_time: number | null;
  readonly received_at: number;
  readonly quarantined: boolean;
  readonly body: Uint8Array | null;
}

const one = statement(`
  SELECT sdk_app_id, group_id, position, instant, fold FROM snapshots WHERE sdk_app_id = $1 AND group_id = $2`);
const some = statement(`
  SELECT sdk_app_id, group_id, position, instant, fold FROM snapshots
  WHERE (sdk_app_id, group_id) > ($1, $2) ORDER BY sdk_app_id, group_id LIMIT $3`);
const oldest = statement(`
  SELECT position, sdk_app_id, group_id, sequence, command, event_time, received_at, fault IS NOT NULL AS quarantined,
    CASE WHEN command = ANY ($1::text[]) THEN body END AS body
  FROM events ORDER BY position LIMIT $2`);
const removeRepeats = statement("DELETE FROM repeats WHERE position <= $1");
const removeEvents = statement("DELETE FROM events WHERE position <= $1");
const keep = statement(`
  INSERT INTO snapshots (sdk_app_id, group_id, position, instant, fold)
  SELECT * FROM unnest($1::bigint[], $2::text[], $3::bigint[], $4::bigint[], $5::text[])
  ON CONFLICT (sdk_app_id, group_id)
  DO UPDATE SET position = excluded.position, instant = excluded.instant, fold = excluded.fold`);
// Nobody adds an event meanwhile that tells of such a group: the journal's row is held.
const hold = statement("SELECT last FROM journal FOR NO KEY UPDATE");
const OVER = `
  SELECT * FROM unnest($1::bigint[], $2::text[]) AS listed (sdk_app_id, group_id)
  WHERE NOT EXISTS (SELECT 1 FROM events WHERE events.group_id = listed.group_id AND events.sdk_app_id = listed.sdk_app_id)`;
const removeFrom = (table: "snapshots" | "groups") =>
  statement(`
    DELETE FROM ${table} USING (${OVER}) AS over
    WHERE ${table}.sdk_app_id = over.sdk_app_id AND ${table}.group_id = over.group_id`);
const removeSnapshots = removeFrom("snapshots");
const removeGroups = removeFrom("groups");

/** The part of `Trimming` that reads. */
export function createSnapshotReader(db: PostgresQueries): Pick<Trimming, "readSnapshot" | "readSnapshots"> {
  return {
    async readSnapshot({ sdkAppId, groupId }) {
      const [row] = await db.all<SnapshotRow>(one, sdkAppId, groupId);
      return row && toSnapshot(row);
    },
    async readSnapshots(after, limit) {
      return (await db.all<SnapshotRow>(some, after?.sdkAppId ?? 0, after?.groupId ?? "", limit)).map(toSnapshot);
    },
  };
}

export function createTrimming(db: Postgres): Trimming {
  return {
    ...createSnapshotReader(db),
    async readOldest(commands, before, limit) {
      const rows = await db.all<OldRow>(oldest, commands, limit);
      const young = rows.findIndex((row) => row.received_at >= before);
      return rows.slice(0, young === -1 ? rows.length : young).map((row) => ({
        position: row.position,
        sdkAppId: row.sdk_app_id,
        groupId: row.group_id ?? undefined,
        sequence: row.sequence ?? undefined,
        command: row.command,
        eventTime: row.event_time ?? undefined,
        receivedAt: row.received_at,
        quarantined: row.quarantined,
        body: row.body ? bytesOf(row.body) : undefined,
      }));
    },
    trim: ({ through, snapshots, over }) =>
      db.transaction(async (tx) => {
        tx.push(hold);
        tx.push(removeRepeats, through);
        tx.push(removeEvents, through);
        tx.push(
          keep,
          snapshots.map(({ sdkAppId }) => sdkAppId),
          snapshots.map(({ groupId }) => groupId),
          snapshots.map(({ position }) => position),
          snapshots.map(({ instant }) => instant),
          snapshots.map(({ fold }) => fold),
        );
        const listed = [over.map(({ sdkAppId }) => sdkAppId), over.map(({ groupId }) => groupId)] as const;
        tx.push(removeSnapshots, ...listed);
        tx.push(removeGroups, ...listed);
      }),
  };
}

function toSnapshot(row: SnapshotRow): GroupSnapshot {
  return {
    sdkAppId: row.sdk_app_id,
    groupId: row.group_id,
    position: row.position,
    instant: row.instant,
    fold: row.fold,
  };
}
