import type { DatabaseSync, StatementSync } from "node:sqlite";

import { PAGE_BYTES, type EventFilter, type EventReader, type RecordedCallback } from "../../journal/event-reader.ts";
import { SELECT_EVENTS, toRecorded, type EventRow } from "../event-row.ts";

/** How each filter is asked. Where a group is, SQLite is kept (by the `+`) from going by the command instead. */
function conditionsOf({ groupId, sdkAppId, command }: EventFilter): string[] {
  const conditions = ["e.position > :after"];
  if (groupId !== undefined) conditions.push("e.group_id = :groupId");
  if (sdkAppId !== undefined) conditions.push("e.sdk_app_id = :sdkAppId");
  if (command !== undefined) conditions.push(`${groupId === undefined ? "" : "+"}e.command = :command`);
  return conditions;
}

export function createEventReader(db: DatabaseSync): EventReader {
  const prepared = new Map<string, StatementSync>();
  const one = db.prepare(`${SELECT_EVENTS} WHERE e.position = ?`);
  // Not of the events: the newest may have gone too.
  const last = db.prepare("SELECT coalesce(max(seq), 0) AS position FROM sqlite_sequence WHERE name = 'events'");

  /** One statement per combination of filters: one for all could use no index. */
  function statementFor(filter: EventFilter): StatementSync {
    const sql = `${SELECT_EVENTS} WHERE ${conditionsOf(filter).join(" AND ")} ORDER BY e.position LIMIT :limit`;
    const statement = prepared.get(sql) ?? db.prepare(sql);
    prepared.set(sql, statement);
    return statement;
  }

  return {
    async readEvents(filter, after, limit) {
      const given = Object.fromEntries(Object.entries(filter).filter(([, value]) => value !== undefined));
      const events: RecordedCallback[] = [];
      let bytes = 0;
      // One row more than asked for tells whether there are more.
      for (const row of statementFor(filter).iterate({ ...given, after, limit: limit + 1 })) {
        if (events.length === limit || bytes >= PAGE_BYTES) return { events, more: true };
        const event = toRecorded(row as unknown as EventRow);
        events.push(event);
        bytes += event.body.byteLength;
      }
      return { events, more: false };
    },
    async readEvent(position) {
      const row = one.get(position);
      return row && toRecorded(row as unknown as EventRow);
    },
    lastPosition: async () => Number(last.get()?.["position"]),
  };
}
