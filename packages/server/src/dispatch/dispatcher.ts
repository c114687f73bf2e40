import type { Clock, Logger } from "@muster/foundation";

import type { Attempt, CommittedCallback, Outbox, PendingCallback, Settlement } from "../ports.ts";
import type { RetryPolicy } from "./retry-policy.ts";

/**
 * Delivers what the outbox holds: in order within a lane, in parallel across lanes.
 *
 * The outbox is the truth; what is in memory is the lanes that are being delivered right now, and of each no
 * more than a few callbacks and results, however long the backlog is. A lane is, in memory,
 *
 *   SENDING   its head is on its way. Delivered: the next one goes. Failed, or its turn is over: STOPPING.
 *   WAITING   nothing is on its way, but results are not on disk yet.
 *   STOPPING  nothing more is sent; it is forgotten once its results are on disk.
 *
 * and otherwise, in the outbox only, idle or due at some time. A lane that ran empty is WAITING as well, so that
 * a callback that comes in between finds it and cannot overtake. There is one lane object per lane and only that
 * sends, one at a time: the order follows from this alone.
 *
 * Results are written in batches. A crash between sending and writing means one more attempt with the same id,
 * which is the failure to choose: the other one would be a callback that was never sent.
 */
export interface Dispatcher {
  /** Begins with what an earlier run left. */
  start(): Promise<void>;
  /** Sends nothing more; resolves when what is on its way has been answered and written. */
  stop(): Promise<void>;
}

export interface DispatcherPorts {
  readonly outbox: Outbox;
  /** Makes one attempt; never throws. `undefined` where the app has no URL any more. */
  readonly send: (callback: PendingCallback, number: number) => Promise<Attempt | undefined>;
  readonly retry: RetryPolicy;
  readonly clock: Clock;
  readonly log: Logger;
  readonly limits?: DispatcherLimits;
}

/** How much is done at a time. */
export interface DispatcherLimits {
  /** Most lanes of one app in memory, which bounds the attempts under way. */
  readonly lanes: number;
  /** Most callbacks of a lane in memory, and most of its results that are not on disk. */
  readonly window: number;
  /** After so many callbacks a lane lets others go first, if any wait. */
  readonly turn: number;
}

const usualLimits: DispatcherLimits = { lanes: 64, window: 32, turn: 64 };
/** How soon to try again, in ms, after the store failed or there was nowhere to send to. */
const PAUSE = 1_000;

interface Lane {
  readonly name: string;
  readonly app: AppLanes;
  queue: PendingCallback[];
  /** The number of the last callback that was taken from the queue, and of the last one known to exist. */
  taken: number;
  last: number;
  sentThisTurn: number;
  /** Something is on its way: an attempt, or a look into the outbox. */
  busy: boolean;
  stopping: boolean;
  /** When the head, which could not be delivered, is tried again. */
  retryAt: number | undefined;
  /** Results that are not on disk yet. */
  unsettled: number;
}

interface AppLanes {
  readonly sdkAppId: number;
  readonly lanes: Map<string, Lane>;
  /** Whether the outbox may hold lanes that are due and not in memory. */
  behind: boolean;
  claiming: boolean;
  /** The outbox is left alone for a while. */
  paused: boolean;
  /** When to look at the outbox again, and how to call that off. */
  wakeAt: number;
  cancelWake: () => void;
}

