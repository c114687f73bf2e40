import { equalInConstantTime } from "./constant-time.ts";
import { ErrorCode } from "./error-codes.ts";

/** Longest UserSig that is looked at, in characters; a real one has about 300. */
const MAX_LENGTH = 8_192;
/** Most bytes that a UserSig may unpack to: it is a short JSON object, and a small zip may hold a huge one. */
const MAX_UNPACKED_BYTES = 16_384;

/** What a UserSig says. Times in seconds. */
export interface UserSigClaims {
  readonly sdkAppId: number;
  readonly userId: string;
  /** When it was signed, in seconds since 1970. */
  readonly issuedAt: number;
  /** For how many seconds from then it is valid. */
  readonly expiresIn: number;
  /** Extra data of the app's own, base64, signed along; absent in most. */
  readonly userBuf?: string;
}

export type UserSigVerdict =
  | { readonly ok: true; readonly claims: UserSigClaims }
  | { readonly ok: false; readonly code: ErrorCode; readonly reason: string };

const utf8 = new TextEncoder();

/**
 * A UserSig: the credential of TLSSigAPIv2 that an app's backend hands to its users, and with which it calls
 * the REST API itself.
 * @param secretKey the app's key, used as the text it is
 * @see https://trtc.io/document/34385
 */
export async function signUserSig(claims: UserSigClaims, secretKey: string): Promise<string> {
  const token = {
    "TLS.ver": "2.0",
    "TLS.identifier": claims.userId,
    "TLS.sdkappid": claims.sdkAppId,
    "TLS.time": claims.issuedAt,
    "TLS.expire": claims.expiresIn,
    ...(claims.userBuf === undefined ? {} : { "TLS.userbuf": claims.userBuf }),
    "TLS.sig": await signature(claims, secretKey),
  };
  const packed = await collect(pipe(utf8.encode(JSON.stringify(token)), new CompressionStream("deflate")));
  return toUrlBase64(packed);
}

/**
 * Whether a UserSig lets `userId` act in an app, with the documented error code where it does not. Checked in
 * the order of Tencent's own verifier: app, user, age, signature. Tokens of Tencent's libraries differ in key
 * order, white space and compression, so the token is unpacked and its signature recomputed.
 * @param secretKeys the app's keys; more than one while a new key takes over from an old one
 * @param now milliseconds since 1970
 */
export async function verifyUserSig(
  userSig: string,
  expected: { readonly sdkAppId: number; readonly userId: string },
  secretKeys: readonly string[],
  now: number,
): Promise<UserSigVerdict> {
  if (userSig === "") return refuse(ErrorCode.UserSigEmpty, "the UserSig is empty");
  if (secretKeys.length === 0) return refuse(ErrorCode.NoKey, "the app has no key to verify a UserSig with");
  const unpacked = await unpack(userSig);
  if (!unpacked) return refuse(ErrorCode.UserSigInvalid, "the UserSig cannot be decoded");
  const { claims, sig } = unpacked;
  if (claims.sdkAppId !== expected.sdkAppId) {
    return refuse(ErrorCode.UserSigOtherApp, `the UserSig is for the app ${claims.sdkAppId}`);
  }
  if (claims.userId !== expected.userId) return refuse(ErrorCode.UserSigOtherUser, "the UserSig is for another user");
  // In whole seconds, as the reference verifier counts: the last second still counts.
  if (Math.floor(now / 1000) > claims.issuedAt + claims.expiresIn) {
    return refuse(ErrorCode.UserSigExpired, "the UserSig has expired");
  }
  let right = false;
  for (const key of secretKeys) {
    if (equalInConstantTime(await signature(claims, key), sig)) right = true;
  }
  return right ? { ok: true, claims } : refuse(ErrorCode.UserSigWrongKey, "the UserSig was signed with another key");
}

function refuse(code: ErrorCode, reason: string): UserSigVerdict {
  return { ok: false, code, reason };
}

async function signature(claims: UserSigClaims, secretKey: string): Promise<string> {
  const lines = [
    `TLS.identifier:${claims.userId}`,
    `TLS.sdkappid:${claims.sdkAppId}`,
    `TLS.time:${claims.issuedAt}`,
    `TLS.expire:${claims.expiresIn}`,
  ];
  if (claims.userBuf !== undefined) lines.push(`TLS.userbuf:${claims.userBuf}`);
  const hmac = { name: "HMAC", hash: "SHA-256" };
  const key = await crypto.subtle.importKey("raw", utf8.encode(secretKey), hmac, false, ["sign"]);
  const mac = await crypto.subtle.sign("HMAC", key, utf8.encode(lines.join("\n") + "\n"));
  return btoa(String.fromCharCode(...new Uint8Array(mac)));
}

async function unpack(userSig: string): Promise<{ claims: UserSigClaims; sig: string } | undefined> {
  if (userSig.length > MAX_LENGTH || !/^[A-Za-z0-9*\-_]+$/.test(userSig)) return undefined;
  try {
    const bytes = await collect(pipe(fromUrlBase64(userSig), new DecompressionStream("deflate")));
    return readToken(JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes)));
  } catch {
    return undefined;
  }
}

function readToken(token: unknown): { claims: UserSigClaims; sig: string } | undefined {
  if (typeof token !== "object" || token === null) return undefined;
  const fields: Readonly<Record<string, unknown>> = { ...token };
  const { "TLS.identifier": userId, "TLS.sdkappid": sdkAppId, "TLS.time": issuedAt } = fields;
  const { "TLS.expire": expiresIn, "TLS.userbuf": userBuf, "TLS.sig": sig } = fields;
  if (typeof userId !== "string" || typeof sig !== "string") return undefined;
  if (!isCount(sdkAppId) || !isCount(issuedAt) || !isCount(expiresIn)) return undefined;
  if (userBuf !== undefined && !isBase64(userBuf)) return undefined;
  return { claims: { sdkAppId, userId, issuedAt, expiresIn, ...(userBuf === undefined ? {} : { userBuf }) }, sig };
}

function isCount(value: unknown): value is number {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0;
}

/**
 * What is signed is lines of text, so nothing but the user's id may hold a line's end: else one user's
 * signature, for an id that holds lines, would also fit a token that says those lines of another user.
 */
function isBase64(value: unknown): value is string {
  return typeof value === "string" && /^[A-Za-z0-9+/]*={0,2}$/.test(value);
}

function toUrlBase64(bytes: Uint8Array): string {
  return btoa(String.fromCharCode(...bytes))
    .replaceAll("+", "*")
    .replaceAll("/", "-")
    .replaceAll("=", "_");
}

function fromUrlBase64(text: string): Uint8Array<ArrayBuffer> {
  const plain = atob(text.replaceAll("*", "+").replaceAll("-", "/").replaceAll("_", "="));
  return Uint8Array.from(plain, (character) => character.charCodeAt(0));
}

function pipe(
  bytes: Uint8Array<ArrayBuffer>,
  through: CompressionStream | DecompressionStream,
): ReadableStream<Uint8Array> {
  return new Blob([bytes]).stream().pipeThrough(through);
}

async function collect(stream: ReadableStream<Uint8Array>): Promise<Uint8Array> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of stream) {
    length += chunk.length;
    if (length > MAX_UNPACKED_BYTES) throw new RangeError(`more than ${MAX_UNPACKED_BYTES} bytes`);
    chunks.push(chunk);
  }
  const whole = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.length;
  }
  return whole;
}
