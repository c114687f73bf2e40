import {
  commitFigures,
  createFigures,
  isLoopback,
  listen,
  replicaGauge,
  replicaReads,
  type ClientTimeouts,
  type Figures,
  type Clock,
  type Logger,
  type Running,
} from "@muster/foundation";
import { createReceiver, type Inbox, type ReceivedApp } from "@muster/receiver";

import type { RecorderConfig } from "./config.ts";
import { startFollowers } from "./followers.ts";
import { createRecorderHttp } from "./http/recorder-http.ts";
import { createMetrics } from "./metrics.ts";
import { openStore } from "./store/open-store.ts";
import type { RecorderStore, StorePorts } from "./store/recorder-store.ts";
import type { OwnSink } from "./sinks/own-sink.ts";
import { createStreams } from "./streams.ts";

/** What the recorder needs of the world. */
export interface RecorderParts {
  /** Makes the mirror's tables anew from the journal. */
  readonly rebuildMirror?: boolean;
  readonly clock: Clock;
  readonly log: Logger;
  /** Sinks beside those of the configuration: of one's own. */
  readonly sinks?: readonly OwnSink[];
  readonly timeouts?: ClientTimeouts;
}

/** A recorder that listens. */
export interface RunningRecorder extends Running {
  /** Under which it is reached from its own machine, without a path: `http://127.0.0.1:9100`. */
  readonly url: string;
}

/**
 * Starts a recorder: opens its journal, then listens. Stopping it ends in the reverse order, so that whatever
 * was answered OK is in the journal.
 * @throws {StartError} where the journal, the port or the certificate cannot be used
 */
export async function startRecorder(config: RecorderConfig, parts: RecorderParts): Promise<RunningRecorder> {
  const figures = createFigures();
  const watch = commitFigures(figures, "muster_recorder", () => performance.now());
  const reads = replicaReads(figures, "muster_recorder");
  const replica = config.replica === undefined ? undefined : { url: config.replica, reads };
  const store = await openStore(config.store, { ...parts, watch, replica });
  try {
    return await startWith(store, figures, config, { ...parts, replica });
  } catch (error) {
    await store.close();
    throw error;
  }
}

async function startWith(
  store: RecorderStore,
  figures: Figures,
  config: RecorderConfig,
  {
    clock,
    log,
    rebuildMirror = false,
    sinks: own = [],
    timeouts = {},
    replica,
  }: RecorderParts & Pick<StorePorts, "replica">,
): Promise<RunningRecorder> {
  const { journal } = store;
  const followers = await startFollowers({
    store,
    config,
    own,
    rebuildMirror,
    replica,
    random: Math.random,
    figures,
    clock,
    log,
  });
  const { mirror, sinks } = followers;
  const streams = createStreams({ journal, clock, log });
  const metrics = createMetrics(figures, {
    journalSize: () => journal.size(),
    lastReceivedAt: async () => (await journal.readEvent(await journal.lastPosition()))?.receivedAt,
    mirror: mirror && { lag: () => mirror.lag(), missing: () => mirror.reader.readMissing() },
    openStreams: () => streams.count(),
  });
  const replicas = () => [store.replica?.(), mirror?.reader.replica?.()].filter((state) => state !== undefined);
  replicaGauge(figures, "muster_recorder", replicas);
  const receiver = createReceiver({
    apps: config.apps.map(receivedApp),
    inbox: metrics.counting(telling(journal, log)),
    now: () => clock.now(),
  });
  const { path, tls, host, port, adminToken } = config;
  const closers: (() => Promise<void>)[] = [() => followers.stop()];

  /** From the door inwards: whatever was answered OK is in the journal. */
  async function close(): Promise<void> {
    for (const closer of closers.toReversed()) await closer();
  }

  async function stop(): Promise<void> {
    await close();
    await store.close();
    log.info("the recorder has stopped");
  }

  let stopped: Promise<void> | undefined;
  try {
    const http = createRecorderHttp({
      path,
      tls,
      timeouts,
      receiver,
      journal: { ...journal, ...store.asked },
      check: store.check,
      replica: store.replica,
      mirror,
      streams,
      sinks,
      metrics,
      adminToken,
      clock,
      log,
    });
    closers.push(() => http.close());
    const url = await listen(http, host, port);
    if (adminToken === undefined && !isLoopback(host)) {
      log.warn({ host }, "everybody who reaches the recorder reads what it keeps: set recorder.adminToken");
    }
    log.info({ url, apps: config.apps.length, sinks: config.sinks.length + own.length }, "the recorder listens");
    return { url, stop: () => (stopped ??= stop()) };
  } catch (error) {
    await close();
    throw error;
  }
}

/** An inbox that says in the log what went wrong; the sender learns only that it is to come again. */
function telling(inbox: Inbox, log: Logger): Inbox {
  return {
    async keep(callback) {
      try {
        const verdict = await inbox.keep(callback);
        if (callback.fault !== undefined) log.warn({ dedupeKey: callback.dedupeKey }, "a callback is in quarantine");
        return verdict;
      } catch (error) {
        log.error({ err: error }, "a callback could not be kept");
        throw error;
      }
    },
  };
}

function receivedApp({ sdkAppId, token, previousToken }: RecorderConfig["apps"][number]): ReceivedApp {
  if (token === undefined) return { sdkAppId };
  return { sdkAppId, tokens: previousToken === undefined ? [token] : [token, previousToken] };
}
