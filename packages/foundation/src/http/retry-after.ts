/**
 * What `Retry-After` asks for, in ms: seconds or an HTTP date; `undefined` where it is neither.
 * @param now ms since 1970
 */
export function delayAsked(retryAfter: string, now: number): number | undefined {
  if (/^\d+$/.test(retryAfter)) return Number(retryAfter) * 1_000;
  const at = Date.parse(retryAfter);
  return Number.isNaN(at) ? undefined : Math.max(at - now, 0);
}
