import type { DatabaseSync } from "node:sqlite";

/** A group of an app. */
export interface GroupKey {
  readonly sdkAppId: number;
  readonly groupId: string;
}

/** A group and the position of the first event that told of it. */
interface SeenGroup extends GroupKey {
  readonly firstPosition: number;
}

/** Where an event stands: in the journal, and by the sender's numbers in its group. */
export interface EventPlace {
  readonly position: number;
  readonly sequence: number | undefined;
}

/** What is needed of an event to tell its group's state. */
export interface GroupEventRow extends EventPlace {
  readonly command: string;
  readonly eventTime: number | undefined;
  readonly receivedAt: number;
  readonly quarantined: boolean;
  /** The body's bytes, where they were asked for. */
  readonly body: Uint8Array | undefined;
}

/** Reads the events of groups. Lists are read in parts: a group may have millions of messages. */
export interface GroupReader {
  /** At most `limit` groups in the order in which they were first told of, behind a position. */
  readGroups(after: number, limit: number): readonly SeenGroup[];
  /** The apps that have a group of this id, the one that was told of first in front. */
  appsOfGroup(groupId: string): readonly number[];
  /** Places of at most `limit` events of a group behind a position, in the order of arrival. */
  readPlaces(group: GroupKey, after: number, limit: number): readonly EventPlace[];
  /** At most `limit` events of a group behind a position, in the order of arrival, with the bodies of `commands`. */
  readGroupEvents(group: GroupKey, commands: readonly string[], after: number, limit: number): readonly GroupEventRow[];
}

export function createGroupReader(db: DatabaseSync): GroupReader {
  const groups = db.prepare(`
    SELECT group_id, sdk_app_id, first_position FROM groups
    WHERE first_position > ? ORDER BY first_position LIMIT ?`);
  const apps = db.prepare("SELECT sdk_app_id FROM groups WHERE group_id = ? ORDER BY first_position");
  const places = db.prepare(`
    SELECT position, sequence FROM events
    WHERE group_id = ? AND position > ? AND sdk_app_id = ? ORDER BY position LIMIT ?`);
  const events = db.prepare(`
    SELECT position, sequence, command, event_time, received_at, fault IS NOT NULL AS quarantined,
      CASE WHEN command IN (SELECT value FROM json_each(?)) THEN body END AS body
    FROM events
    WHERE group_id = ? AND position > ? AND sdk_app_id = ? ORDER BY position LIMIT ?`);

  return {
    readGroups: (after, limit) =>
      groups.all(after, limit).map((row) => ({
        groupId: String(row["group_id"]),
        sdkAppId: Number(row["sdk_app_id"]),
        firstPosition: Number(row["first_position"]),
      })),
    appsOfGroup: (groupId) => apps.all(groupId).map((row) => Number(row["sdk_app_id"])),
    readPlaces: ({ sdkAppId, groupId }, after, limit) =>
      places.all(groupId, after, sdkAppId, limit).map((row) => ({
        position: Number(row["position"]),
        sequence: numberOf(row["sequence"]),
      })),
    readGroupEvents: ({ sdkAppId, groupId }, commands, after, limit) =>
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
