import * as z from "zod/mini";

import type { ReceivedCallback } from "./inbox.ts";

const text = z.optional(z.string());
const number = z.optional(z.number());

const stored = z.object({
  dedupeKey: z.string(),
  sdkAppId: z.number(),
  command: z.string(),
  groupId: text,
  id: text,
  sequence: number,
  attempt: number,
  replay: z.boolean(),
  eventTime: number,
  clientIp: text,
  platform: text,
  receivedAt: z.number(),
  query: z.string(),
  fault: text,
});

/** What is stored of a callback beside its body. It is JSON, in which there is no text that a database cannot hold. */
export function storedText({ body: _body, ...rest }: ReceivedCallback): string {
  return JSON.stringify(rest);
}

/** The callback again. */
export function storedCallback(json: string, body: Uint8Array): ReceivedCallback {
  const fields = stored.parse(JSON.parse(json));
  return {
    ...fields,
    groupId: fields.groupId,
    id: fields.id,
    sequence: fields.sequence,
    attempt: fields.attempt,
    eventTime: fields.eventTime,
    clientIp: fields.clientIp,
    platform: fields.platform,
    fault: fields.fault,
    body: Uint8Array.from(body),
  };
}
