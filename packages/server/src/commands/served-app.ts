import { ErrorCode } from "@muster/protocol";

import type { App, Apps } from "../app-settings.ts";
import { refuse, type Refusal } from "./command.ts";

export type ServedApp = { readonly ok: true; readonly app: App } | { readonly ok: false; readonly refusal: Refusal };

/** The app in whose name something is asked; or why nothing is done for it: it is not there, or is moving elsewhere. */
export function servedApp(apps: Apps, sdkAppId: number): ServedApp {
  // Clients that are told so try again: by then they may be led to where it is.
  if (apps.isClosed(sdkAppId)) {
    return refuse(ErrorCode.Internal, `the app ${sdkAppId} is moving to another cell; nothing was changed: try again`);
  }
  const app = apps.get(sdkAppId);
  return app ? { ok: true, app } : refuse(ErrorCode.UnknownApp, `there is no app ${sdkAppId}`);
}
