import { equalInConstantTime } from "./constant-time.ts";

/** How far `RequestTime` may lie from the receiver's clock, in seconds, before and after. */
export const REQUEST_TIME_TOLERANCE_S = 60;

const utf8 = new TextEncoder();

/**
 * The `Sign` of a callback: lower-case hex of SHA-256 over the token directly followed by the request time.
 * It covers neither body nor query, and anyone who has one can lengthen what was hashed; hence
 * `verifyCallbackSign` takes nothing but digits for a time.
 * @param requestTime seconds since 1970, as the query carries it
 * @see https://www.tencentcloud.com/document/product/1047/34354
 */
export async function callbackSign(token: string, requestTime: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", utf8.encode(token + requestTime));
  return Array.from(new Uint8Array(digest), (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** Makes the `Sign` of a callback, as `callbackSign` does. */
export type SignOf = (token: string, requestTime: string) => string | Promise<string>;

export type CallbackSignFailure = "missing" | "malformed" | "stale" | "wrong";

/**
 * Whether a callback was signed with one of the tokens within the last minute: `undefined` if so, else what
 * is wrong. Several tokens are for the time of a rotation.
 * @param now milliseconds since 1970
 * @param signOf what makes the `Sign` to compare with; for instance one that remembers
 */
export async function verifyCallbackSign(
  given: { sign: string | null; requestTime: string | null },
  tokens: readonly string[],
  now: number,
  signOf: SignOf = callbackSign,
): Promise<CallbackSignFailure | undefined> {
  const { sign, requestTime } = given;
  if (!sign || !requestTime) return "missing";
  if (!/^\d{1,12}$/.test(requestTime) || !/^[0-9a-f]{64}$/i.test(sign)) return "malformed";
  if (Math.abs(Number(requestTime) - now / 1000) > REQUEST_TIME_TOLERANCE_S) return "stale";
  let right = false;
  for (const token of tokens) {
    // Each token is tried, also after one fitted: how long it takes tells nothing.
    if (equalInConstantTime(await signOf(token, requestTime), sign.toLowerCase())) right = true;
  }
  return right ? undefined : "wrong";
}
