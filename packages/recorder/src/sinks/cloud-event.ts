import { parseJson } from "@muster/protocol";

import type { RecordedCallback } from "../journal/event-reader.ts";

/** The media type of an event's `text`. */
export const CLOUD_EVENT_TYPE = "application/cloudevents+json";

/**
 * An event's attributes, as CloudEvents 1.0 and its extensions `partitionkey`, `sequence` and `recordedtime` name them;
 * `groupsequence`, `clientip`, `platform` and `fault` are Muster's own.
 * @see https://github.com/cloudevents/spec/blob/v1.0.2/cloudevents/spec.md
 */
export interface CloudEventAttributes {
  readonly specversion: "1.0";
  /** The same for the same event wherever and however often it is sent; unique within its `source`. */
  readonly id: string;
  /** The app: `/apps/1400000001`. */
  readonly source: string;
  /** The callback's command: `Group.CallbackAfterGroupDestroyed`. */
  readonly type: string;
  /** The group that it tells of; a few callbacks are of no group. */
  readonly subject?: string;
  /** When it happened; some callbacks don't tell. */
  readonly time?: string;
  readonly datacontenttype: string;
  /** What shares it is in order: the group, or the app's number where there is none. */
  readonly partitionkey: string;
  /** Its place in the recorder's journal, in 15 digits, so that it sorts as a text. */
  readonly sequence: string;
  /** When it came to the recorder. */
  readonly recordedtime: string;
  /** The sender's number of it within its group: 1, 2, 3 … without gaps. Tencent Cloud Chat gives none. */
  readonly groupsequence?: string;
  /** The address of whoever acted. */
  readonly clientip?: string;
  /** Where whoever acted did so: `RESTAPI`, `Web`, `iOS` … */
  readonly platform?: string;
  /** Why it is in quarantine: it is authentic, but not what the catalog says. */
  readonly fault?: string;
}

/** An event on its way out. */
export interface OutgoingEvent {
  /** Its place in the journal. */
  readonly position: number;
  readonly sdkAppId: number;
  readonly groupId: string | undefined;
  readonly attributes: CloudEventAttributes;
  /** The callback's body as the JSON text that came, on one line; `undefined` where it is no JSON. */
  readonly data: string | undefined;
  /** The whole as a CloudEvent in JSON, on one line. */
  readonly text: string;
}

/** The last instant that RFC 3339 has a text for. */
const LATEST = 253_402_300_799_999;

/** Makes a recorded callback a CloudEvent. The body is taken over as text, so that no number in it loses a digit. */
export function cloudEvent(event: RecordedCallback): OutgoingEvent {
  const { position, sdkAppId, groupId, body } = event;
  const data = parseJson(body).ok ? onOneLine(body) : undefined;
  const attributes = attributesOf(event, data !== undefined);
  const head = JSON.stringify(attributes).slice(0, -1);
  const rest = data === undefined ? `"data_base64":"${Buffer.from(body).toString("base64")}"` : `"data":${data}`;
  return { position, sdkAppId, groupId, attributes, data, text: `${head},${rest}}` };
}

function attributesOf(event: RecordedCallback, isJson: boolean): CloudEventAttributes {
  const { sdkAppId, groupId, eventTime, sequence, clientIp, platform, fault } = event;
  return {
    specversion: "1.0",
    id: event.id ?? event.dedupeKey,
    source: `/apps/${sdkAppId}`,
    type: event.command,
    ...(groupId !== undefined && { subject: groupId }),
    ...(eventTime !== undefined && eventTime >= 0 && eventTime <= LATEST && { time: timeText(eventTime) }),
    datacontenttype: isJson ? "application/json" : "application/octet-stream",
    partitionkey: groupId ?? String(sdkAppId),
    sequence: String(event.position).padStart(15, "0"),
    recordedtime: timeText(event.receivedAt),
    ...(sequence !== undefined && { groupsequence: String(sequence) }),
    ...(clientIp !== undefined && { clientip: clientIp }),
    ...(platform !== undefined && { platform }),
    ...(fault !== undefined && { fault }),
  };
}

/** Line breaks of a JSON text stand between its parts alone: within its texts they are escaped. */
function onOneLine(body: Uint8Array): string {
  return new TextDecoder().decode(body).replaceAll(/[\r\n]+/g, " ");
}

function timeText(ms: number): string {
  return new Date(ms).toISOString();
}
