import type { Clock, Logger } from "@muster/foundation";

import type { Outbox } from "../ports/outbox.ts";
import type { Ownership } from "../ports/ownership.ts";
import { addLane, laneKinds, shareOf, type AppLanes, type Lane, type Track } from "./lanes.ts";

/**
 * Takes lanes that are due out of the outbox into memory, as many of each kind as there is room for, and knows when
 * to look again: when few are left, when the next is due, and a while after the store failed.
 */
export interface Claims {
  /** Looks into the outbox, if there may be anything in it that there is room for. */
  claim(app: AppLanes): void;
  /** Looks at the outbox afresh, whatever was known of it. */
  lookAt(app: AppLanes): Promise<void>;
  /** A callback was committed of a lane that is not in memory, and is not taken in. */
  passed(app: AppLanes, lane: string, sequence: number): void;
  /** A lane has left memory, having more or not. */
  left(lane: Lane): void;
  /** Whether the outbox of an app is being read. */
  isBusy(app: AppLanes): boolean;
  /** Takes nothing out of an app's outbox for a while, then looks at it afresh. */
  pause(app: AppLanes): void;
  /** The outbox could not be read. */
  failed(app: AppLanes, error: unknown): void;
  stop(): void;
}

export interface ClaimsPorts {
  readonly outbox: Outbox;
  readonly ownership: Pick<Ownership, "delivers">;
  readonly clock: Clock;
  readonly log: Logger;
  /** Most lanes of one app and kind in memory. */
  readonly lanes: number;
  /** How long the outbox is left alone, in ms, after it could not be read or there was nowhere to send to. */
  readonly pause: number;
  readonly onClaimed: (lane: Lane) => void;
  /** Reading has ended. */
  readonly onIdle: () => void;
  /** The clock was set back: what was put off would wait for so much longer. */
  readonly onSetBack: () => void;
}

/** A clock that is set back by less, in ms, is as one that was wrong by so little all the time. */
const SET_BACK = 10_000;

/** What is known of an app's part of the outbox. */
interface Reading {
  claiming: boolean;
  paused: boolean;
  /** What happened to lanes that are not in memory while the outbox was being read: what was read may be older. */
  readonly left: Set<string>;
  readonly last: Map<string, number>;
  /** When to look at the outbox again, and how to call that off. */
  wakeAt: number;
  cancelWake: () => void;
}

export function createClaims(ports: ClaimsPorts): Claims {
  const { outbox, ownership, clock, log, lanes: most, pause: pauseMs, onClaimed, onIdle, onSetBack } = ports;
  const readings = new Map<AppLanes, Reading>();
  let stopped = false;
  let lastTime = -Infinity;

  function now(): number {
    const time = clock.now();
    const before = lastTime;
    lastTime = time;
    if (time < before - SET_BACK && !stopped) onSetBack();
    return time;
  }

  function of(app: AppLanes): Reading {
    let reading = readings.get(app);
    if (!reading) {
      reading = {
        claiming: false,
        paused: false,
        left: new Set(),
        last: new Map(),
        wakeAt: Infinity,
        cancelWake: () => undefined,
      };
      readings.set(app, reading);
    }
    return reading;
  }

  /** Whether there may be more of a kind, and so few are left in memory that a look into the outbox pays. */
  const wanted = ({ behind, lanes, kind }: Track): boolean => behind && lanes <= shareOf(most, kind) / 2;

  async function claim(app: AppLanes): Promise<void> {
    const reading = of(app);
    if (reading.claiming || reading.paused || stopped || !laneKinds.some((kind) => wanted(app.tracks[kind]))) return;
    reading.claiming = true;
    // One and the same for all: what becomes due meanwhile is later than this, and is woken for.
    const time = now();
    try {
      for (const kind of laneKinds) {
        const track = app.tracks[kind];
        while (wanted(track) && !reading.paused && !stopped) await claimKind(track, reading, time);
      }
      if (!app.tracks.retrying.behind && !app.tracks.replay.behind) {
        const next = await outbox.nextDue(app.sdkAppId, time);
        if (next !== undefined) wake(app, next);
      }
    } catch (error) {
      failed(app, error);
    } finally {
      reading.claiming = false;
    }
    // For what came while the outbox was being read, and what there was room for only since then.
    void claim(app);
    onIdle();
  }

  async function claimKind(track: Track, reading: Reading, time: number): Promise<void> {
    const { app, kind } = track;
    const room = shareOf(most, kind);
    track.behind = false;
    reading.left.clear();
    reading.last.clear();
    // Those in memory may be among the due ones, and lanes of other kinds may have become of this one.
    const limit = room + app.lanes.size - track.lanes;
    const due = await outbox.dueLanes(app.sdkAppId, kind, time, limit);
    if (due.length === limit) track.behind = true;
    for (const { lane: name, last, head } of due) {
      const lane = app.lanes.get(name);
      // What was added while the lane was being read is known only from here.
      if (lane) lane.last = Math.max(lane.last, last);
      else if (reading.left.has(name)) track.behind = true;
      // It was given up while it was being read.
      else if (!ownership.delivers(app.sdkAppId, name)) continue;
      else if (track.lanes < room) onClaimed(addLane(track, name, Math.max(reading.last.get(name) ?? 0, last), head));
      else track.behind = true;
    }
  }

  function lookAt(app: AppLanes): Promise<void> {
    for (const kind of laneKinds) app.tracks[kind].behind = true;
    return claim(app);
  }

  function wake(app: AppLanes, at: number): void {
    const reading = of(app);
    if (at >= reading.wakeAt || stopped) return;
    reading.cancelWake();
    reading.wakeAt = at;
    reading.cancelWake = clock.after(at - now(), () => {
      reading.wakeAt = Infinity;
      app.tracks.retrying.behind = true;
      app.tracks.replay.behind = true;
      void claim(app);
    });
  }

  function pause(app: AppLanes): void {
    const reading = of(app);
    if (reading.paused) return;
    reading.paused = true;
    clock.after(pauseMs, () => {
      reading.paused = false;
      void lookAt(app);
    });
  }

  function failed(app: AppLanes, error: unknown): void {
    log.error({ err: error }, "the outbox could not be read; trying again");
    pause(app);
  }

  return {
    claim: (app) => void claim(app),
    lookAt,
    passed(app, lane, sequence) {
      const { claiming, last } = of(app);
      if (claiming) last.set(lane, Math.max(last.get(lane) ?? 0, sequence));
    },
    left({ name, track: { app, kind }, retryAt, taken, last }) {
      const { claiming, left } = of(app);
      if (claiming) left.add(name);
      if (retryAt !== undefined) wake(app, retryAt);
      // What has failed before and is through, or was cancelled while it failed, has become a fresh one.
      if (taken < last) app.tracks[kind === "replay" ? "replay" : "fresh"].behind = true;
      void claim(app);
    },
    isBusy: (app) => of(app).claiming,
    pause,
    failed,
    stop() {
      stopped = true;
      for (const { cancelWake } of readings.values()) cancelWake();
    },
  };
}
