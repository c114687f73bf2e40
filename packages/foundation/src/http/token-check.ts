import { createHash, timingSafeEqual } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";

import type { Logger } from "../log.ts";

/** Wrong tokens that an address may send within the window before it is not listened to until its end, in ms. */
const MAX_FAILURES = 20;
const WINDOW = 60_000;
/** Most addresses that are remembered. */
const MAX_ADDRESSES = 1_000;

/** Knows an admin token, and those who guess at it. */
export interface TokenCheck {
  /** For how many seconds nobody listens to an address, as too many wrong tokens came from it; 0 where it is heard. */
  lockedFor(address: string): number;
  /** Whether it is the token; a wrong one is held against the address. */
  isRight(given: string, address: string): boolean;
}

/** @param now ms since 1970 */
export function createTokenCheck(token: string, now: () => number, log: Logger): TokenCheck {
  const expected = digest(token);
  const failures = new Map<string, { count: number; readonly since: number }>();

  function recent(address: string): { count: number; readonly since: number } | undefined {
    const found = failures.get(address);
    // Whichever way the clock was set meanwhile.
    if (found && Math.abs(now() - found.since) < WINDOW) return found;
    failures.delete(address);
    return undefined;
  }

  function remember(address: string): void {
    const found = recent(address) ?? { count: 0, since: now() };
    found.count += 1;
    failures.set(address, found);
    const oldest = failures.size > MAX_ADDRESSES ? failures.keys().next().value : undefined;
    if (oldest !== undefined) failures.delete(oldest);
    if (found.count === MAX_FAILURES) log.warn({ address }, "an address that guesses the admin token is locked out");
  }

  return {
    lockedFor(address) {
      const found = recent(address);
      return !found || found.count < MAX_FAILURES ? 0 : Math.ceil((found.since + WINDOW - now()) / 1_000);
    },
    isRight(given, address) {
      // Digests have one length, and say nothing of where two tokens differ.
      if (timingSafeEqual(digest(given), expected)) return true;
      remember(address);
      return false;
    },
  };
}

/** The token that a request sends as `authorization: Bearer …`. */
export function bearerOf({ authorization = "" }: IncomingHttpHeaders): string | undefined {
  return /^Bearer +(.+)$/i.exec(authorization)?.[1];
}

/** What an answer that asks for a token says so with. */
export const BEARER_CHALLENGE = { "www-authenticate": 'Bearer realm="muster"' };

function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
