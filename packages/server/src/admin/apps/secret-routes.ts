import * as z from "zod";

import { stillCounting, type PreviousSecret } from "../../apps/registered-app.ts";
import { appSettings } from "../../config.ts";
import { AdminRefusal, invalid } from "../admin-refusal.ts";
import { adminRoute, nothing, type AdminRoute } from "../admin-route.ts";
import { problemAt } from "../read-parts.ts";
import { appView } from "./app-view.ts";
import { appPath, existing, showing } from "./registered.ts";

/** How long the old secret counts beside the new one, in seconds: a day, and at most as long as UserSigs usually do. */
const OVERLAP = 86_400;
const MAX_OVERLAP = 15_552_000;
/** Most old secrets that count at a time: each costs a signature for every call or callback. */
const MAX_PREVIOUS = 3;

const overlapSeconds = z
  .int()
  .min(0)
  .max(MAX_OVERLAP)
  .default(OVERLAP)
  .meta({
    description: `for how long the old ones count beside the new one, from 0 (they end at once) to ${MAX_OVERLAP} s`,
  });
const { token } = appSettings.shape.callback.unwrap().shape;

const rotateSecretKey = adminRoute(
  {
    method: "POST",
    path: "/apps/{sdkAppId}/secrets",
    operationId: "rotateSecretKey",
    summary: "Give an app a new secret key",
    description:
      "The new key counts at once, the old one until the overlap ends. A key that is not given is made, and shown in " +
      "this answer alone.",
    parameters: appPath,
    query: nothing,
    body: z.strictObject({ secretKey: appSettings.shape.secretKey.optional(), overlapSeconds }),
    answer: {
      status: 200,
      description: "The app, and the key that was made",
      schema: z.strictObject({ app: appView, secretKey: z.string().optional() }),
    },
    versioned: true,
    refusals: ["not-found", "precondition-failed", "conflict"],
  },
  ({ registry, newSecret, now }, { path: { sdkAppId }, body, ifMatch }) => {
    const made = body.secretKey === undefined ? newSecret() : undefined;
    const next = body.secretKey ?? made ?? "";
    return registry.change(sdkAppId, (current) => {
      const { settings, previousSecretKeys, previousTokens } = existing(current, sdkAppId, now(), ifMatch);
      if (next === settings.secretKey) throw inPlace("secretKey");
      const previous = handedOver(settings.secretKey, previousSecretKeys, body.overlapSeconds, now());
      return {
        next: { settings: { ...settings, secretKey: next }, previousSecretKeys: previous, previousTokens },
        result: (app) => showing(app, sdkAppId, now(), made === undefined ? {} : { secretKey: made }),
      };
    });
  },
);

const rotateToken = adminRoute(
  {
    method: "POST",
    path: "/apps/{sdkAppId}/callback/token",
    operationId: "rotateToken",
    summary: "Give an app's callbacks a new token",
    description:
      "Sign is made with the new token at once; webhook-signature carries a signature of each until the overlap ends. " +
      "Let the receiving side take both before. A token that is not given is made, and shown in this answer alone.",
    parameters: appPath,
    query: nothing,
    body: z.strictObject({ token, overlapSeconds }),
    answer: {
      status: 200,
      description: "The app, and the token that was made",
      schema: z.strictObject({ app: appView, token: z.string().optional() }),
    },
    versioned: true,
    refusals: ["not-found", "precondition-failed", "conflict"],
  },
  ({ registry, newSecret, now }, { path: { sdkAppId }, body, ifMatch }) => {
    const made = body.token === undefined ? newSecret() : undefined;
    const next = body.token ?? made ?? "";
    return registry.change(sdkAppId, (current) => {
      const { settings, previousSecretKeys, previousTokens } = existing(current, sdkAppId, now(), ifMatch);
      const { callback } = settings;
      if (!callback) throw new AdminRefusal("conflict", "The app has no callback URL: set one first, by PATCH.");
      if (next === callback.token) throw inPlace("token");
      const previous =
        callback.token === undefined ? [] : handedOver(callback.token, previousTokens, body.overlapSeconds, now());
      const changed = { ...settings, callback: { ...callback, token: next } };
      return {
        next: { settings: changed, previousSecretKeys, previousTokens: previous },
        result: (app) => showing(app, sdkAppId, now(), made === undefined ? {} : { token: made }),
      };
    });
  },
);

export const secretRoutes: readonly AdminRoute[] = [rotateSecretKey, rotateToken];

/**
 * The secrets that still count once a new one is in place.
 * @throws {AdminRefusal} `conflict` where they would be too many
 */
function handedOver(
  current: string,
  previous: readonly PreviousSecret[],
  overlap: number,
  now: number,
): PreviousSecret[] {
  // Whoever wants no overlap has lost a secret, and may have lost those before as well.
  if (overlap === 0) return [];
  const all = [{ value: current, until: now + overlap * 1_000 }, ...stillCounting(previous, now)];
  if (all.length <= MAX_PREVIOUS) return all;
  throw new AdminRefusal(
    "conflict",
    `${MAX_PREVIOUS} old ones count already: wait until one ends, or end them all with overlapSeconds 0.`,
  );
}

function inPlace(field: string): AdminRefusal {
  return invalid([problemAt([field], "is the one that is in place: give another, or none to have one made")]);
}
