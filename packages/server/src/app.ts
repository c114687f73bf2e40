import { createHttp, listen, settings, type Clock, type Logger, type Running } from "@muster/foundation";

import type { App, Apps } from "./app-settings.ts";
import { createCallerVerifier } from "./auth/verify-caller.ts";
import { createExecutor } from "./commands/execute.ts";
import type { ServerConfig } from "./config.ts";
import { callbackFor } from "./dispatch/callback-for.ts";
import { createBeforeHooks } from "./dispatch/before-hooks.ts";
import { createDispatcher } from "./dispatch/dispatcher.ts";
import { createHttpSender } from "./dispatch/http-sender.ts";
import { createPoster } from "./dispatch/poster.ts";
import { createRetryPolicy, type RetryPolicy } from "./dispatch/retry-policy.ts";
import { healthRoutes } from "./health.ts";
import { randomIds } from "./ids.ts";
import { createNotifier } from "./realtime/notices.ts";
import { realtimeDoor } from "./realtime/realtime-door.ts";
import { createSessions } from "./realtime/sessions.ts";
import { restDoor, unreadableAnswer } from "./rest/rest-door.ts";
import { statusPage } from "./status-page.ts";
import type { OpenStore } from "./store/sqlite/open-store.ts";
import { openSqliteStore } from "./store/sqlite/open-store.ts";

export interface ServerPorts {
  readonly clock: Clock;
  readonly log: Logger;
  /** When failed deliveries are tried again; the documented schedule where absent. */
  readonly retry?: RetryPolicy;
}

/** How long clients may take to finish when the server stops, in ms. */
const CLOSING_LIMIT = 5_000;

/** A server that listens. */
export interface RunningServer extends Running {
  readonly url: string;
}

/**
 * Starts the IM backend. The only place that knows every part: store, commands, doors, dispatch.
 * @throws {StartError} where the store or the port cannot be had
 */
export async function startServer(config: ServerConfig, ports: ServerPorts): Promise<RunningServer> {
  const { clock, log, retry = createRetryPolicy(Math.random) } = ports;
  const apps = configuredApps(config.apps);
  const opened = openSqliteStore(settings.sqlitePath(config.store));
  const { store, outbox } = opened;
  const sender = createHttpSender(apps, clock);
  // Connections of its own: a question does not queue behind deliveries.
  const asking = createPoster(clock);
  const dispatcher = createDispatcher({ outbox, send: sender.send, retry, clock, log });
  const sessions = createSessions();
  const executor = createExecutor({
    apps,
    store,
    presence: sessions,
    ids: randomIds,
    now: clock.now,
    before: createBeforeHooks(asking, log),
    callbackFor,
    notify: createNotifier(sessions, store, log),
  });
  const verifier = createCallerVerifier(store);

  try {
    await settleApps(opened, config.apps, apps, clock, log);
    const http = createHttp({ tls: config.tls, log, unreadable: unreadableAnswer, unreadableStatus: 200 });
    healthRoutes(http, { outbox, check: opened.check, connectedDevices: () => sessions.count });
    statusPage(http);
    restDoor(http, { executor, verifier, now: clock.now, log });
    const realtime = realtimeDoor(http.server, { executor, verifier, sessions, clock, log });
    const url = await listen(http, config.host, config.port);
    await dispatcher.start();
    log.info({ url, apps: config.apps.length }, "the server listens");
    return {
      url,
      async stop() {
        // A client that does not let go must not keep results from being written.
        const closed = Promise.all([http.close(), realtime.stop()]);
        await Promise.race([closed, new Promise<void>((resolve) => clock.after(CLOSING_LIMIT, resolve))]);
        await dispatcher.stop();
        await Promise.all([sender.close(), asking.close()]);
        await opened.close();
        log.info("the server has stopped");
      },
    };
  } catch (error) {
    await Promise.all([sender.close(), asking.close()]);
    await opened.close();
    throw error;
  }
}

function configuredApps(list: readonly App[]): Apps {
  const byId = new Map(list.map((app) => [app.sdkAppId, app]));
  return { get: (sdkAppId) => byId.get(sdkAppId), all: () => byId.values() };
}

/** Brings the store in line with the configured apps: their administrators exist, and what leads nowhere is cancelled. */
async function settleApps(
  { store, outbox }: OpenStore,
  list: readonly App[],
  apps: Apps,
  clock: Clock,
  log: Logger,
): Promise<void> {
  for (const { sdkAppId, administrators } of list) {
    await store.write(sdkAppId, async (tx) => {
      for (const userId of await tx.missingAccounts([...administrators])) {
        await tx.putAccount({ userId, nick: "", faceUrl: "" });
      }
    });
  }
  for (const sdkAppId of await outbox.appsWithPending()) {
    if (apps.get(sdkAppId)?.callback) continue;
    const cancelled = await outbox.cancelPending(sdkAppId, clock.now());
    log.warn({ sdkAppId, cancelled }, "pending callbacks are cancelled: their app has no callback URL any more");
  }
}
