import type { Clock, Figures, Logger } from "@muster/foundation";

import type { RecorderConfig } from "./config.ts";
import { createSharedMirror } from "./mirror/shared-mirror.ts";
import { startMirror, type RunningMirror } from "./mirror/start-mirror.ts";
import { startRetention } from "./retention/retention.ts";
import { openSinks } from "./sinks/open-sinks.ts";
import { ownSink, type OwnSink } from "./sinks/own-sink.ts";
import { addSinkGauges, sinkCounters, type SinkCounters } from "./sinks/sink-figures.ts";
import { createSinksOfLeader } from "./sinks/sinks-of-leader.ts";
import { startSinks, type Sinks } from "./sinks/sinks.ts";
import { openMirrorReader } from "./store/open-store.ts";
import type { Leadership, RecorderStore, StorePorts } from "./store/recorder-store.ts";

/** Those who follow the journal: mirror, sinks, and who removes what all have taken and is old. */
export interface Followers {
  readonly mirror: RunningMirror | undefined;
  readonly sinks: Sinks;
  stop(): Promise<void>;
}

/** What they are made of. */
export interface FollowersParts {
  readonly store: RecorderStore;
  readonly config: RecorderConfig;
  readonly own: readonly OwnSink[];
  readonly rebuildMirror: boolean;
  readonly replica: StorePorts["replica"];
  /** A number from 0 up to 1, for the jitter. */
  readonly random: () => number;
  readonly figures: Figures;
  readonly clock: Clock;
  readonly log: Logger;
}

/**
 * Starts following the journal; where several nodes share it, at one of them at a time.
 * @throws {StartError} where the mirror's tables cannot be opened
 */
export async function startFollowers(parts: FollowersParts): Promise<Followers> {
  const { leadership } = parts.store;
  const counters = sinkCounters(parts.figures);
  const followers = leadership ? await followInTurn(parts, leadership, counters) : await follow(parts, counters);
  addSinkGauges(parts.figures, followers.sinks.reports);
  return followers;
}

async function follow(parts: FollowersParts, counters: SinkCounters): Promise<Followers> {
  const { store, config, own, rebuildMirror: rebuild, random, clock, log } = parts;
  const { journal } = store;
  const configured = await openSinks(config.sinks, clock);
  const order = { store: config.store, rebuild, logLevel: config.logLevel };
  let mirror: RunningMirror | undefined;
  let sinks: Sinks;
  try {
    mirror = config.mirror ? await startMirror({ ...order, journal, clock, log }) : undefined;
    sinks = await startSinks([...configured, ...own.map(ownSink)], { store, clock, log, counters, random });
  } catch (error) {
    // A node that leads tries again: what has begun must not run twice then.
    await Promise.allSettled([mirror?.stop(), ...configured.map(({ sink }) => sink.close())]);
    throw error;
  }
  const { eventDays } = config.retention;
  const taken = async () => Math.min(mirror?.position() ?? Number.MAX_SAFE_INTEGER, await store.sinks.taken());
  const retention =
    eventDays === undefined
      ? undefined
      : startRetention({ journal, eventDays, taken, onForgotten: () => mirror?.trimmed(), clock, log });
  return {
    mirror,
    sinks,
    async stop() {
      await retention?.stop();
      await sinks.stop();
      await mirror?.stop();
    },
  };
}

async function followInTurn(parts: FollowersParts, leadership: Leadership, counters: SinkCounters): Promise<Followers> {
  const { store, config, own, replica, clock, log } = parts;
  const reader = config.mirror ? await openMirrorReader(config.store, { clock, log, replica }) : undefined;
  const mirror = reader && createSharedMirror(reader, store.journal, clock);
  const sinks = createSinksOfLeader(store, new Set([...config.sinks, ...own].map(({ name }) => name)));
  let { rebuildMirror } = parts;
  const lent = own.map(lentSink);

  async function stop(): Promise<void> {
    await leadership.stop();
    await mirror?.stop();
    await Promise.all(own.map(({ sink }) => sink.close()));
  }

  try {
    await leadership.lead(async () => {
      const running = await follow({ ...parts, own: lent, rebuildMirror }, counters);
      rebuildMirror = false;
      mirror?.fillHere(running.mirror);
      sinks.runHere(running.sinks);
      return async () => {
        mirror?.fillHere(undefined);
        sinks.runHere(undefined);
        await running.stop();
      };
    });
  } catch (error) {
    await stop();
    throw error;
  }
  return { mirror, sinks, stop };
}

/** A sink of somebody's own, which is there once: it stays open while another node brings events, for this one may again. */
function lentSink({ sink, ...rest }: OwnSink): OwnSink {
  const { concurrency, batchSize } = sink;
  const deliver: typeof sink.deliver = (events, signal) => sink.deliver(events, signal);
  return { ...rest, sink: { concurrency, batchSize, deliver, close: async () => {} } };
}
