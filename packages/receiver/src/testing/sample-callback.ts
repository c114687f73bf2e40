import { callbackRow, callbackSign, callbackUrl, type CallbackCommand } from "@muster/protocol";

import { sampleFields, type SampleFields } from "./sample-fields.ts";

/** What a sample is to be like, where the usual does not do. */
export interface SampleOptions {
  readonly sdkAppId: number;
  /** The token that it is signed with. Absent: neither `Sign` nor `webhook-signature` is sent. */
  readonly token?: string | undefined;
  /** Where it is posted; what is not looked at by a `handle` may stay as it is. */
  readonly url?: string;
  /** Fields of the body beside or instead of the sample's; one that is `undefined` is left out. */
  readonly fields?: SampleFields;
  /** What is sent instead of the body, and signed as one. */
  readonly body?: string;
  /** `muster` has the headers of Muster, `tencent` is bare, as Tencent Cloud Chat sends callbacks today. */
  readonly form?: "muster" | "tencent";
  /** The `webhook-id`; by default another one each time. */
  readonly id?: string;
  /** The number within its group, and which attempt this is; 1 and 1 by default. */
  readonly sequence?: number;
  readonly attempt?: number;
  /** When it is signed, in milliseconds since 1970; by default the machine's clock. */
  readonly now?: number;
}

/** A callback as a request; unlike any request's, its headers can be read one by one. */
export interface SampleCallback {
  readonly method: "POST";
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array<ArrayBuffer>;
}

const utf8 = new TextEncoder();

/**
 * A whole callback of any command, as a sender makes it: query, `Sign`, headers and body.
 * @example
 * ```ts
 * const { status } = await receiver.handle(
 *   await sampleCallback("Group.CallbackAfterGroupDestroyed", { sdkAppId: 1400000001, token, fields: { GroupId } }),
 * );
 * ```
 */
export async function sampleCallback(command: CallbackCommand, options: SampleOptions): Promise<SampleCallback> {
  const { sdkAppId, token, url = "http://localhost/callback", form = "muster", now = Date.now() } = options;
  const requestTime = String(Math.floor(now / 1000));
  const auth = token === undefined ? undefined : { sign: await callbackSign(token, requestTime), requestTime };
  const query = { sdkAppId, command, clientIp: "127.0.0.1", platform: "RESTAPI", ...(auth && { auth }) } as const;
  const { body: text = JSON.stringify({ CallbackCommand: command, ...sampleFields[command], ...options.fields }) } =
    options;
  return {
    method: "POST",
    url: callbackUrl(url, query).href,
    headers: form === "tencent" ? {} : await musterHeaders(command, text, requestTime, options),
    body: utf8.encode(text),
  };
}

async function musterHeaders(
  command: CallbackCommand,
  body: string,
  timestamp: string,
  { token, id = `sample-${crypto.randomUUID()}`, sequence = 1, attempt = 1 }: SampleOptions,
): Promise<Record<string, string>> {
  return {
    "content-type": "application/json",
    "user-agent": "Muster",
    "webhook-id": id,
    "webhook-timestamp": timestamp,
    ...(token !== undefined && { "webhook-signature": await webhookSignature(token, `${id}.${timestamp}.${body}`) }),
    // A question is not numbered: what it asks about may never happen.
    ...(callbackRow(command).kind === "after" && { "muster-sequence": String(sequence) }),
    "muster-attempt": String(attempt),
  };
}

/** Standard Webhooks `v1`, keyed with the token as the text it is. */
async function webhookSignature(token: string, signed: string): Promise<string> {
  const algorithm = { name: "HMAC", hash: "SHA-256" };
  const key = await crypto.subtle.importKey("raw", utf8.encode(token), algorithm, false, ["sign"]);
  const digest = await crypto.subtle.sign("HMAC", key, utf8.encode(signed));
  return `v1,${btoa(String.fromCharCode(...new Uint8Array(digest)))}`;
}
