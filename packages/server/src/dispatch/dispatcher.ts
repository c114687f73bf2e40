import type { Clock, Logger } from "@muster/foundation";

import type { Attempt, CommittedCallback, InMemory, Outbox, PendingCallback, Settlement } from "../ports/outbox.ts";
import type { Ownership } from "../ports/ownership.ts";
import { createClaims } from "./claims.ts";
import type { EndpointGate } from "./endpoint-gate.ts";
import {
  addLane,
  createAppLanes,
  laneKinds,
  removeLane,
  setThrough,
  shareOf,
  type AppLanes,
  type Lane,
  type Track,
} from "./lanes.ts";
import type { RetryPolicy } from "./retry-policy.ts";
import { createHandOvers } from "./hand-overs.ts";
import { createRefills } from "./refills.ts";
import { createSchedule } from "./schedule.ts";
import { createSettler } from "./settler.ts";

/**
 * Delivers what the outbox holds: in order within a lane, in parallel across lanes.
 *
 * The outbox is the truth; what is in memory is lanes that are being delivered, so many at most, and of each no more
 * than a few callbacks and results, however long the backlog is. A lane in memory is
 *
 *   READY     its head waits for its turn among the lanes of its kind, or to be read, or is being read.
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
  /** Looks for what an app has pending: another node has found that its endpoint is not as it was. */
  lookAgain(sdkAppId: number): void;
  /** What is in memory at this moment. */
  inMemory(): InMemory;
  /** Sends nothing more; resolves when what is on its way has been answered and written. */
  stop(): Promise<void>;
}

