import type { Clock, Logger } from "@muster/foundation";

import type { Attempt, CommittedCallback, InMemory, LaneKind, Outbox, PendingCallback, Settlement } from "../ports.ts";
import type { EndpointGate } from "./endpoint-gate.ts";
import { createSettler } from "./settler.ts";
import { createLaneQueue, type LaneQueue } from "./lane-queue.ts";
import type { RetryPolicy } from "./retry-policy.ts";

/**
 * Delivers what the outbox holds: in order within a lane, in parallel across lanes.
 *
 * The outbox is the truth; what is in memory is lanes that are being delivered, so many at most, and of each no more
 * than a few callbacks and results, however long the backlog is. A lane in memory is
 *
 *   READY     its head waits for its turn among the lanes of its kind, or is being read.
 *   SENDING   its head is on its way. Delivered: READY again, at the back. Failed, or its turn is over: LEAVING.
 *   EMPTY     everything is sent, but results are not on disk yet. A callback that comes in between finds the lane,
 *             and cannot overtake: READY.
 *   LEAVING   nothing more is sent; it is forgotten once its results are on disk.
 *
 * and otherwise, in the outbox only, idle or due at some time. There is one lane object per lane and only that
 * sends, one at a time: the order follows from this alone. Lanes whose head has failed before and lanes of replays
 * have shares of their own, so that a first attempt waits behind neither.
 *
 * Results are written in batches. A crash between sending and writing means one more attempt with the same id,
 * which is the failure to choose: the other one would be a callback that was never sent.
 */
export interface Dispatcher {
  /** Begins with what an earlier run left. */
  start(): Promise<void>;
  /** Sends what an app has pending at once, whatever its endpoint did before: somebody says that it is back. */
  revive(sdkAppId: number): Promise<void>;
  /** What is in memory at this moment. */
  inMemory(): InMemory;
  /** Sends nothing more; resolves when what is on its way has been answered and written. */
  stop(): Promise<void>;
}

export interface DispatcherPorts {
  readonly outbox: Outbox;
  /** Makes one attempt; never throws. `undefined` where the app has no URL any more. */
  readonly send: (callback: PendingCallback, number: number) => Promise<Attempt | undefined>;
  readonly retry: RetryPolicy;
  readonly gate: EndpointGate;
  readonly clock: Clock;
  readonly log: Logger;
  readonly limits?: DispatcherLimits;
}

/** How much is done at a time. */
export interface DispatcherLimits {
  /** Most attempts under way, of all apps; of one app, at most half of them. */
  readonly sending: number;
  /** Most lanes of one app and kind in memory. */
  readonly lanes: number;
  /** Most callbacks of a lane in memory, and most of its results that are not on disk. */
  readonly window: number;
  /** After so many callbacks a lane lets others in memory go first. */
  readonly go: number;
  /** After so many callbacks a lane leaves memory to others, if any wait. */
  readonly turn: number;
}

const usualLimits: DispatcherLimits = { sending: 512, lanes: 256, window: 64, go: 16, turn: 64 };
/** How soon to try again, in ms, after the store failed or there was nowhere to send to. */
const PAUSE = 1_000;
/** The part of an app's attempts, and of its lanes in memory, that each kind of lane may have. */
const shares: Readonly<Record<LaneKind, number>> = { fresh: 1, retrying: 1 / 2, replay: 1 / 4 };
/** Who is served first: the shares see to it that nobody has everything. */
const kinds: readonly LaneKind[] = ["retrying", "replay", "fresh"];

interface Lane {
  readonly name: string;
  readonly track: Track;
  queue: PendingCallback[];
  /** The number of the last callback that was taken from the queue, and of the last one known to exist. */
  taken: number;
  last: number;
  sentThisTurn: number;
  /** Something is under way: an attempt, the waiting for one, or a look into the outbox. */
  busy: boolean;
  leaving: boolean;
  /** When the head, which could not be delivered, is tried again. */
  retryAt: number | undefined;
  /** Results that are not on disk yet. */
  unsettled: number;
}

/** The lanes of one kind. */
interface Track {
  readonly app: AppLanes;
  readonly kind: LaneKind;
  /** Those in memory. */
  lanes: number;
  readonly ready: LaneQueue<Lane>;
  /** Those in the midst of their go, who come before others. */
  readonly going: Lane[];
  sending: number;
  /** Whether the outbox may hold lanes that are due and not in memory. */
  behind: boolean;
}

interface AppLanes {
  readonly sdkAppId: number;
  readonly lanes: Map<string, Lane>;
  readonly tracks: Readonly<Record<LaneKind, Track>>;
  sending: number;
  /** Calls off the timer for what the gate does not let through, where one runs. */
  cancelLook: (() => void) | undefined;
  claiming: boolean;
  /** What happened to lanes that are not in memory while the outbox was being read: what was read may be older. */
  readonly meanwhile: { readonly left: Set<string>; readonly last: Map<string, number> };
  /** The outbox is left alone for a while. */
  paused: boolean;
  /** When to look at the outbox again, and how to call that off. */
  wakeAt: number;
  cancelWake: () => void;
}

