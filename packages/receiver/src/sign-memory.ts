import { callbackSign, type SignOf } from "@muster/protocol";

/** Most signs that are remembered: what a token signs within the minutes that count, many times over. */
const REMEMBERED = 1_000;

/**
 * Makes each `Sign` once. All that is sent within a second has the same, and hashing takes longer than everything
 * else that is done to verify a callback.
 */
export function createSignMemory(): SignOf {
  const known = new Map<string, string>();
  return (token, requestTime) => {
    // Times are digits, so the space tells where the one ends and the other begins.
    const key = `${requestTime} ${token}`;
    return known.get(key) ?? make(key, token, requestTime);
  };

  async function make(key: string, token: string, requestTime: string): Promise<string> {
    const sign = await callbackSign(token, requestTime);
    if (known.size >= REMEMBERED) known.clear();
    known.set(key, sign);
    return sign;
  }
}
