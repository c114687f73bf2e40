import { isDeepStrictEqual } from "node:util";

import type { Logger } from "@muster/foundation";

import type { App } from "../app-settings.ts";
import { ClosedAppError } from "../failure-info.ts";
import type { Outbox } from "../ports/outbox.ts";
import type { Store } from "../ports/store.ts";

export interface SettlePorts {
  readonly store: Store;
  readonly outbox: Outbox;
  /** Ends the connections of an app's users. */
  readonly disconnect: (sdkAppId: number) => void;
  /** Sends what an app has pending at once. */
  readonly revive: (sdkAppId: number) => Promise<void>;
  /** ms since 1970 */
  readonly now: () => number;
  readonly log: Logger;
}

/**
 * Brings everything in line with an app as it is now: its administrators have accounts, what has nowhere left to
 * go is cancelled, what has another place to go does so at once, and of an app that is gone nobody stays connected.
 * Doing it again does nothing more. Of an app that is moving to another cell, which this node need not have heard, nothing
 * is done: there it is settled.
 * @param before the app as it was
 */
export async function settleApp(
  ports: SettlePorts,
  sdkAppId: number,
  app: App | undefined,
  before: App | undefined,
): Promise<{ readonly cancelled: number }> {
  try {
    return await settle(ports, sdkAppId, app, before);
  } catch (error) {
    if (error instanceof ClosedAppError) return { cancelled: 0 };
    throw error;
  }
}

async function settle(
  { store, outbox, disconnect, revive, now, log }: SettlePorts,
  sdkAppId: number,
  app: App | undefined,
  before: App | undefined,
): Promise<{ readonly cancelled: number }> {
  if (app) await importAdministrators(store, app);
  else disconnect(sdkAppId);
  const cancelled = app?.callback ? 0 : await outbox.cancelPending(sdkAppId, now());
  if (cancelled > 0) {
    log.warn({ sdkAppId, cancelled }, "pending callbacks are cancelled: their app has no callback URL any more");
  }
  if (app?.callback && !isDeepStrictEqual(app.callback, before?.callback)) await revive(sdkAppId);
  return { cancelled };
}

async function importAdministrators(store: Store, { sdkAppId, administrators }: App): Promise<void> {
  const missing = await store.read(sdkAppId).missingAccounts([...administrators]);
  if (missing.length === 0) return;
  await store.write(sdkAppId, async (tx) => {
    for (const userId of await tx.missingAccounts(missing)) await tx.putAccount({ userId, nick: "", faceUrl: "" });
  });
}
