import type { DatabaseSync } from "node:sqlite";

import type { GroupSnapshot, TrimStep, Trimming } from "../../journal/trimming.ts";

type Row = Readonly<Record<string, unknown>>;

/** The part of `Trimming` that reads. */
export function createSnapshotReader(reader: DatabaseSync): Pick<Trimming, "readSnapshot" | "readSnapshots"> {
  const one = reader.prepare(`
    SELECT sdk_app_id, group_id, position, instant, fold FROM snapshots WHERE sdk_app_id = ? AND group_id = ?`);
  const some = reader.prepare(`
    SELECT sdk_app_id, group_id, position, instant, fold FROM snapshots
    WHERE (sdk_app_id, group_id) > (?, ?) ORDER BY sdk_app_id, group_id LIMIT ?`);
  return {
    async readSnapshot({ sdkAppId, groupId }) {
      const row = one.get(sdkAppId, groupId);
      return row && toSnapshot(row);
    },
    readSnapshots: async (after, limit) => some.all(after?.sdkAppId ?? 0, after?.groupId ?? "", limit).map(toSnapshot),
  };
}

/** The rest of what reads, beside `createSnapshotReader`. */
export function createOldestReader(reader: DatabaseSync): Pick<Trimming, "readOldest"> {
  const oldest = reader.prepare(`
    SELECT position, sdk_app_id, group_id, sequence, command, event_time, received_at, fault IS NOT NULL AS quarantined,
      CASE WHEN command IN (SELECT value FROM json_each(?)) THEN body END AS body
    FROM events ORDER BY position LIMIT ?`);
  return {
    async readOldest(commands, before, limit) {
      const rows = oldest.all(JSON.stringify(commands), limit);
      const young = rows.findIndex((row) => Number(row["received_at"]) >= before);
      return rows.slice(0, young === -1 ? rows.length : young).map((row) => ({
        position: Number(row["position"]),
        sdkAppId: Number(row["sdk_app_id"]),
        groupId: typeof row["group_id"] === "string" ? row["group_id"] : undefined,
        sequence: typeof row["sequence"] === "number" ? row["sequence"] : undefined,
        command: String(row["command"]),
        eventTime: typeof row["event_time"] === "number" ? row["event_time"] : undefined,
        receivedAt: Number(row["received_at"]),
        quarantined: row["quarantined"] === 1,
        body: row["body"] instanceof Uint8Array ? row["body"] : undefined,
      }));
    },
  };
}

/** Takes a step, inside a transaction; `false` where nothing was as old. */
export function createTrim(writer: DatabaseSync): (step: TrimStep) => boolean {
  const removeRepeats = writer.prepare("DELETE FROM repeats WHERE position <= ?");
  const removeEvents = writer.prepare("DELETE FROM events WHERE position <= ?");
  const keep = writer.prepare(`
    INSERT INTO snapshots (sdk_app_id, group_id, position, instant, fold) VALUES (?, ?, ?, ?, ?)
    ON CONFLICT (sdk_app_id, group_id)
    DO UPDATE SET position = excluded.position, instant = excluded.instant, fold = excluded.fold`);
  const hasEvents = writer.prepare("SELECT 1 FROM events WHERE group_id = ? AND sdk_app_id = ? LIMIT 1");
  const removeSnapshot = writer.prepare("DELETE FROM snapshots WHERE group_id = ? AND sdk_app_id = ?");
  const removeGroup = writer.prepare("DELETE FROM groups WHERE group_id = ? AND sdk_app_id = ?");

  return ({ through, snapshots, over }) => {
    removeRepeats.run(through);
    const { changes } = removeEvents.run(through);
    for (const { sdkAppId, groupId, position, instant, fold } of snapshots) {
      keep.run(sdkAppId, groupId, position, instant, fold);
    }
    for (const { sdkAppId, groupId } of over) {
      if (hasEvents.get(groupId, sdkAppId)) continue;
      removeSnapshot.run(groupId, sdkAppId);
      removeGroup.run(groupId, sdkAppId);
    }
    return Number(changes) > 0;
  };
}

function toSnapshot(row: Row): GroupSnapshot {
  return {
    sdkAppId: Number(row["sdk_app_id"]),
    groupId: String(row["group_id"]),
    position: Number(row["position"]),
    instant: Number(row["instant"]),
    fold: String(row["fold"]),
  };
}
