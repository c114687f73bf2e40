import { createHash, timingSafeEqual } from "node:crypto";

import type { Logger } from "@muster/foundation";

import { AdminRefusal } from "./admin-refusal.ts";

/** Wrong tokens that an address may send within the window before it is not listened to until its end, in ms. */
const MAX_FAILURES = 20;
const WINDOW = 60_000;
/** Most addresses that are remembered. */
const MAX_ADDRESSES = 1_000;

/** Knows the admin token, and those who guess at it. */
export interface TokenCheck {
  /** @throws {AdminRefusal} `too-many-requests` where too many wrong tokens came from the address */
  listen(address: string): void;
  /** Whether it is the token; a wrong one is held against the address. */
  isRight(given: string, address: string): boolean;
}

/** @param now ms since 1970 */
export function createTokenCheck(token: string, now: () => number, log: Logger): TokenCheck {
  const expected = digest(token);
  const failures = new Map<string, { count: number; readonly since: number }>();

  function recent(address: string): { count: number; readonly since: number } | undefined {
    const found = failures.get(address);
    if (found && now() - found.since < WINDOW) return found;
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
    listen(address) {
      const found = recent(address);
      if (!found || found.count < MAX_FAILURES) return;
      const seconds = Math.ceil((found.since + WINDOW - now()) / 1_000);
      throw new AdminRefusal("too-many-requests", `Too many wrong tokens came from here: wait ${seconds} s.`, {
        headers: { "retry-after": String(seconds) },
      });
    },
    isRight(given, address) {
      // Digests have one length, and say nothing of where two tokens differ.
      if (timingSafeEqual(digest(given), expected)) return true;
      remember(address);
      return false;
    },
  };
}

function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
