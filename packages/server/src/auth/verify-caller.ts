import { verifyUserSig, type UserSigVerdict } from "@muster/protocol";

import type { App } from "../app-settings.ts";

/** Most verdicts that are remembered. */
const REMEMBERED = 10_000;

/** Verifies UserSigs, remembering the good ones: a backend uses the same one for many calls. */
export interface CallerVerifier {
  /** @param now ms since 1970 */
  verify(app: App, userId: string, userSig: string, now: number): Promise<UserSigVerdict>;
}

export function createCallerVerifier(): CallerVerifier {
  // By the whole credential and the keys it was checked with: a changed key is a different question.
  const good = new Map<string, UserSigVerdict & { ok: true }>();
  return {
    async verify(app, userId, userSig, now) {
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
    },
  };
}
