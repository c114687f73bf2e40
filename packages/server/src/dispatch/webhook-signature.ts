import { hash } from "node:crypto";

/** Most tokens whose keys are remembered. */
const REMEMBERED = 1_000;
/** The block of SHA-256, in bytes, and what HMAC (RFC 2104) fills a key's blocks with. */
const BLOCK = 64;
const INNER = 0x36;
const OUTER = 0x5c;

/**
 * The `webhook-signature` of an attempt: Standard Webhooks `v1`, an HMAC over id, timestamp and body, one for each
 * token, so that a receiver that knows any of them can verify it. The key is the callback token as the text it is;
 * a Standard Webhooks library takes it as `whsec_` and its base64.
 * @param timestamp seconds since 1970
 * @see https://github.com/standard-webhooks/standard-webhooks/blob/main/spec/standard-webhooks.md
 */
export function webhookSignature(tokens: readonly string[], id: string, timestamp: number, body: string): string {
  const signed = `${id}.${timestamp}.${body}`;
  return tokens.map((token) => `v1,${hmacSha256(token, signed)}`).join(" ");
}

/** The two beginnings of an HMAC that the key makes. */
interface KeyBlocks {
  readonly inner: Buffer;
  readonly outer: Buffer;
}

const known = new Map<string, KeyBlocks>();

/**
 * HMAC-SHA256 in base64. Of two hashes in one go each: an attempt is signed every time, and the objects that
 * `createHmac` makes and leaves behind cost more than the hashing.
 */
function hmacSha256(key: string, text: string): string {
  const { inner, outer } = blocksOf(key);
  const innerHash = hash("sha256", Buffer.concat([inner, Buffer.from(text)]), "buffer");
  return hash("sha256", Buffer.concat([outer, innerHash]), "base64");
}

function blocksOf(key: string): KeyBlocks {
  let blocks = known.get(key);
  if (!blocks) {
    const bytes = Buffer.from(key);
    const block = Buffer.alloc(BLOCK);
    (bytes.length > BLOCK ? hash("sha256", bytes, "buffer") : bytes).copy(block);
    blocks = {
      inner: Buffer.from(block.map((byte) => byte ^ INNER)),
      outer: Buffer.from(block.map((byte) => byte ^ OUTER)),
    };
    if (known.size >= REMEMBERED) known.clear();
    known.set(key, blocks);
  }
  return blocks;
}
