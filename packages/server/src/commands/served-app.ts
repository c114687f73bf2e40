import { ErrorCode } from "@muster/protocol";

import type { App, Apps } from "../app-settings.ts";
import { ClosedAppError } from "../failure-info.ts";
import { refuse, type Refusal } from "./command.ts";

export interface NotServed {
  readonly ok: false;
  readonly refusal: Refusal;
}

export type ServedApp = { readonly ok: true; readonly app: App } | NotServed;

/** The app in whose name something is asked; or why nothing is done for it: it is not there, or is moving elsewhere. */
export function servedApp(apps: Apps, sdkAppId: number): ServedApp {
  if (apps.isClosed(sdkAppId)) return movingApp(sdkAppId);
  const app = apps.get(sdkAppId);
  return app ? { ok: true, app } : refuse(ErrorCode.UnknownApp, `there is no app ${sdkAppId}`);
}

/**
 * Does `work` for an app. Where the store keeps it out, because the app is moving elsewhere and this node has not heard of it
 * yet, that is the refusal which comes once it has.
 */
export async function unlessMoving<T>(sdkAppId: number, work: () => Promise<T>): Promise<T | NotServed> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof ClosedAppError) return movingApp(sdkAppId);
    throw error;
  }
}

/** Clients that are told so try again: by then they may be led to where it is. */
function movingApp(sdkAppId: number): NotServed {
  return refuse(ErrorCode.Internal, `the app ${sdkAppId} is moving to another cell; nothing was changed: try again`);
}
