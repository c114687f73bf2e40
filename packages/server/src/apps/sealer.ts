import { createCipheriv, createDecipheriv, createHash, hkdfSync, randomBytes } from "node:crypto";

/** Encrypts what holds apps' secrets, so that whoever has the store alone has none of them. */
export interface Sealer {
  seal(sdkAppId: number, text: string): string;
  /** @throws {UnknownKeyError} {@link DamagedError} */
  open(sdkAppId: number, sealed: string): string;
  /** Whether it was sealed with the key that is used now. */
  isCurrent(sealed: string): boolean;
}

/** Something was encrypted with none of the keys that are known. */
export class UnknownKeyError extends Error {
  override readonly name = "UnknownKeyError";
}

/** Something is not what was encrypted, or not for this app. */
export class DamagedError extends Error {
  override readonly name = "DamagedError";
}

const CIPHER = "aes-256-gcm";
const KEY_BYTES = 32;
const NONCE_BYTES = 12;
const TAG_BYTES = 16;

interface Key {
  readonly id: string;
  readonly bytes: Buffer;
}

/**
 * A sealer: AES-256-GCM with a random nonce, bound to the app's id, so that what is one app's cannot be put in
 * another's place. What is sealed reads `v1.<key id>.<nonce>.<ciphertext and tag>`.
 * @param current the key as text; what is made of it (HKDF-SHA256) is as strong as the text is hard to guess
 * @param previous keys that nothing is sealed with any more, to open what was
 */
export function createSealer(current: string, previous: readonly string[]): Sealer {
  const sealing = deriveKey(current);
  const opening = new Map([sealing, ...previous.map(deriveKey)].map((key) => [key.id, key]));
  return {
    seal(sdkAppId, text) {
      const nonce = randomBytes(NONCE_BYTES);
      const cipher = createCipheriv(CIPHER, sealing.bytes, nonce, { authTagLength: TAG_BYTES });
      cipher.setAAD(boundTo(sdkAppId));
      const sealed = Buffer.concat([cipher.update(text, "utf8"), cipher.final(), cipher.getAuthTag()]);
      return ["v1", sealing.id, nonce.toString("base64url"), sealed.toString("base64url")].join(".");
    },
    open(sdkAppId, sealed) {
      const [version, keyId = "", nonce = "", rest = ""] = sealed.split(".");
      if (version !== "v1") throw new DamagedError("what was encrypted cannot be read");
      const key = opening.get(keyId);
      if (!key) throw new UnknownKeyError("what was encrypted with another key cannot be read");
      const bytes = Buffer.from(rest, "base64url");
      const end = bytes.length - TAG_BYTES;
      try {
        const decipher = createDecipheriv(CIPHER, key.bytes, Buffer.from(nonce, "base64url"), {
          authTagLength: TAG_BYTES,
        });
        decipher.setAAD(boundTo(sdkAppId)).setAuthTag(bytes.subarray(end));
        return Buffer.concat([decipher.update(bytes.subarray(0, end)), decipher.final()]).toString("utf8");
      } catch (error) {
        throw new DamagedError("what was encrypted was changed", { cause: error });
      }
    },
    isCurrent: (sealed) => sealed.startsWith(`v1.${sealing.id}.`),
  };
}

function deriveKey(text: string): Key {
  const bytes = Buffer.from(hkdfSync("sha256", text, "", "muster: settings of apps", KEY_BYTES));
  // Names the key without telling anything of it.
  const id = createHash("sha256").update("muster: key id").update(bytes).digest("hex").slice(0, 12);
  return { id, bytes };
}

function boundTo(sdkAppId: number): Buffer {
  return Buffer.from(`app:${sdkAppId}`);
}