export interface DispatcherPorts {
  readonly outbox: Outbox;
  /** Which lanes are delivered here: all where it is absent. */
  readonly ownership?: Ownership;
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
/** Who delivers alone. */
const soleOwner: Ownership = {
  delivers: () => true,
  part: () => 1,
  onWoken: () => undefined,
  onLeaving: () => undefined,
};
/** A body of more characters waits in the outbox alone while others of its lane are before it. */
const LONG = 4_096;
/** How soon to try again, in ms, after the store failed or there was nowhere to send to. */
const PAUSE = 1_000;

export function createDispatcher(ports: DispatcherPorts): Dispatcher {
  const { outbox, ownership = soleOwner, send, retry, gate, clock, log, limits = usualLimits } = ports;
  const apps = new Map<number, AppLanes>();
  /** Of these something may still be put off that is to go. */
  const unhastened = new Set<AppLanes>();
  let stopped = false;
  let onIdle: (() => void) | undefined;
  const settler = createSettler({
    outbox,
    clock,
    log,
    part: ownership.part,
    pause: PAUSE,
    onSettled,
    onIdle: checkIdle,
  });
  const handOvers = createHandOvers();
  const claims = createClaims({
    outbox,
    ownership,
    clock,
    log,
    lanes: limits.lanes,
    pause: PAUSE,
    onClaimed: (lane) => advance(lane),
    onIdle: checkIdle,
    onSetBack() {
      for (const app of apps.values()) void hasten(app);
    },
  });
  const schedule = createSchedule({
    gate,
    clock,
    apps: () => apps.values(),
    sending: limits.sending,
    begin(lane) {
      void deliver(lane);
      refills.look(lane.track);
    },
  });
  const refills = createRefills({
    apps: () => apps.values(),
    together: outbox.readTogether,
    read: (lane) => void refill(lane),
  });

  outbox.onCommitted((added) => {
    for (const callback of added) offer(callback);
  });
  ownership.onWoken((sdkAppId) => {
    if (!stopped) void claims.lookAt(lanesOf(sdkAppId));
  });
  ownership.onLeaving(handOver);

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
      // Taken over only while nothing is missing in between, and it is not long; otherwise it is read when its turn comes.
      if (
        lane.queue.length < limits.window &&
        (lane.queue.length === 0 || callback.body.length <= LONG) &&
        lane.last === callback.sequence - 1 &&
        lane.taken + lane.queue.length === lane.last
      ) {
        lane.queue.push(callback);
      }
      lane.last = Math.max(lane.last, callback.sequence);
      advance(lane);
    } else if (isHead && !track.behind && !claims.isBusy(app) && track.lanes < shareOf(limits.lanes, track.kind)) {
      advance(addLane(track, callback.lane, callback.sequence, callback));
    } else {
      claims.passed(app, callback.lane, callback.sequence);
      track.behind = true;
      claims.claim(app);
    }
  }

  /**
   * Does the next thing that a lane has to do, if it is not doing something already.
   * @param wasRead its go begins anew: it ended when nothing was left in memory
   */
  function advance(lane: Lane, wasRead = false): void {
    if (lane.busy) return;
    if (stopped || (lane.sentThisTurn >= limits.turn && lane.track.behind)) lane.leaving = true;
    setThrough(lane, lane.leaving || (lane.queue.length === 0 && lane.taken >= lane.last));
    if (lane.isThrough) {
      if (lane.unsettled === 0) forget(lane);
      else if (isCrowded(lane.track)) settler.hurry();
    } else if (lane.unsettled >= limits.window) {
      settler.hurry();
    } else {
      lane.busy = true;
      if (lane.queue.length === 0) refills.add(lane);
      else schedule.ready(lane, !wasRead && lane.sentThisTurn % limits.go > 0);
    }
  }

  /** Whether lanes wait in the outbox for places that others keep until their results are written. */
  function isCrowded({ behind, through, kind }: Track): boolean {
    return behind && through >= shareOf(limits.lanes, kind) / 2;
  }

  function forget(lane: Lane): void {
    removeLane(lane);
    handOvers.left(lane);
    claims.left(lane);
    checkIdle();
  }

  async function refill(lane: Lane): Promise<void> {
    const { last } = lane;
    const { app } = lane.track;
    // As many as it sends until it lets others go first: more would grow old in memory.
    const go = Math.min(limits.go - (lane.sentThisTurn % limits.go), limits.window);
    try {
      lane.queue = await outbox.pending(app.sdkAppId, lane.name, lane.taken, go);
      // What was there and is not pending any more was cancelled.
      if (lane.queue.length === 0) lane.taken = last;
    } catch (error) {
      claims.failed(app, error);
      lane.leaving = true;
    }
    lane.busy = false;
    advance(lane, true);
    if (!lane.busy) refills.passed(lane.track);
  }

  async function deliver(lane: Lane): Promise<void> {
    const { app } = lane.track;
    const callback = lane.queue.shift();
    if (callback && !ownership.delivers(app.sdkAppId, lane.name)) {
      lane.leaving = true;
    } else if (callback) {
      lane.taken = callback.sequence;
      lane.sentThisTurn += 1;
      schedule.began(lane);
      gate.began(app.sdkAppId);
      const { revived } = app;
      const attempt = await send(callback, callback.attempts + 1);
      schedule.ended(lane);
      if (attempt) {
        if (gate.ended(app.sdkAppId, lane.name, attempt)) void hasten(app);
        settleLater(lane, judge(callback, attempt, app.revived > revived));
      } else {
        // Nowhere to send it: whoever took the URL away cancels what is pending, or gives another one.
        lane.taken = callback.sequence - 1;
        lane.leaving = true;
        claims.pause(app);
      }
    }
    lane.busy = false;
    advance(lane);
    schedule.pump(app);
  }

  function settleLater(lane: Lane, settlement: Settlement): void {
    if (typeof settlement.state === "object") {
      lane.leaving = true;
      lane.retryAt = settlement.state.retryAt;
    }
    lane.unsettled += 1;
    settler.add(settlement);
    if (stopped || handOvers.areUnderWay) settler.hurry();
  }

  /** @param isOutdated the endpoint is said to be back since the attempt began */
  function judge(callback: PendingCallback, attempt: Attempt, isOutdated: boolean): Settlement {
    if (attempt.outcome === "delivered") return { callback, attempt, state: "delivered" };
    const next = retry.nextAttempt(callback, attempt, clock.now());
    const retryAt = next === undefined || !isOutdated ? next : clock.now();
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

  /** What was put off goes now, or as soon as the outbox can be written. */
  async function hasten(app: AppLanes): Promise<void> {
    try {
      await outbox.hasten(app.sdkAppId, clock.now());
      void claims.lookAt(app);
    } catch (error) {
      claims.failed(app, error);
      if (!unhastened.has(app)) clock.after(PAUSE, () => hastenAgain(app));
      unhastened.add(app);
    }
    schedule.pump(app);
  }

  function hastenAgain(app: AppLanes): void {
    unhastened.delete(app);
    if (!stopped) void hasten(app);
  }

  /** Lanes are another node's from now on: what is on its way ends here, and nothing more of them is sent. */
  function handOver(leaves: (sdkAppId: number, lane: string) => boolean): Promise<void> {
    const leaving = [...apps.values()].flatMap(({ sdkAppId, lanes }) =>
      [...lanes.values()].filter(({ name }) => leaves(sdkAppId, name)),
    );
    const over = handOvers.begin(leaving);
    for (const lane of leaving) lane.leaving = true;
    for (const lane of [...schedule.withdraw(), ...refills.withdraw((one) => one.leaving)]) lane.busy = false;
    for (const lane of leaving) advance(lane);
    for (const { tracks } of apps.values()) for (const kind of laneKinds) refills.look(tracks[kind]);
    settler.hurry();
    return over;
  }

  function checkIdle(): void {
    if (!onIdle || !settler.idle) return;
    for (const app of apps.values()) if (app.lanes.size > 0 || claims.isBusy(app)) return;
    onIdle();
  }

  return {
    async start() {
      for (const sdkAppId of await outbox.appsWithPending()) await claims.lookAt(lanesOf(sdkAppId));
    },
    async revive(sdkAppId) {
      gate.revive(sdkAppId);
      const app = lanesOf(sdkAppId);
      app.revived += 1;
      // What is just being put off goes at once too.
      await settler.flush();
      await hasten(app);
    },
    lookAgain(sdkAppId) {
      const app = lanesOf(sdkAppId);
      if (!stopped) void claims.lookAt(app);
      schedule.pump(app);
    },
    inMemory() {
      const lanes = { fresh: 0, retrying: 0, replay: 0 };
      for (const { tracks } of apps.values()) for (const kind of laneKinds) lanes[kind] += tracks[kind].lanes;
      return { lanes, unwritten: settler.unwritten };
    },
    async stop() {
      stopped = true;
      claims.stop();
      for (const lane of [...schedule.stop(), ...refills.withdraw(() => true)]) {
        lane.busy = false;
        advance(lane);
      }
      settler.hurry();
      await new Promise<void>((resolve) => {
        onIdle = resolve;
        checkIdle();
      });
    },
  };
}
