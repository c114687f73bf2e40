import type { DatabaseSync } from "node:sqlite";

import type { ReceivedCallback } from "@muster/receiver";

/**
 * Writes callbacks, each once per `dedupeKey`; the returned function is called inside a transaction. The key is
 * looked up first rather than left to a conflict, so that duplicates use up no positions.
 */
export function createEventWriter(db: DatabaseSync): (callback: ReceivedCallback) => "new" | "duplicate" {
  const find = db.prepare("SELECT position FROM events WHERE dedupe_key = ?");
  const insert = db.prepare(`
    INSERT INTO events (
      dedupe_key, sdk_app_id, command, group_id, webhook_id, sequence, attempt,
      event_time, client_ip, platform, received_at, query, fault, body, replay
    ) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`);
  const countArrival = db.prepare(`
    INSERT INTO repeats (position, times, last_arrived_at, replays) VALUES (?, 1, ?, ?)
    ON CONFLICT (position) DO UPDATE
    SET times = times + 1, last_arrived_at = excluded.last_arrived_at, replays = replays + excluded.replays`);
  const addGroup = db.prepare(`
    INSERT INTO groups (group_id, sdk_app_id, first_position) VALUES (?, ?, ?)
    ON CONFLICT (group_id, sdk_app_id) DO NOTHING`);

  return (callback) => {
    const known = find.get(callback.dedupeKey);
    if (known) {
      countArrival.run(Number(known["position"]), callback.receivedAt, Number(callback.replay));
      return "duplicate";
    }
    const { lastInsertRowid } = insert.run(
      callback.dedupeKey,
      callback.sdkAppId,
      callback.command,
      callback.groupId ?? null,
      callback.id ?? null,
      callback.sequence ?? null,
      callback.attempt ?? null,
      callback.eventTime ?? null,
      callback.clientIp ?? null,
      callback.platform ?? null,
      callback.receivedAt,
      callback.query,
      callback.fault ?? null,
      callback.body,
      Number(callback.replay),
    );
    if (callback.groupId !== undefined) addGroup.run(callback.groupId, callback.sdkAppId, lastInsertRowid);
    return "new";
  };
}
