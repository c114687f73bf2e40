import { ErrorCode, verifyUserSig, type UserSigVerdict } from "@muster/protocol";

import type { App } from "../app-settings.ts";
import type { Store } from "../ports/store.ts";

/** Most verdicts that are remembered. */
const REMEMBERED = 10_000;

/** Verifies UserSigs, remembering the good ones: a backend uses the same one for many calls. */
export interface CallerVerifier {
  /** @param now ms since 1970 */
  verify(app: App, userId: string, userSig: string, now: number): Promise<UserSigVerdict>;
}

export function createCallerVerifier(store: Store): CallerVerifier {
  // By the whole credential and the keys it was checked with: a changed key is a different question.
  const good = new Map<string, UserSigVerdict & { ok: true }>();

  async function verifySig(app: App, userId: string, userSig: string, now: number): Promise<UserSigVerdict> {
    const question = JSON.stringify([app.sdkAppId, userId, userSig, app.secretKeys]);
    const known = good.get(question);
    if (known && now / 1000 <= known.claims.issuedAt + known.claims.expiresIn) return known;
    const verdict = await verifyUserSig(userSig, { sdkAppId: app.sdkAppId, userId }, app.secretKeys, now);
    if (verdict.ok) {
      good.set(question, verdict);
      const oldest = good.size > REMEMBERED ? good.keys().next().value : undefined;
      if (oldest !== undefined) good.delete(oldest);
    }
    return verdict;
  }

  return {
    async verify(app, userId, userSig, now) {
      const verdict = await verifySig(app, userId, userSig, now);
      if (!verdict.ok) return verdict;
      // What was signed within the second of a kick may be the new one, and passes.
      const kickedAt = await store.read(app.sdkAppId).kickedAt(userId);
      if (verdict.claims.issuedAt >= kickedAt) return verdict;
      return { ok: false, code: ErrorCode.UserSigExpired, reason: "the UserSig was made void by a kick" };
    },
  };
}
