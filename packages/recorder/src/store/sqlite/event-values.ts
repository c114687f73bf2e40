import type { ReceivedCallback } from "@muster/receiver";

/** A value as SQLite takes it, but for bytes. */
export type Value = string | number | null;

/** The columns of a callback without its body, in the order in which `eventValues` gives their values. */
export const EVENT_COLUMNS = [
  "dedupe_key",
  "sdk_app_id",
  "command",
  "group_id",
  "webhook_id",
  "sequence",
  "attempt",
  "event_time",
  "client_ip",
  "platform",
  "received_at",
  "query",
  "fault",
  "replay",
] as const;

/** A callback as values, without its body: what goes to another thread costs by the piece, and objects most. */
export function eventValues(callback: ReceivedCallback): readonly Value[] {
  return [
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
    Number(callback.replay),
  ];
}
