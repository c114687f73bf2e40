import {
  commitFigures,
  createFigures,
  createHttp,
  listen,
  replicaGauge,
  replicaReads,
  settings,
  type ClientTimeouts,
  type Figures,
  type Clock,
  type Logger,
  type Running,
} from "@muster/foundation";

import { adminDoor } from "./admin/admin-door.ts";
import { createOwnSessionRecords } from "./admin/sessions.ts";
import { createLiveStreams } from "./admin/deliveries/live-streams.ts";
import type { App, Apps } from "./app-settings.ts";
import { openAppRegistry, type AppRegistry } from "./apps/app-registry.ts";
import { followAppChanges } from "./apps/follow-app-changes.ts";
import { followCertificates, type Certificates } from "./apps/follow-certificates.ts";
import { openSealer } from "./apps/open-sealer.ts";
import { settleApp, type SettlePorts } from "./apps/settle-app.ts";
import { createCallerVerifier } from "./auth/verify-caller.ts";
import { createExecutor } from "./commands/execute.ts";
import type { ServerConfig } from "./config.ts";
import { callbackFor } from "./dispatch/callback-for.ts";
import { createBeforeHooks } from "./dispatch/before-hooks.ts";
import { createDispatcher } from "./dispatch/dispatcher.ts";
import {
  createEndpointGate,
  partOfLimits,
  type EndpointGate,
  type EndpointGatePorts,
} from "./dispatch/endpoint-gate.ts";
import { createEndpointHealth } from "./dispatch/endpoint-health.ts";
import { createHttpSender } from "./dispatch/http-sender.ts";
import { createPoster } from "./dispatch/poster.ts";
import { createRetention } from "./dispatch/retention.ts";
import { createRetryPolicy, type RetryPolicy } from "./dispatch/retry-policy.ts";
import { sentRequest } from "./dispatch/sent-request.ts";
import { createCallbackVerifier } from "./dispatch/verify-callback.ts";
import { healthRoutes } from "./health.ts";
import { createIds, randomSecret } from "./ids.ts";
import { deliveryFigures } from "./metrics/delivery-figures.ts";
import { restFigures } from "./metrics/rest-figures.ts";
import { createSeriesRecorder } from "./metrics/series-recorder.ts";
import { stateFigures } from "./metrics/state-figures.ts";
import { createTracing } from "./open-telemetry.ts";
import type { EndpointState } from "./ports/endpoint-states.ts";
import type { Outbox, Settlement } from "./ports/outbox.ts";
import { createOwnPresence } from "./realtime/device-presence.ts";
import { createSharedPresence } from "./realtime/shared-presence.ts";
import { createTeller } from "./realtime/notices.ts";
import { isForRealtime, realtimeDoor } from "./realtime/realtime-door.ts";
import { createSessions } from "./realtime/sessions.ts";
import { restDoor, restNotFound, unreadableAnswer } from "./rest/rest-door.ts";
import { consolePage } from "./console-page.ts";
import type { OpenStore } from "./store/opened-store.ts";
import { openStore } from "./store/open-store.ts";

export interface ServerPorts {
  readonly clock: Clock;
  readonly log: Logger;
  /** When failed deliveries are tried again; the documented schedule where absent. */
  readonly retry?: RetryPolicy;
  /** Where the apps' certificates come from, if from files. */
  readonly certificates?: Certificates;
  readonly timeouts?: ClientTimeouts;
  /** What a callback may take, in ms; 2 s where absent, as documented. */
  readonly callbackDeadline?: number;
}

/** What holds for the endpoint of an app that has none. */
const UNUSED_ENDPOINT = { concurrency: 1, rate: undefined };

/** How long clients may take to finish when the server stops, in ms. */
const CLOSING_LIMIT = 5_000;

/** ms, of a clock that is never set. */
const monotonic = (): number => performance.now();

/** A server that listens. */
export interface RunningServer extends Running {
  readonly url: string;
  readonly apps: Apps;
}

/**
 * Starts the IM backend. The only place that knows every part: store, commands, doors, dispatch.
 * @throws {StartError} where the store or the port cannot be had
 */
export async function startServer(config: ServerConfig, ports: ServerPorts): Promise<RunningServer> {
  const figures = createFigures();
  const watch = commitFigures(figures, "muster", monotonic);
  const reads = replicaReads(figures, "muster");
  const replica = config.replica === undefined ? undefined : { url: config.replica, reads };
  const opened = await openStore(config.store, { ...ports, watch, replica });
  try {
    return await startWith(opened, figures, config, ports);
  } catch (error) {
    await opened.close();
    throw error;
  }
}

