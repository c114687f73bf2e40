import { statement, type PostgresQueries } from "@muster/foundation";

import type { GroupReader } from "../../journal/group-reader.ts";
import { bytesOf } from "../event-row.ts";

interface PlaceRow {
  readonly position: number;
  readonly sequence: number | null;
}

interface GroupEventsRow extends PlaceRow {
  readonly command: string;
  readonly event_time: number | null;
  readonly received_at: number;
  readonly quarantined: boolean;
  readonly body: Uint8Array | null;
}

const groups = statement(`
  SELECT group_id, sdk_app_id, first_position FROM groups
  WHERE first_position > $1 ORDER BY first_position LIMIT $2`);
const apps = statement("SELECT sdk_app_id FROM groups WHERE group_id = $1 ORDER BY first_position");
const places = statement(`
  SELECT position, sequence FROM events
  WHERE group_id = $1 AND position > $2 AND sdk_app_id = $3 ORDER BY position LIMIT $4`);
const placesOfSpan = statement(`
  SELECT position, sequence FROM events
  WHERE group_id = $1 AND position > $2 AND sdk_app_id = $3
    AND coalesce(event_time, received_at) >= $5 AND coalesce(event_time, received_at) < $6
  ORDER BY position LIMIT $4`);
const events = statement(`
  SELECT position, sequence, command, event_time, received_at, fault IS NOT NULL AS quarantined,
    CASE WHEN command = ANY ($5::text[]) THEN body END AS body
  FROM events
  WHERE group_id = $1 AND position > $2 AND sdk_app_id = $3 ORDER BY position LIMIT $4`);

export function createGroupReader(db: PostgresQueries): GroupReader {
  return {
    async readGroups(after, limit) {
      const rows = await db.all<{ group_id: string; sdk_app_id: number; first_position: number }>(groups, after, limit);
      return rows.map((row) => ({
        groupId: row.group_id,
        sdkAppId: row.sdk_app_id,
        firstPosition: row.first_position,
      }));
    },
    async appsOfGroup(groupId) {
      return (await db.all<{ sdk_app_id: number }>(apps, groupId)).map((row) => row.sdk_app_id);
    },
    async readPlaces({ sdkAppId, groupId }, after, limit, { from, to } = {}) {
      const of = [groupId, after, sdkAppId, limit] as const;
      const rows =
        from === undefined && to === undefined
          ? await db.all<PlaceRow>(places, ...of)
          : await db.all<PlaceRow>(placesOfSpan, ...of, from ?? 0, to ?? Number.MAX_SAFE_INTEGER);
      return rows.map(({ position, sequence }) => ({ position, sequence: sequence ?? undefined }));
    },
    async readGroupEvents({ sdkAppId, groupId }, commands, after, limit) {
      const rows = await db.all<GroupEventsRow>(events, groupId, after, sdkAppId, limit, commands);
      return rows.map((row) => ({
        position: row.position,
        sequence: row.sequence ?? undefined,
        command: row.command,
        eventTime: row.event_time ?? undefined,
        receivedAt: row.received_at,
        quarantined: row.quarantined,
        body: row.body ? bytesOf(row.body) : undefined,
      }));
    },
  };
}
