import { hash } from "node:crypto";

/** Most keys whose beginnings are remembered. */
const REMEMBERED = 1_000;
/** The block and the result of SHA-256, in bytes, and what HMAC (RFC 2104) fills a key's blocks with. */
const BLOCK = 64;
const HASH = 32;
const INNER = 0x36;
const OUTER = 0x5c;

/** What a message is signed with. */
export type WebhookKey = string | Uint8Array;

/** A message as it is sent. */
export interface SignedMessage {
  readonly body: Buffer;
  /** The `webhook-signature`; absent where there is no key to sign with. */
  readonly signature: string | undefined;
}

/**
 * Signs an attempt by Standard Webhooks `v1`: an HMAC over id, timestamp and body, one for each key, so that a
 * receiver that knows any of them can verify it. A key is bytes, or a text as it is; a Standard Webhooks library takes
 * either as `whsec_` and its base64.
 *
 * An attempt is signed every time, and so the body is put into bytes once, for sending and for signing: right behind
 * the block that the key makes and what else is signed. Two hashes in one go each cost less than the objects that
 * `createHmac` makes and leaves behind.
 * @param id of ASCII
 * @param timestamp seconds since 1970
 * @see https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 */
export function signMessage(keys: readonly WebhookKey[], id: string, timestamp: number, body: string): SignedMessage {
  if (keys.length === 0) return { body: Buffer.from(body), signature: undefined };
  const before = `${id}.${timestamp}.`;
  const bytes = Buffer.allocUnsafe(BLOCK + before.length + Buffer.byteLength(body));
  bytes.write(before, BLOCK, "latin1");
  bytes.write(body, BLOCK + before.length);
  const signatures = keys.map((key) => {
    const { inner, outer } = blocksOf(key);
    bytes.set(inner);
    outer.set(hash("sha256", bytes, "buffer"), BLOCK);
    return `v1,${hash("sha256", outer, "base64")}`;
  });
  return { body: bytes.subarray(BLOCK + before.length), signature: signatures.join(" ") };
}

/** The two beginnings of an HMAC-SHA256 (RFC 2104) that a key makes; the second has room for the first one's hash. */
interface KeyBlocks {
  readonly inner: Buffer;
  readonly outer: Buffer;
}

const known = new Map<WebhookKey, KeyBlocks>();

function blocksOf(key: WebhookKey): KeyBlocks {
  let blocks = known.get(key);
  if (!blocks) {
    const bytes = Buffer.from(key);
    const block = Buffer.alloc(BLOCK);
    (bytes.length > BLOCK ? hash("sha256", bytes, "buffer") : bytes).copy(block);
    blocks = {
      inner: Buffer.from(block.map((byte) => byte ^ INNER)),
      outer: Buffer.concat([block.map((byte) => byte ^ OUTER), Buffer.alloc(HASH)]),
    };
    if (known.size >= REMEMBERED) known.clear();
    known.set(key, blocks);
  }
  return blocks;
}
