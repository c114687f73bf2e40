import { createHash } from "node:crypto";

import { settings } from "@muster/foundation";
import * as z from "zod";

import { stillCounting, type PreviousSecret, type RegisteredApp } from "../../apps/registered-app.ts";
import type { CallbackTls } from "../../app-settings.ts";
import { appSettings } from "../../config.ts";
import { callbackCertificates } from "../../tls-settings.ts";
import { AdminRefusal } from "../admin-refusal.ts";

const fingerprint = z.string().meta({ description: "the first 8 hex digits of the secret's SHA-256, to tell it by" });

const secretView = z.strictObject({
  fingerprint,
  previous: z
    .array(
      z.strictObject({
        fingerprint,
        validUntil: z.int().meta({ description: "when it ceases to count, ms since 1970" }),
      }),
    )
    .meta({ description: "those that it is taking over from, which still count" }),
});

const callbackView = appSettings.shape.callback
  .unwrap()
  .omit({ token: true })
  .extend({ tls: callbackCertificates.optional() });

/** An app as the admin API shows it: everything but the secrets themselves. */
export const appView = z.strictObject({
  sdkAppId: settings.sdkAppId,
  source: z.enum(["file", "api"]).meta({ description: "whether the configuration file has it, or this API made it" }),
  changed: z.boolean().meta({ description: "whether it is other than the configuration file says" }),
  settings: appSettings.omit({ sdkAppId: true, secretKey: true }).extend({ callback: callbackView.optional() }),
  secrets: z.strictObject({ secretKey: secretView, token: secretView.optional() }),
});

export type AppView = z.output<typeof appView>;

/** @param now ms since 1970 */
export function viewOf(app: RegisteredApp, now: number): AppView {
  const { sdkAppId, secretKey, callback, ...others } = app.settings;
  const { token, ...untold } = callback ?? {};
  const secret = (current: string, previous: readonly PreviousSecret[]): z.output<typeof secretView> => ({
    fingerprint: fingerprintOf(current),
    previous: stillCounting(previous, now).map(({ value, until }) => ({
      fingerprint: fingerprintOf(value),
      validUntil: until,
    })),
  });
  return appView.parse({
    sdkAppId,
    source: app.source,
    changed: app.changed,
    settings: { ...others, ...(callback && { callback: { ...untold, tls: certificatesOf(callback.tls) } }) },
    secrets: {
      secretKey: secret(secretKey, app.previousSecretKeys),
      ...(token !== undefined && { token: secret(token, app.previousTokens) }),
    },
  });
}

function certificatesOf(tls: CallbackTls | undefined): z.output<typeof callbackCertificates> | undefined {
  const { key: _key, ...certificates } = tls ?? {};
  return tls && certificates;
}

/** Names what a client has seen of an app: whoever sends it along changes only what they have seen. */
export function etagOf(view: AppView): string {
  return `"${createHash("sha256").update(JSON.stringify(view)).digest("base64url").slice(0, 22)}"`;
}

/**
 * Holds a client to what it has seen.
 * @throws {AdminRefusal} `precondition-failed` where `If-Match` names another version
 */
export function checkVersion(ifMatch: string | undefined, view: AppView): void {
  if (ifMatch === undefined || ifMatch.trim() === "*") return;
  const known = ifMatch.split(",").map((tag) => tag.trim());
  if (known.includes(etagOf(view))) return;
  throw new AdminRefusal(
    "precondition-failed",
    "The app was changed since it was read: read it again, and make the change to what it is now.",
  );
}

function fingerprintOf(secret: string): string {
  return createHash("sha256").update(secret).digest("hex").slice(0, 8);
}
