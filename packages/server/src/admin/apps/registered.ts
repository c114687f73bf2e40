import { settings } from "@muster/foundation";
import * as z from "zod";

import type { RegisteredApp } from "../../apps/registered-app.ts";
import { AdminRefusal } from "../admin-refusal.ts";
import type { AdminAnswer } from "../admin-route.ts";
import { checkVersion, etagOf, viewOf } from "./app-view.ts";

/** The part of a path that names an app. */
export const appPath = z.strictObject({ sdkAppId: settings.sdkAppId });

/**
 * The app that there must be, in the version that the client has seen.
 * @throws {AdminRefusal} `not-found`, `precondition-failed`
 */
export function existing(
  app: RegisteredApp | undefined,
  sdkAppId: number,
  now: number,
  ifMatch?: string,
): RegisteredApp {
  if (!app)
    throw new AdminRefusal("not-found", `There is no app ${sdkAppId}: GET /admin/v1/apps lists those that there are.`);
  checkVersion(ifMatch, viewOf(app, now));
  return app;
}

/** The answer that shows an app as it is after a change, with more beside it. */
export function showing(
  app: RegisteredApp | undefined,
  sdkAppId: number,
  now: number,
  more: Readonly<Record<string, unknown>> = {},
  status = 200,
): AdminAnswer {
  const view = viewOf(existing(app, sdkAppId, now), now);
  return { status, headers: { etag: etagOf(view) }, body: { app: view, ...more } };
}
