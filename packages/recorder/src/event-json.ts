import { parseJson } from "@muster/protocol";

import type { RecordedCallback } from "./journal/event-reader.ts";
import { RECONCILED_PLATFORM } from "./reconcile/reconciled.ts";

/** An event as the recorder's HTTP interface gives it. */
export interface EventJson {
  /** Its place in the journal, as `after` takes it. */
  readonly position: string;
  /** The sender's id of it (`webhook-id`). */
  readonly id: string | null;
  readonly sdkAppId: number;
  readonly command: string;
  readonly groupId: string | null;
  /** The sender's number of it within its group. */
  readonly sequence: number | null;
  /** With which attempt of the sender's it came first. */
  readonly attempt: number | null;
  /** Times are in ms since 1970. */
  readonly eventTime: number | null;
  readonly receivedAt: number;
  /** How often it came. */
  readonly arrivals: number;
  /** How often of these somebody had asked for it once more. */
  readonly replays: number;
  readonly clientIp: string | null;
  readonly platform: string | null;
  /** Whether nobody sent it: it was made so that the mirror says what the IM backend says. */
  readonly reconciled: boolean;
  /** Why it is in quarantine. */
  readonly fault: string | null;
  readonly body: unknown;
  /** The body's bytes in base64, only where it cannot be read as JSON. */
  readonly raw?: string;
}

export function eventJson(event: RecordedCallback): EventJson {
  const parsed = parseJson(event.body);
  return {
    position: String(event.position),
    id: event.id ?? null,
    sdkAppId: event.sdkAppId,
    command: event.command,
    groupId: event.groupId ?? null,
    sequence: event.sequence ?? null,
    attempt: event.attempt ?? null,
    eventTime: event.eventTime ?? null,
    receivedAt: event.receivedAt,
    arrivals: event.arrivals,
    replays: event.replays,
    clientIp: event.clientIp ?? null,
    platform: event.platform ?? null,
    reconciled: event.platform === RECONCILED_PLATFORM,
    fault: event.fault ?? null,
    body: parsed.ok ? parsed.value : null,
    ...(!parsed.ok && { raw: Buffer.from(event.body).toString("base64") }),
  };
}
