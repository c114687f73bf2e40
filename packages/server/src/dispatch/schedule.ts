import type { Clock } from "@muster/foundation";

import type { LaneKind } from "../ports/outbox.ts";
import type { EndpointGate } from "./endpoint-gate.ts";
import { laneKinds, shareOf, type AppLanes, type Lane, type Track } from "./lanes.ts";

/**
 * Decides which of the lanes that are READY is sent next. Three bounds hold: what the endpoint's gate lets through,
 * the app's part of all attempts, and each kind of lane's share of the app's.
 */
export interface Schedule {
  /**
   * A lane has something to send. Begins as many attempts as there may be.
   * @param isGoing it is in the midst of its go, and comes before others: so its results can be written as one
   */
  ready(lane: Lane, isGoing: boolean): void;
  /** An attempt of the lane's begins, or has ended. */
  began(lane: Lane): void;
  ended(lane: Lane): void;
  /** Begins what may begin now: something has changed for the app, or for all. */
  pump(app: AppLanes): void;
  /** Takes lanes that are LEAVING out of those that wait, and returns them. */
  withdraw(): Lane[];
  /** Nothing begins any more. Returns the lanes that were waiting for it. */
  stop(): Lane[];
}

export interface SchedulePorts {
  readonly gate: EndpointGate;
  readonly clock: Clock;
  /** All apps that have, or had, lanes in memory. */
  readonly apps: () => Iterable<AppLanes>;
  /** Most attempts under way, of all apps; of one app, at most half of them. */
  readonly sending: number;
  /** Begins an attempt. */
  readonly begin: (lane: Lane) => void;
}

export function createSchedule(ports: SchedulePorts): Schedule {
  const { gate, clock, apps, sending: most, begin } = ports;
  /** Attempts under way, and the apps that wait for one of them to end. */
  let sending = 0;
  const waiting = new Set<AppLanes>();
  /** Timers for what time alone will let through. */
  const looks = new Map<AppLanes, { readonly at: number; readonly callOff: () => void }>();
  /** How often an app's endpoint was tried while it failed: by this the kinds of lanes take turns. */
  const probes = new Map<AppLanes, number>();
  let stopped = false;

  /** Returns whether any attempt began. */
  function pump(app: AppLanes): boolean {
    let lane = nextOf(app);
    const any = lane !== undefined;
    for (; lane; lane = nextOf(app)) begin(lane);
    return any;
  }

  function nextOf(app: AppLanes): Lane | undefined {
    if (stopped || !laneKinds.some((kind) => waits(app.tracks[kind]))) return undefined;
    const concurrency = gate.concurrencyOf(app.sdkAppId);
    const allowed = Math.min(concurrency, partOf());
    if (app.sending >= allowed) {
      if (app.sending < concurrency) waiting.add(app);
      return undefined;
    }
    const isProbing = gate.stateOf(app.sdkAppId) !== undefined;
    const order = isProbing ? probingOrder(app) : laneKinds;
    const kind = order.find((each) => waits(app.tracks[each]) && app.tracks[each].sending < shareOf(allowed, each));
    if (!kind) return undefined;
    if (!gate.admits(app.sdkAppId, app.sending)) {
      lookAgain(app, gate.nextLook(app.sdkAppId));
      return undefined;
    }
    if (isProbing) probes.set(app, (probes.get(app) ?? 0) + 1);
    const { going, ready } = app.tracks[kind];
    return going.pop() ?? ready.next();
  }

  /**
   * While an endpoint is tried with one attempt at a time, another kind of lane has its go each time: what has failed
   * before may fail for its own sake, and says nothing about the others.
   */
  function probingOrder(app: AppLanes): readonly LaneKind[] {
    const first = (probes.get(app) ?? 0) % laneKinds.length;
    return [...laneKinds.slice(first), ...laneKinds.slice(0, first)];
  }

  const waits = ({ going, ready }: Track): boolean => going.length > 0 || ready.size > 0;

  /** Of all attempts, those that an app may have: never more than half, and where many want some, its part. */
  function partOf(): number {
    const half = most / 2;
    if (sending < half) return half;
    if (sending >= most) return 0;
    let busy = 0;
    for (const { lanes } of apps()) if (lanes.size > 0) busy += 1;
    return Math.min(half, Math.max(1, most / busy));
  }

  /** Once time has changed what the gate says. */
  function lookAgain(app: AppLanes, at: number | undefined): void {
    const known = looks.get(app);
    if (at === undefined || (known && known.at <= at)) return;
    known?.callOff();
    const callOff = clock.after(Math.max(at - clock.now(), 1), () => {
      looks.delete(app);
      pump(app);
    });
    looks.set(app, { at, callOff });
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

  function count({ track }: Lane, change: 1 | -1): void {
    sending += change;
    track.app.sending += change;
    track.sending += change;
  }

  return {
    ready(lane, isGoing) {
      if (isGoing) lane.track.going.push(lane);
      else lane.track.ready.add(lane);
      pump(lane.track.app);
    },
    began: (lane) => count(lane, 1),
    ended: (lane) => count(lane, -1),
    pump(app) {
      pump(app);
      pumpWaiting();
    },
    withdraw() {
      const withdrawn: Lane[] = [];
      for (const { tracks } of apps()) {
        for (const kind of laneKinds) {
          const { going, ready } = tracks[kind];
          const inLine = [going.splice(0), ready.clear()] as const;
          for (const lane of inLine[0]) (lane.leaving ? withdrawn : going).push(lane);
          for (const lane of inLine[1]) {
            if (lane.leaving) withdrawn.push(lane);
            else ready.add(lane);
          }
        }
      }
      return withdrawn;
    },
    stop() {
      stopped = true;
      for (const { callOff } of looks.values()) callOff();
      const tracks = [...apps()].flatMap(({ tracks: ofApp }) => laneKinds.map((kind) => ofApp[kind]));
      return tracks.flatMap(({ going, ready }) => [...going.splice(0), ...ready.clear()]);
    },
  };
}