export function createDispatcher(ports: DispatcherPorts): Dispatcher {
  const { outbox, send, retry, clock, log, limits = usualLimits } = ports;
  const apps = new Map<number, AppLanes>();
  let settlements: Settlement[] = [];
  let settling = false;
  let stopped = false;
  let onIdle: (() => void) | undefined;

  outbox.onCommitted((added) => {
    for (const callback of added) offer(callback);
  });

  function lanesOf(sdkAppId: number): AppLanes {
    let app = apps.get(sdkAppId);
    if (!app) {
      app = {
        sdkAppId,
        lanes: new Map(),
        behind: false,
        claiming: false,
        paused: false,
        wakeAt: Infinity,
        cancelWake: () => undefined,
      };
      apps.set(sdkAppId, app);
    }
    return app;
  }

  function offer({ callback, isHead }: CommittedCallback): void {
    if (stopped) return;
    const app = lanesOf(callback.sdkAppId);
    const lane = app.lanes.get(callback.lane);
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
    } else if (isHead && !app.claiming && app.lanes.size < limits.lanes) {
      advance(addLane(app, callback.lane, callback.sequence - 1, callback.sequence, [callback]));
    } else {
      app.behind = true;
      void claim(app);
    }
  }

  function addLane(app: AppLanes, name: string, taken: number, last: number, queue: PendingCallback[]): Lane {
    const lane: Lane = {
      name,
      app,
      queue,
      taken,
      last,
      sentThisTurn: 0,
      busy: false,
      stopping: false,
      retryAt: undefined,
      unsettled: 0,
    };
    app.lanes.set(name, lane);
    return lane;
  }

  /** Does the next thing that a lane has to do, if it is not doing something already. */
  function advance(lane: Lane): void {
    if (lane.busy) return;
    if (stopped || (lane.sentThisTurn >= limits.turn && lane.app.behind)) lane.stopping = true;
    if (lane.stopping || (lane.queue.length === 0 && lane.taken >= lane.last)) {
      if (lane.unsettled === 0) forget(lane);
    } else if (lane.unsettled < limits.window) {
      void work(lane, lane.queue.length > 0 ? deliverNext : refill);
    }
  }

  async function work(lane: Lane, task: (lane: Lane) => Promise<void>): Promise<void> {
    lane.busy = true;
    await task(lane);
    lane.busy = false;
    advance(lane);
  }

  function forget(lane: Lane): void {
    const { app } = lane;
    app.lanes.delete(lane.name);
    if (lane.retryAt !== undefined) wake(app, lane.retryAt);
    else if (lane.taken < lane.last) app.behind = true;
    if (app.behind) void claim(app);
    checkIdle();
  }

  async function refill(lane: Lane): Promise<void> {
    const { last } = lane;
    try {
      lane.queue = await outbox.pending(lane.app.sdkAppId, lane.name, lane.taken, limits.window);
    } catch (error) {
      storeFailed(lane.app, error);
      lane.stopping = true;
      return;
    }
    // What was there and is not pending any more was cancelled.
    if (lane.queue.length === 0) lane.taken = last;
  }

  async function deliverNext(lane: Lane): Promise<void> {
    const callback = lane.queue.shift();
    if (!callback) return;
    lane.taken = callback.sequence;
    lane.sentThisTurn += 1;
    const attempt = await send(callback, callback.attempts + 1);
    if (!attempt) {
      // Nowhere to send it: whoever took the URL away cancels what is pending, or gives another one.
      lane.taken = callback.sequence - 1;
      lane.stopping = true;
      pause(lane.app);
      return;
    }
    const settlement = judge(callback, attempt);
    if (typeof settlement.state === "object") {
      lane.stopping = true;
      lane.retryAt = settlement.state.retryAt;
    }
    lane.unsettled += 1;
    settlements.push(settlement);
    void settle();
  }

  function judge(callback: PendingCallback, attempt: Attempt): Settlement {
    if (attempt.outcome === "delivered") return { callback, attempt, state: "delivered" };
    const retryAt = retry.nextAttempt(attempt.number, callback.acceptedAt, clock.now());
    const { id, command, sdkAppId } = callback;
    const facts = { id, command, sdkAppId, attempt: attempt.number, outcome: attempt.outcome, status: attempt.status };
    if (retryAt === undefined) {
      log.error(facts, "a callback is given up: it is kept as a dead letter");
      return { callback, attempt, state: "dead" };
    }
    log.warn({ ...facts, retryInMs: retryAt - clock.now() }, "a callback could not be delivered");
    return { callback, attempt, state: { pending: true, retryAt } };
  }

  /** Writes results: all that have gathered while the last ones were being written. */
  async function settle(): Promise<void> {
    if (settling) return;
    settling = true;
    while (settlements.length > 0) {
      const batch = settlements;
      settlements = [];
      try {
        await outbox.settle(batch, clock.now());
      } catch (error) {
        // Unwritten results stay: forgetting them would deliver again what was delivered.
        settlements = [...batch, ...settlements];
        log.error({ err: error }, "results of deliveries could not be written; trying again");
        await new Promise<void>((resolve) => clock.after(PAUSE, resolve));
        continue;
      }
      for (const { callback } of batch) {
        const lane = apps.get(callback.sdkAppId)?.lanes.get(callback.lane);
        if (!lane) continue;
        lane.unsettled -= 1;
        advance(lane);
      }
    }
    settling = false;
    checkIdle();
  }

  /** Takes lanes that are due into memory, as many as there is room for. */
  async function claim(app: AppLanes): Promise<void> {
    if (app.claiming) return;
    app.claiming = true;
    try {
      while (app.behind && !app.paused && !stopped && app.lanes.size < limits.lanes) {
        app.behind = false;
        const now = clock.now();
        // Those in memory may be among the due ones, and cannot be more than there may be in all.
        const due = await outbox.dueLanes(app.sdkAppId, now, limits.lanes);
        if (due.length === limits.lanes) app.behind = true;
        for (const { lane: name, settled, last } of due) {
          const lane = app.lanes.get(name);
          // What was added while the lane was being read is known only from here.
          if (lane) lane.last = Math.max(lane.last, last);
          else if (app.lanes.size < limits.lanes) advance(addLane(app, name, settled, last, []));
          else app.behind = true;
        }
        // Otherwise there is another look, which asks for it.
        const next = app.behind ? undefined : await outbox.nextDue(app.sdkAppId, now);
        if (next !== undefined) wake(app, next);
      }
    } catch (error) {
      storeFailed(app, error);
    } finally {
      app.claiming = false;
      checkIdle();
    }
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
      app.behind = true;
      void claim(app);
    });
  }

  function wake(app: AppLanes, at: number): void {
    if (at >= app.wakeAt || stopped) return;
    app.cancelWake();
    app.wakeAt = at;
    app.cancelWake = clock.after(at - clock.now(), () => {
      app.wakeAt = Infinity;
      app.behind = true;
      void claim(app);
    });
  }

  function checkIdle(): void {
    if (!onIdle || settling || settlements.length > 0) return;
    for (const app of apps.values()) if (app.lanes.size > 0 || app.claiming) return;
    onIdle();
  }

  return {
    async start() {
      for (const sdkAppId of await outbox.appsWithPending()) {
        const app = lanesOf(sdkAppId);
        app.behind = true;
        await claim(app);
      }
    },
    async stop() {
      stopped = true;
      for (const app of apps.values()) app.cancelWake();
      await new Promise<void>((resolve) => {
        onIdle = resolve;
        checkIdle();
      });
    },
  };
}
