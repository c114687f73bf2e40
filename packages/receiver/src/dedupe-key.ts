import { canonicalJson } from "./canonical-json.ts";

const utf8 = new TextEncoder();

/** What tells one callback from another. */
export interface Identity {
  readonly sdkAppId: number;
  readonly command: string;
  /** The `webhook-id` header, which is the same on every attempt. */
  readonly id: string | undefined;
  readonly bytes: Uint8Array;
  /** The body as JSON; `undefined` where it cannot be read as an object. */
  readonly json: object | undefined;
}

/**
 * The key under which a callback is kept once, however often it comes.
 *
 * With a `webhook-id` it is that id, within its app. Without one, as Tencent Cloud Chat sends callbacks, it is
 * a digest of app, command and content, in which neither white space nor the order of fields counts. Two
 * genuine events of the same content then share a key and are kept once: that cannot happen where the body
 * has an `EventTime` (it is in milliseconds), but can where it has none, as when the same topic is deleted,
 * made again and deleted again. How often a key arrived is the inbox's to count.
 */
export async function dedupeKey({ sdkAppId, command, id, bytes, json }: Identity): Promise<string> {
  if (id !== undefined) return `id:${sdkAppId}:${id}`;
  // As JSON, the two cannot run into each other or into the content behind the line break.
  const head = utf8.encode(`${JSON.stringify([sdkAppId, command])}\n`);
  const content = json === undefined ? bytes : utf8.encode(canonicalJson(json));
  const whole = new Uint8Array(head.length + content.length);
  whole.set(head);
  whole.set(content, head.length);
  const digest = new Uint8Array(await crypto.subtle.digest("SHA-256", whole));
  return `body:${Array.from(digest, (byte) => byte.toString(16).padStart(2, "0")).join("")}`;
}
