import { createHash, timingSafeEqual } from "node:crypto";

import type { Logger } from "@muster/foundation";

import { AdminRefusal } from "./admin-refusal.ts";

/** Wrong tokens that an address may send within the window before it is not listened to until its end, in ms. */
const MAX_FAILURES = 20;
const WINDOW = 60_000;
/** Most addresses that are remembered. */
const MAX_ADDRESSES = 1_000;

/** Lets those in who have the token. */
export interface BearerCheck {
  /** @throws {AdminRefusal} `unauthorized`, `too-many-requests` */
  admit(authorization: string | undefined, address: string): void;
}

/** @param now ms since 1970 */
export function createBearerCheck(token: string, now: () => number, log: Logger): BearerCheck {
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
    admit(authorization, address) {
      const found = recent(address);
      if (found && found.count >= MAX_FAILURES) {
        const seconds = Math.ceil((found.since + WINDOW - now()) / 1_000);
        throw new AdminRefusal("too-many-requests", `Too many wrong tokens came from here: wait ${seconds} s.`, {
          headers: { "retry-after": String(seconds) },
        });
      }
      const given = /^Bearer +(.+)$/i.exec(authorization ?? "")?.[1];
      // Digests have one length, and say nothing of where two tokens differ.
      if (given !== undefined && timingSafeEqual(digest(given), expected)) return;
      const challenge = { headers: { "www-authenticate": 'Bearer realm="muster"' } };
      if (given === undefined) {
        throw new AdminRefusal(
          "unauthorized",
          "Send the admin token: authorization: Bearer <server.adminToken>.",
          challenge,
        );
      }
      remember(address);
      throw new AdminRefusal("unauthorized", "The token is not server.adminToken.", challenge);
    },
  };
}

function digest(text: string): Buffer {
  return createHash("sha256").update(text).digest();
}