export function createDispatcher(ports: DispatcherPorts): Dispatcher {
  const { outbox, send, retry, gate, clock, log, limits = usualLimits } = ports;
  const apps = new Map<number, AppLanes>();
  /** Attempts under way, and the apps that wait for one of them to end. */
  let sending = 0;
  const waiting = new Set<AppLanes>();
  let stopped = false;
  let onIdle: (() => void) | undefined;
  const settler = createSettler({ outbox, clock, log, pause: PAUSE, onSettled, onIdle: checkIdle });

  outbox.onCommitted((added) => {
    for (const callback of added) offer(callback);
  });

  const share = (of: number, kind: LaneKind): number => Math.max(1, Math.floor(of * shares[kind]));

  function lanesOf(sdkAppId: number): AppLanes {
    let app = apps.get(sdkAppId);
    if (!app) {
      app = createAppLanes(sdkAppId);
      apps.set(sdkAppId, app);
    }
    return app;
  }

  function offer({ callback, isHead }: CommittedCallback): void {
    if (stopped) return;
    const app = lanesOf(callback.sdkAppId);
    const lane = app.lanes.get(callback.lane);
    const track = app.tracks[callback.replayOf === undefined ? "fresh" : "replay"];
    if (lane) {
      // Taken over only while nothing is missing in between; otherwise it is read when its turn comes.
      if (
        lane.queue.length < limits.window &&
        lane.last === callback.sequence - 1 &&
        lane.taken + lane.queue.length === lane.last
      ) {
        lane.queue.push(callback);
      }
      lane.last = callback.sequence;
      advance(lane);
    } else if (isHead && !track.behind && !app.claiming && track.lanes < share(limits.lanes, track.kind)) {
      advance(addLane(track, callback.lane, callback.sequence, callback));
    } else {
      if (app.claiming) app.meanwhile.last.set(callback.lane, callback.sequence);
      track.behind = true;
      void claim(app);
    }
  }

  function addLane(track: Track, name: string, last: number, head: PendingCallback): Lane {
    const lane: Lane = {
      name,
      track,
      queue: [head],
      taken: head.sequence - 1,
      last,
      sentThisTurn: 0,
      busy: false,
      leaving: false,
      retryAt: undefined,
      unsettled: 0,
    };
    track.lanes += 1;
    track.app.lanes.set(name, lane);
    return lane;
  }

  /** Does the next thing that a lane has to do, if it is not doing something already. */
  function advance(lane: Lane): void {
    if (lane.busy) return;
    if (stopped || (lane.sentThisTurn >= limits.turn && lane.track.behind)) lane.leaving = true;
    if (lane.leaving || (lane.queue.length === 0 && lane.taken >= lane.last)) {
      if (lane.unsettled === 0) forget(lane);
    } else if (lane.unsettled >= limits.window) {
      settler.hurry();
    } else {
      lane.busy = true;
      if (lane.queue.length === 0) void refill(lane);
      else {
        makeReady(lane);
        pump(lane.track.app);
      }
    }
  }

  /** A lane goes on for a while before others have their go: so its results can be written as one. */
  function makeReady(lane: Lane): void {
    const { ready, going } = lane.track;
    if (lane.sentThisTurn % limits.go === 0) ready.add(lane);
    else going.push(lane);
  }

  function forget(lane: Lane): void {
    const { track } = lane;
    const { app } = track;
    app.lanes.delete(lane.name);
    track.lanes -= 1;
    if (app.claiming) app.meanwhile.left.add(lane.name);
    if (lane.retryAt !== undefined) wake(app, lane.retryAt);
    if (lane.taken < lane.last) {
      // What has failed before and is through, or was cancelled while it failed, has become a fresh one.
      app.tracks[track.kind === "replay" ? "replay" : "fresh"].behind = true;
    }
    void claim(app);
    checkIdle();
  }

  async function refill(lane: Lane): Promise<void> {
    const { last } = lane;
    const { app } = lane.track;
    try {
      lane.queue = await outbox.pending(app.sdkAppId, lane.name, lane.taken, limits.window);
      // What was there and is not pending any more was cancelled.
      if (lane.queue.length === 0) lane.taken = last;
    } catch (error) {
      storeFailed(app, error);
      lane.leaving = true;
    }
    lane.busy = false;
    advance(lane);
  }

  /** Begins as many attempts of an app as there may be. Returns whether there was any. */
  function pump(app: AppLanes): boolean {
    let lane = nextOf(app);
    const any = lane !== undefined;
    for (; lane; lane = nextOf(app)) void deliver(lane);
    return any;
  }

  /** An attempt has ended: the next is for the app that has waited longest, if it has anything left. */
  function pumpWaiting(): void {
    for (let left = waiting.size; left > 0; left -= 1) {
      const [app] = waiting;
      if (!app) return;
      waiting.delete(app);
      if (pump(app)) return;
    }
  }

  function nextOf(app: AppLanes): Lane | undefined {
    const [concurrency, fair] = [gate.concurrencyOf(app.sdkAppId), fairShare()];
    const most = Math.min(concurrency, fair);
    const waits = ({ going, ready }: Track): boolean => going.length > 0 || ready.size > 0;
    if (!kinds.some((kind) => waits(app.tracks[kind]))) return undefined;
    if (app.sending >= most) {
      if (app.sending < concurrency) waiting.add(app);
      return undefined;
    }
    const kind = kinds.find((each) => waits(app.tracks[each]) && app.tracks[each].sending < share(most, each));
    if (!kind) return undefined;
    if (!gate.admits(app.sdkAppId, app.sending)) {
      const at = gate.nextLook(app.sdkAppId);
      if (at !== undefined) lookAgain(app, at);
      return undefined;
    }
    const { going, ready } = app.tracks[kind];
    return going.pop() ?? ready.next();
  }

  /** Of all attempts, those that an app may have: never more than half, and where many want some, its part. */
  function fairShare(): number {
    const half = limits.sending / 2;
    if (sending < half) return half;
    if (sending >= limits.sending) return 0;
    let busy = 0;
    for (const { lanes } of apps.values()) if (lanes.size > 0) busy += 1;
    return Math.min(half, Math.max(1, limits.sending / busy));
  }

  /** Looks again at what is READY, once time has changed what the gate says. */
  function lookAgain(app: AppLanes, at: number): void {
    if (stopped) return;
    app.cancelLook ??= clock.after(Math.max(at - clock.now(), 1), () => {
      app.cancelLook = undefined;
      pump(app);
    });
  }

  async function deliver(lane: Lane): Promise<void> {
    const { track } = lane;
    const callback = lane.queue.shift();
    if (callback && !stopped) {
      lane.taken = callback.sequence;
      lane.sentThisTurn += 1;
      count(track, 1);
      gate.began(track.app.sdkAppId);
      const attempt = await send(callback, callback.attempts + 1);
      count(track, -1);
      if (attempt) {
        if (gate.ended(track.app.sdkAppId, lane.name, attempt)) void hasten(track.app);
        settleLater(lane, judge(callback, attempt));
      } else {
        // Nowhere to send it: whoever took the URL away cancels what is pending, or gives another one.
        lane.taken = callback.sequence - 1;
        lane.leaving = true;
        pause(track.app);
      }
    }
    lane.busy = false;
    advance(lane);
    pump(track.app);
    pumpWaiting();
  }

  /** One attempt more, or one less, is under way. */
  function count(track: Track, change: 1 | -1): void {
    sending += change;
    track.app.sending += change;
    track.sending += change;
  }

  function settleLater(lane: Lane, settlement: Settlement): void {
    if (typeof settlement.state === "object") {
      lane.leaving = true;
      lane.retryAt = settlement.state.retryAt;
    }
    lane.unsettled += 1;
    settler.add(settlement);
    if (stopped) settler.hurry();
  }

  function judge(callback: PendingCallback, attempt: Attempt): Settlement {
    if (attempt.outcome === "delivered") return { callback, attempt, state: "delivered" };
    const retryAt = retry.nextAttempt(callback, attempt, clock.now());
    const { id, command, sdkAppId } = callback;
    const facts = { id, command, sdkAppId, attempt: attempt.number, outcome: attempt.outcome, status: attempt.status };
    if (retryAt === undefined) {
      log.error(facts, "a callback is given up: it is kept as a dead letter");
      return { callback, attempt, state: "dead" };
    }
    log.warn({ ...facts, retryInMs: retryAt - clock.now() }, "a callback could not be delivered");
    return { callback, attempt, state: { pending: true, retryAt } };
  }

  function onSettled({ callback }: Settlement): void {
    const lane = apps.get(callback.sdkAppId)?.lanes.get(callback.lane);
    if (!lane) return;
    lane.unsettled -= 1;
    advance(lane);
  }

  /** Whether there may be more of a kind, and so few are left in memory that a look into the outbox pays. */
  const wanted = ({ behind, lanes, kind }: Track): boolean => behind && lanes <= share(limits.lanes, kind) / 2;

  /** Takes lanes that are due into memory. */
  async function claim(app: AppLanes): Promise<void> {
    if (app.claiming || app.paused || stopped || !kinds.some((kind) => wanted(app.tracks[kind]))) return;
    app.claiming = true;
    // One and the same for all: what becomes due meanwhile is later than this, and is woken for.
    const now = clock.now();
    try {
      for (const kind of kinds) {
        const track = app.tracks[kind];
        while (wanted(track) && !app.paused && !stopped) await claimKind(track, now);
      }
      if (!app.tracks.retrying.behind && !app.tracks.replay.behind) {
        const next = await outbox.nextDue(app.sdkAppId, now);
        if (next !== undefined) wake(app, next);
      }
    } catch (error) {
      storeFailed(app, error);
    } finally {
      app.claiming = false;
    }
    // For what came while the outbox was being read, and what there was room for only since then.
    void claim(app);
    checkIdle();
  }

  async function claimKind(track: Track, now: number): Promise<void> {
    const { app, kind } = track;
    const most = share(limits.lanes, kind);
    track.behind = false;
    app.meanwhile.left.clear();
    app.meanwhile.last.clear();
    // Those in memory may be among the due ones, and lanes of other kinds may have become of this one.
    const limit = most + app.lanes.size - track.lanes;
    const due = await outbox.dueLanes(app.sdkAppId, kind, now, limit);
    if (due.length === limit) track.behind = true;
    for (const { lane: name, last, head } of due) {
      const lane = app.lanes.get(name);
      // What was added while the lane was being read is known only from here.
      if (lane) lane.last = Math.max(lane.last, last);
      else if (app.meanwhile.left.has(name)) track.behind = true;
      else if (track.lanes < most) advance(addLane(track, name, app.meanwhile.last.get(name) ?? last, head));
      else track.behind = true;
    }
  }

  /** What was put off goes now. */
  async function hasten(app: AppLanes): Promise<void> {
    try {
      await outbox.hasten(app.sdkAppId, clock.now());
      lookAt(app);
    } catch (error) {
      storeFailed(app, error);
    }
    pump(app);
  }

  function storeFailed(app: AppLanes, error: unknown): void {
    log.error({ err: error }, "the outbox could not be read; trying again");
    pause(app);
  }

  /** Takes nothing out of an app's outbox for a while, then looks at it afresh. */
  function pause(app: AppLanes): void {
    if (app.paused) return;
    app.paused = true;
    clock.after(PAUSE, () => {
      app.paused = false;
      lookAt(app);
    });
  }

  function lookAt(app: AppLanes): void {
    for (const kind of kinds) app.tracks[kind].behind = true;
    void claim(app);
  }

  function wake(app: AppLanes, at: number): void {
    if (at >= app.wakeAt || stopped) return;
    app.cancelWake();
    app.wakeAt = at;
    app.cancelWake = clock.after(at - clock.now(), () => {
      app.wakeAt = Infinity;
      app.tracks.retrying.behind = true;
      app.tracks.replay.behind = true;
      void claim(app);
    });
  }

  function checkIdle(): void {
    if (!onIdle || !settler.idle) return;
    for (const app of apps.values()) if (app.lanes.size > 0 || app.claiming) return;
    onIdle();
  }

  return {
    async start() {
      for (const sdkAppId of await outbox.appsWithPending()) {
        const app = lanesOf(sdkAppId);
        for (const kind of kinds) app.tracks[kind].behind = true;
        await claim(app);
      }
    },
    async revive(sdkAppId) {
      gate.revive(sdkAppId);
      await hasten(lanesOf(sdkAppId));
    },
    inMemory() {
      const lanes = { fresh: 0, retrying: 0, replay: 0 };
      for (const { tracks } of apps.values()) for (const kind of kinds) lanes[kind] += tracks[kind].lanes;
      return { lanes, unwritten: settler.unwritten };
    },
    async stop() {
      stopped = true;
      for (const app of apps.values()) {
        app.cancelWake();
        app.cancelLook?.();
        for (const kind of kinds) {
          const { ready, going } = app.tracks[kind];
          for (const lane of [...going.splice(0), ...ready.clear()]) {
            lane.busy = false;
            advance(lane);
          }
        }
      }
      settler.hurry();
      await new Promise<void>((resolve) => {
        onIdle = resolve;
        checkIdle();
      });
    },
  };
}

function createAppLanes(sdkAppId: number): AppLanes {
  const track = (kind: LaneKind): Track => ({
    get app() {
      return app;
    },
    kind,
    lanes: 0,
    ready: createLaneQueue(),
    going: [],
    sending: 0,
    behind: false,
  });
  const app: AppLanes = {
    sdkAppId,
    lanes: new Map(),
    tracks: { fresh: track("fresh"), retrying: track("retrying"), replay: track("replay") },
    sending: 0,
    cancelLook: undefined,
    claiming: false,
    meanwhile: { left: new Set(), last: new Map() },
    paused: false,
    wakeAt: Infinity,
    cancelWake: () => undefined,
  };
  return app;
}
