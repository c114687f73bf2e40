import type { ServerResponse } from "node:http";

import type { Clock } from "@muster/foundation";

import { groupOfLane } from "../../deliveries.ts";
import type { Settlement } from "../../ports.ts";
import { viewOfLive } from "./live-view.ts";

/** How often those who watch are told what has happened, in ms. */
const TICK = 250;
/** How often one to whom nothing is said hears that the connection is there, in ms. */
const HEARTBEAT = 15_000;
/** Most deliveries that one is told of at a time, delivered and failed ones each: the rest is only counted. */
const SHOWN = 25;
/** Most who watch at a time. */
const MOST_STREAMS = 100;

/** What somebody wants to see; what is absent is not asked about. */
export interface LiveFilter {
  readonly sdkAppId: number;
  readonly groupId?: string | undefined;
  readonly command?: string | undefined;
  readonly verdict?: "delivered" | "failed" | undefined;
}

/** Those who watch deliveries as they happen, by server-sent events. */
export interface LiveStreams {
  /** Tells of results that are on disk. */
  publish(settlements: readonly Settlement[]): void;
  /** Whether somebody more may watch. */
  readonly hasRoom: boolean;
  /**
   * Tells one who watches of what fits from now on.
   * @param isOver asked again and again: whether that one may not watch any more
   */
  open(response: ServerResponse, filter: LiveFilter, isOver: () => boolean): void;
  closeAll(): void;
}

interface Stream {
  readonly response: ServerResponse;
  readonly filter: LiveFilter;
  readonly isOver: () => boolean;
  /** How many fitted since the last telling, and those of them that are told of. */
  total: number;
  readonly delivered: Settlement[];
  readonly failed: Settlement[];
  toldAt: number;
}

/**
 * Each stream has bounded memory: a sample of what fits within a quarter of a second, and how many there were. Nothing
 * is written to one that has not taken what was written before; what happens meanwhile is counted.
 */
export function createLiveStreams(clock: Clock): LiveStreams {
  const streams = new Set<Stream>();
  let isTicking = false;

  function tick(): void {
    isTicking = false;
    for (const stream of streams) tell(stream, clock.now());
    keepTicking();
  }

  function keepTicking(): void {
    if (isTicking || streams.size === 0) return;
    isTicking = true;
    clock.after(TICK, tick);
  }

  return {
    get hasRoom() {
      return streams.size < MOST_STREAMS;
    },
    publish(settlements) {
      for (const stream of streams) {
        for (const settlement of settlements) if (fits(stream.filter, settlement)) take(stream, settlement);
      }
    },
    open(response, filter, isOver) {
      const stream = { response, filter, isOver, total: 0, delivered: [], failed: [], toldAt: clock.now() };
      response.writeHead(200, {
        "content-type": "text/event-stream",
        "cache-control": "no-store",
        "x-content-type-options": "nosniff",
        // Proxies that gather would show nothing for long.
        "x-accel-buffering": "no",
      });
      response.write(": the connection is there\n\n");
      streams.add(stream);
      response.once("close", () => streams.delete(stream));
      keepTicking();
    },
    closeAll() {
      for (const { response } of streams) response.end();
    },
  };
}

function fits({ sdkAppId, groupId, command, verdict }: LiveFilter, { callback, attempt }: Settlement): boolean {
  return (
    callback.sdkAppId === sdkAppId &&
    (groupId === undefined || groupOfLane(callback.lane) === groupId) &&
    (command === undefined || callback.command === command) &&
    (verdict === undefined || (attempt.outcome === "delivered") === (verdict === "delivered"))
  );
}

function take(stream: Stream, settlement: Settlement): void {
  stream.total += 1;
  const sample = settlement.attempt.outcome === "delivered" ? stream.delivered : stream.failed;
  if (sample.length < SHOWN) sample.push(settlement);
}

function tell(stream: Stream, now: number): void {
  const { response, total, delivered, failed } = stream;
  if (stream.isOver()) response.end();
  if (response.writableEnded || response.writableNeedDrain) return;
  if (total > 0) {
    const shown = [...delivered.splice(0), ...failed.splice(0)].map(viewOfLive);
    response.write(`data: ${JSON.stringify({ total, deliveries: shown })}\n\n`);
    stream.total = 0;
  } else if (now - stream.toldAt >= HEARTBEAT) response.write(": still there\n\n");
  else return;
  stream.toldAt = now;
}
