import { randomUUID } from "node:crypto";
import type { ServerResponse } from "node:http";

import type { Clock } from "@muster/foundation";

import type { OtherNodes } from "../../other-nodes.ts";
import type { Settlement } from "../../ports/outbox.ts";
import { createLiveLookouts, type Seen, type Watch } from "./live-lookouts.ts";
import { createLiveSample, type LiveFilter, type LiveSample } from "./live-sample.ts";

/** How often those who watch are told what has happened, in ms. */
const TICK = 250;
/** How often one to whom nothing is said hears that the connection is there, in ms. */
const HEARTBEAT = 15_000;
/** How often it is asked whether one may still watch, and other nodes are told of it, in ms: they forget it otherwise. */
const RENEW = 2_000;
/** Most who watch at a time. */
const MOST_STREAMS = 100;

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
  open(response: ServerResponse, filter: LiveFilter, isOver: () => Promise<boolean>): void;
  closeAll(): void;
}

interface Stream {
  readonly response: ServerResponse;
  readonly filter: LiveFilter;
  readonly isOver: () => Promise<boolean>;
  /** What fitted since the last telling, on all nodes. */
  readonly sample: LiveSample;
  toldAt: number;
  /** When other nodes were told last that this one watches. */
  renewedAt: number;
}

/**
 * What any node delivers, each tells those who watch at it, and the other nodes as far as somebody watches there.
 *
 * Each stream has bounded memory: a sample of what fits within a quarter of a second, and how many there were. Nothing
 * is written to one that has not taken what was written before; what happens meanwhile is counted.
 */
export function createLiveStreams(clock: Clock, others: OtherNodes): LiveStreams {
  const streams = new Map<string, Stream>();
  const lookouts = createLiveLookouts(clock, others);
  let isTicking = false;

  function tick(): void {
    isTicking = false;
    const now = clock.now();
    for (const [id, stream] of streams) {
      tell(stream, now);
      // Whichever way the clock was set.
      if (Math.abs(now - stream.renewedAt) < RENEW) continue;
      watch(id, stream);
      void endIfOver(stream);
    }
    keepTicking();
  }

  function keepTicking(): void {
    if (isTicking || streams.size === 0) return;
    isTicking = true;
    clock.after(TICK, tick);
  }

  function watch(id: string, stream: Stream): void {
    stream.renewedAt = clock.now();
    const said: Watch = { id, filter: stream.filter };
    others.tell("watch", JSON.stringify(said));
  }

  async function endIfOver({ response, isOver }: Stream): Promise<void> {
    // Where that cannot be asked now it is asked again.
    if (await isOver().catch(() => false)) response.end();
  }

  others.onTold("seen", (text) => {
    const { id, ...batch } = JSON.parse(text) as Seen;
    streams.get(id)?.sample.add(batch);
  });

  return {
    get hasRoom() {
      return streams.size < MOST_STREAMS;
    },
    publish(settlements) {
      for (const { sample } of streams.values()) for (const settlement of settlements) sample.observe(settlement);
      lookouts.observe(settlements);
    },
    open(response, filter, isOver) {
      const id = randomUUID();
      const now = clock.now();
      const stream = { response, filter, isOver, sample: createLiveSample(filter), toldAt: now, renewedAt: now };
      response.writeHead(200, {
        "content-type": "text/event-stream",
        "cache-control": "no-store",
        "x-content-type-options": "nosniff",
        // Proxies that gather would show nothing for long.
        "x-accel-buffering": "no",
      });
      response.write(": the connection is there\n\n");
      streams.set(id, stream);
      watch(id, stream);
      response.once("close", () => streams.delete(id));
      keepTicking();
    },
    closeAll() {
      for (const { response } of streams.values()) response.end();
    },
  };
}

function tell(stream: Stream, now: number): void {
  const { response, sample } = stream;
  if (response.writableEnded || response.writableNeedDrain) return;
  const batch = sample.take();
  if (batch) response.write(`data: ${JSON.stringify(batch)}\n\n`);
  else if (Math.abs(now - stream.toldAt) >= HEARTBEAT) response.write(": still there\n\n");
  else return;
  stream.toldAt = now;
}
