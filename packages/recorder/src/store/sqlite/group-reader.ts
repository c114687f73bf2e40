import type { DatabaseSync } from "node:sqlite";

import type { GroupReader } from "../../journal/group-reader.ts";

export function createGroupReader(db: DatabaseSync): GroupReader {
  const groups = db.prepare(`
    SELECT group_id, sdk_app_id, first_position FROM groups
    WHERE first_position > ? ORDER BY first_position LIMIT ?`);
  const apps = db.prepare("SELECT sdk_app_id FROM groups WHERE group_id = ? ORDER BY first_position");
  const places = db.prepare(`
    SELECT position, sequence FROM events
    WHERE group_id = ? AND position > ? AND sdk_app_id = ? ORDER BY position LIMIT ?`);
  const placesOfSpan = db.prepare(`
    SELECT position, sequence FROM events
    WHERE group_id = ? AND position > ? AND sdk_app_id = ?
      AND coalesce(event_time, received_at) >= ? AND coalesce(event_time, received_at) < ?
    ORDER BY position LIMIT ?`);
  const events = db.prepare(`
    SELECT position, sequence, command, event_time, received_at, fault IS NOT NULL AS quarantined,
      CASE WHEN command IN (SELECT value FROM json_each(?)) THEN body END AS body
    FROM events
    WHERE group_id = ? AND position > ? AND sdk_app_id = ? ORDER BY position LIMIT ?`);

  return {
    readGroups: async (after, limit) =>
      groups.all(after, limit).map((row) => ({
        groupId: String(row["group_id"]),
        sdkAppId: Number(row["sdk_app_id"]),
        firstPosition: Number(row["first_position"]),
      })),
    appsOfGroup: async (groupId) => apps.all(groupId).map((row) => Number(row["sdk_app_id"])),
    async readPlaces({ sdkAppId, groupId }, after, limit, { from, to } = {}) {
      const rows =
        from === undefined && to === undefined
          ? places.all(groupId, after, sdkAppId, limit)
          : placesOfSpan.all(groupId, after, sdkAppId, from ?? 0, to ?? Number.MAX_SAFE_INTEGER, limit);
      return rows.map((row) => ({ position: Number(row["position"]), sequence: numberOf(row["sequence"]) }));
    },
    readGroupEvents: async ({ sdkAppId, groupId }, commands, after, limit) =>
      events.all(JSON.stringify(commands), groupId, after, sdkAppId, limit).map((row) => ({
        position: Number(row["position"]),
        sequence: numberOf(row["sequence"]),
        command: String(row["command"]),
        eventTime: numberOf(row["event_time"]),
        receivedAt: Number(row["received_at"]),
        quarantined: row["quarantined"] === 1,
        body: row["body"] instanceof Uint8Array ? row["body"] : undefined,
      })),
  };
}

function numberOf(value: unknown): number | undefined {
  return typeof value === "number" ? value : undefined;
}