async function startWith(
  opened: OpenStore,
  figures: Figures,
  config: ServerConfig,
  ports: ServerPorts,
): Promise<RunningServer> {
  const { clock, log } = ports;
  const { store, notices } = opened;
  const live = createLiveStreams(clock, opened.others);
  const series = createSeriesRecorder({
    store: opened.series,
    ledger: opened.outbox.ledger,
    others: opened.others,
    clock,
    log,
  });
  const outbox = watched(opened.outbox, (settlements) => {
    series.observe(settlements);
    live.publish(settlements);
  });
  const sessions = createSessions(clock);
  const revive = (sdkAppId: number): Promise<void> => dispatcher.revive(sdkAppId);
  const { others, board } = opened;
  const presence = board
    ? createSharedPresence({ sessions, board, others, store, clock, log })
    : createOwnPresence(sessions);
  const settling: SettlePorts = { store, outbox, disconnect: sessions.kickAll, revive, now: clock.now, log };
  const apps = await openRegistry(opened, config, clock, log, settling, sessions.cut);
  const reviveHere = (sdkAppId: number): void => {
    revive(sdkAppId).catch((error: unknown) => log.error({ err: error, sdkAppId }, "an endpoint could not be revived"));
  };
  const tracing = createTracing();
  const posting = ports.callbackDeadline === undefined ? {} : { deadline: ports.callbackDeadline };
  const sender = createHttpSender(apps, clock, tracing, posting);
  // Connections of its own: a question does not queue behind deliveries.
  const asking = createPoster(clock, posting);
  const ids = createIds(clock.now);
  const { retry = createRetryPolicy((sdkAppId) => apps.get(sdkAppId)?.callback?.retry ?? "standard", Math.random) } =
    ports;
  const deliveries = deliveryFigures(figures);
  const health = createEndpointHealth({ states: opened.endpointStates, others, clock, log });
  const gate = await openGate(opened, apps, clock, log, {
    onFound(sdkAppId, state) {
      if (state) deliveries.opened(sdkAppId);
      health.found(sdkAppId, state);
    },
    claim: opened.ownership && health.claim,
    onClaimed: (sdkAppId) => dispatcher.lookAgain(sdkAppId),
  });
  const send = deliveries.counted(sender.send);
  const dispatcher = createDispatcher({
    outbox,
    ...(opened.ownership && { ownership: opened.ownership }),
    send,
    retry,
    gate,
    clock,
    log,
  });
  const retention = createRetention({ deliveries: opened.deliveries, days: config.retention, clock, log });
  const executor = createExecutor({
    apps,
    store,
    presence,
    ids,
    now: clock.now,
    before: createBeforeHooks(asking, tracing, log),
    tracing,
    callbackFor,
    tell: createTeller(sessions),
  });
  const verifier = createCallerVerifier(store);
  replicaGauge(figures, "muster", () => (opened.replica ? [opened.replica()] : []));
  stateFigures(figures, {
    apps,
    ledger: outbox.ledger,
    oldestPending: opened.oldestPending,
    endpointState: gate.stateOf,
    inMemory: dispatcher.inMemory,
    connectedDevices: () => sessions.count,
    connectedUsers: sessions.userCount,
    now: clock.now,
  });

  try {
    await settleAll(settling, apps);
    const { tls, connectionsPerAddress } = config;
    const first = restDoor({ executor, verifier, now: clock.now, log, begin: restFigures(figures, monotonic) });
    const unreadable = { unreadable: unreadableAnswer, unreadableStatus: 200 };
    const doors = { first, upgrades: isForRealtime };
    const http = createHttp({ ...ports.timeouts, tls, connectionsPerAddress, log, ...unreadable, ...doors });
    healthRoutes(http, { check: opened.check, replica: opened.replica, figures });
    consolePage(http);
    adminDoor(http, {
      registry: apps,
      executor,
      verifier: createCallbackVerifier(clock, () => `verify-${ids.callbackId()}`, posting),
      deliveries: opened.deliveries,
      series,
      live,
      requestOf: sentRequest,
      endpoints: {
        stateOf: gate.stateOf,
        async revive(sdkAppId) {
          await revive(sdkAppId);
          health.isBack(sdkAppId);
        },
      },
      newSecret: randomSecret,
      now: clock.now,
      adminToken: config.adminToken,
      records: opened.sessionRecords ?? createOwnSessionRecords(),
      log,
    });
    restNotFound(http);
    const realtime = realtimeDoor(http.server, { executor, verifier, sessions, presence, notices, clock, log });
    const url = await listen(http, config.host, config.port);
    await dispatcher.start().catch(async (error: unknown) => {
      // Who listens lives on, and would answer nobody.
      await Promise.all([http.close(), realtime.stop()]);
      throw error;
    });
    // Only a store that nodes share is changed by others.
    if (opened.ownership) health.follow({ gate, onNews: dispatcher.lookAgain, onBack: reviveHere });
    retention.start();
    series.start();
    const unwatch = ports.certificates && followCertificates(ports.certificates, apps, log);
    const unfollow = opened.ownership && followAppChanges({ apps, others, clock, log });
    log.info({ url, apps: apps.list().length }, "the server listens");
    return {
      url,
      apps,
      async stop() {
        // A client that does not let go must not keep results from being written.
        const closed = Promise.all([http.close(), realtime.stop()]);
        await Promise.race([closed, new Promise<void>((resolve) => clock.after(CLOSING_LIMIT, resolve))]);
        unwatch?.();
        await Promise.all([opened.leave(), dispatcher.stop(), retention.stop(), presence.stop(), unfollow?.()]);
        await Promise.all([series.stop(), health.stop()]);
        await Promise.all([sender.close(), asking.close()]);
        await opened.close();
        log.info("the server has stopped");
      },
    };
  } catch (error) {
    await Promise.all([sender.close(), asking.close()]);
    throw error;
  }
}

