import { statement, type PostgresQueries, type PostgresStatement } from "@muster/foundation";

import { PAGE_BYTES, type EventFilter, type EventReader } from "../../journal/event-reader.ts";
import { SELECT_EVENTS, toRecorded, type EventRow } from "../event-row.ts";

const one = statement(`${SELECT_EVENTS} WHERE e.position = $1`);
const last = statement("SELECT last FROM journal");
// Ahead of the rows: how many of them fit is known before any body is read.
const pageOf = (conditions: string): PostgresStatement =>
  statement(`
    SELECT position, octet_length(body) AS bytes FROM events AS e
    WHERE e.position > $1 ${conditions} ORDER BY e.position LIMIT $2`);
const rowsAt = statement(`${SELECT_EVENTS} WHERE e.position = ANY ($1::bigint[]) ORDER BY e.position`);

const pages = new Map<string, PostgresStatement>();

/** One statement per combination of filters: one for all could use no index. */
function pageStatement({ groupId, sdkAppId, command }: EventFilter): PostgresStatement {
  const asked = { "e.group_id": groupId, "e.sdk_app_id": sdkAppId, "e.command": command };
  const columns = Object.entries(asked).flatMap(([column, value]) => (value === undefined ? [] : [column]));
  const conditions = columns.map((column, i) => `AND ${column} = $${i + 3}`).join(" ");
  const found = pages.get(conditions) ?? pageOf(conditions);
  pages.set(conditions, found);
  return found;
}

export function createEventReader(db: PostgresQueries): EventReader {
  return {
    async readEvents(filter, after, limit) {
      const given = [filter.groupId, filter.sdkAppId, filter.command].filter((value) => value !== undefined);
      // One row more than asked for tells whether there are more.
      const page = await db.all<{ position: number; bytes: number }>(pageStatement(filter), after, limit + 1, ...given);
      let bytes = 0;
      const positions: number[] = [];
      for (const row of page) {
        if (positions.length === limit || bytes >= PAGE_BYTES) break;
        positions.push(row.position);
        bytes += row.bytes;
      }
      const rows = positions.length === 0 ? [] : await db.all<EventRow>(rowsAt, positions);
      return { events: rows.map(toRecorded), more: positions.length < page.length };
    },
    async readEvent(position) {
      const [row] = await db.all<EventRow>(one, position);
      return row && toRecorded(row);
    },
    async lastPosition() {
      const [row] = await db.all<{ last: number }>(last);
      return row?.last ?? 0;
    },
  };
}
