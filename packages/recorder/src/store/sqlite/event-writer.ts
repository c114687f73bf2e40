import type { DatabaseSync } from "node:sqlite";

import type { Kept } from "@muster/receiver";

import { EVENT_COLUMNS, type Value } from "./event-values.ts";

const place = (column: (typeof EVENT_COLUMNS)[number]): number => EVENT_COLUMNS.indexOf(column);
const DEDUPE_KEY = place("dedupe_key");
const SDK_APP_ID = place("sdk_app_id");
const GROUP_ID = place("group_id");
const RECEIVED_AT = place("received_at");
const REPLAY = place("replay");

/**
 * Writes callbacks (see `eventValues`), each once per `dedupeKey`; the returned function is called inside a transaction.
 * The key is looked up first rather than left to a conflict, so that duplicates use up no positions.
 */
export function createEventWriter(db: DatabaseSync): (values: readonly Value[], body: Uint8Array) => Kept {
  const find = db.prepare("SELECT position FROM events WHERE dedupe_key = ?");
  const insert = db.prepare(`
    INSERT INTO events (${EVENT_COLUMNS.join(", ")}, body) VALUES (${EVENT_COLUMNS.map(() => "?").join(", ")}, ?)`);
  const countArrival = db.prepare(`
    INSERT INTO repeats (position, times, last_arrived_at, replays) VALUES (?, 1, ?, ?)
    ON CONFLICT (position) DO UPDATE
    SET times = times + 1, last_arrived_at = excluded.last_arrived_at, replays = replays + excluded.replays`);
  const addGroup = db.prepare(`
    INSERT INTO groups (group_id, sdk_app_id, first_position) VALUES (?, ?, ?)
    ON CONFLICT (group_id, sdk_app_id) DO NOTHING`);

  return (values, body) => {
    const known = find.get(values[DEDUPE_KEY] ?? null);
    if (known) {
      countArrival.run(Number(known["position"]), values[RECEIVED_AT] ?? null, values[REPLAY] ?? null);
      return "duplicate";
    }
    const { lastInsertRowid } = insert.run(...values, body);
    const groupId = values[GROUP_ID] ?? null;
    if (groupId !== null) addGroup.run(groupId, values[SDK_APP_ID] ?? null, lastInsertRowid);
    return "new";
  };
}
