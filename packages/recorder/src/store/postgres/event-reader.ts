import { statement, type PostgresQueries, type PostgresStatement } from "@muster/foundation";

import { PAGE_BYTES, type EventFilter, type EventReader, type RecordedCallback } from "../../journal/event-reader.ts";

interface EventRow {
  readonly position: number;
  readonly dedupe_key: string;
  readonly sdk_app_id: number;
  readonly command: string;
  readonly group_id: string | null;
  readonly webhook_id: string | null;
  readonly sequence: number | null;
  readonly attempt: number | null;
  readonly event_time: number | null;
  readonly client_ip: string | null;
  readonly platform: string | null;
  readonly received_at: number;
  readonly query: string;
  readonly fault: string | null;
  readonly body: Uint8Array;
  readonly arrivals: number;
  readonly last_arrived_at: number;
  readonly replay: number;
  readonly repeated_replays: number;
}

const SELECT_EVENTS = `
  SELECT e.*, 1 + coalesce(r.times, 0) AS arrivals, coalesce(r.last_arrived_at, e.received_at) AS last_arrived_at,
    coalesce(r.replays, 0) AS repeated_replays
  FROM events AS e LEFT JOIN repeats AS r ON r.position = e.position`;

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

function toRecorded(row: EventRow): RecordedCallback {
  return {
    position: row.position,
    dedupeKey: row.dedupe_key,
    sdkAppId: row.sdk_app_id,
    command: row.command,
    groupId: row.group_id ?? undefined,
    id: row.webhook_id ?? undefined,
    sequence: row.sequence ?? undefined,
    attempt: row.attempt ?? undefined,
    replay: row.replay === 1,
    eventTime: row.event_time ?? undefined,
    clientIp: row.client_ip ?? undefined,
    platform: row.platform ?? undefined,
    receivedAt: row.received_at,
    query: row.query,
    fault: row.fault ?? undefined,
    body: bytesOf(row.body),
    arrivals: row.arrivals,
    lastArrivedAt: row.last_arrived_at,
    replays: row.replay + row.repeated_replays,
  };
}

/** The same bytes, and nothing of what the driver's own kind of them can do besides. */
export function bytesOf({ buffer, byteOffset, byteLength }: Uint8Array): Uint8Array {
  return new Uint8Array(buffer, byteOffset, byteLength);
}
