import type { RecordedCallback } from "../journal/event-reader.ts";

/** A row of the journal, alike in all databases. */
export interface EventRow {
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

export const SELECT_EVENTS = `
  SELECT e.*, 1 + coalesce(r.times, 0) AS arrivals, coalesce(r.last_arrived_at, e.received_at) AS last_arrived_at,
    coalesce(r.replays, 0) AS repeated_replays
  FROM events AS e LEFT JOIN repeats AS r ON r.position = e.position`;

export function toRecorded(row: EventRow): RecordedCallback {
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