/** The same outbox; those who watch are told of results once they are on disk. */
function watched(outbox: Outbox, onSettled: (settlements: readonly Settlement[]) => void): Outbox {
  return {
    ...outbox,
    async settle(settlements, now) {
      await outbox.settle(settlements, now);
      onSettled(settlements);
    },
  };
}

interface GatePorts extends Pick<EndpointGatePorts, "claim" | "onClaimed"> {
  readonly onFound: (sdkAppId: number, state: EndpointState | undefined) => void;
}

async function openGate(
  { endpointStates, ownership }: OpenStore,
  apps: Apps,
  clock: Clock,
  log: Logger,
  { onFound, ...claiming }: GatePorts,
): Promise<EndpointGate> {
  return createEndpointGate({
    clock,
    random: Math.random,
    limitsOf: (sdkAppId) => partOfLimits(apps.get(sdkAppId)?.callback ?? UNUSED_ENDPOINT, ownership?.part() ?? 1),
    saved: await endpointStates.all(),
    ...claiming,
    onChange(sdkAppId, state) {
      onFound(sdkAppId, state);
      if (!state) log.info({ sdkAppId }, "an endpoint works again");
      else if (state.until === undefined)
        log.error(state, "an endpoint is sent nothing more until somebody says it is back");
      else log.warn(state, "an endpoint fails: it is left alone for a while");
    },
  });
}

async function openRegistry(
  { appRecords, others }: OpenStore,
  config: ServerConfig,
  clock: Clock,
  log: Logger,
  settling: SettlePorts,
  onClosed: (sdkAppId: number) => void,
): Promise<AppRegistry> {
  const onKept = (): void => others.tell("apps", "");
  const isNew = (await appRecords.all()).length === 0;
  const keyFile = settings.isSqlite(config.store) ? `${settings.sqlitePath(config.store)}.key` : undefined;
  const sealer = openSealer(config, keyFile, isNew);
  const settle = (sdkAppId: number, app: App | undefined, before: App | undefined) =>
    settleApp(settling, sdkAppId, app, before);
  const ports = { file: config.apps, records: appRecords, sealer, clock, log, settle, onKept, onClosed };
  return await openAppRegistry(ports);
}

/** Brings the store in line with the apps as they are at the start. */
async function settleAll(settling: SettlePorts, apps: AppRegistry): Promise<void> {
  const ids = [...apps.all()].map(({ sdkAppId }) => sdkAppId);
  for (const sdkAppId of new Set([...ids, ...(await settling.outbox.appsWithPending())])) {
    if (apps.isMoving(sdkAppId)) continue;
    const app = apps.get(sdkAppId);
    await settleApp(settling, sdkAppId, app, app);
  }
}
