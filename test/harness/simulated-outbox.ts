import type {
  CommittedCallback,
  DueLane,
  LaneKind,
  Ledger,
  NewCallback,
  Outbox,
  PendingCallback,
  Settlement,
} from "../../packages/server/src/ports/outbox.ts";
import type { Kept } from "./account.ts";

/** How the outbox behaves when it is called. */
export interface OutboxWeather {
  /** How long a call takes on its way there, and again on its way back, in ms; 0 is at once. */
  readonly latency: () => number;
  /** Whether it fails there, and again whether it fails on its way back, after it was done. */
  readonly fails: () => boolean;
  readonly sleep: (ms: number) => Promise<void>;
  readonly now: () => number;
}

/** An outbox in memory that can be slow and fail, and remembers what was done to it that must not be. */
export interface SimulatedOutbox extends Outbox {
  /** Adds callbacks in one commit: pairs of app and lane. */
  commit(...lanes: (readonly [sdkAppId: number, lane: string])[]): void;
  /** Puts a callback into the outbox once more, in a lane of its own. */
  replay(sdkAppId: number, lane: string, sequence: number): void;
  /** The caller is gone: calls that are still on their way never arrive. */
  cutOff(): void;
  /** The number of the last callback of a lane that is settled. */
  settledOf(sdkAppId: number, lane: string): number;
  /** Of all apps together. */
  readonly books: Omit<Ledger, "sdkAppId">;
  /** All callbacks there are, in the order of their commits, and what became of them. */
  kept(): Kept[];
  ledgers(): Ledger[];
  /** Calls so far, by name. */
  readonly calls: Readonly<Record<string, number>>;
  readonly violations: readonly string[];
}

interface Row {
  callback: PendingCallback;
  state: Kept["state"];
}

interface LaneRow {
  readonly sdkAppId: number;
  readonly lane: string;
  readonly isReplay: boolean;
  readonly rows: Row[];
  settled: number;
  due: number | undefined;
  /** Of the head. */
  attempts: number;
}

/** So many calls at one and the same time are a loop. */
const MAX_CALLS_AT_ONCE = 20_000;

export function createSimulatedOutbox({ latency, fails, sleep, now }: OutboxWeather): SimulatedOutbox {
  const lanes = new Map<string, LaneRow>();
  const listeners: ((added: readonly CommittedCallback[]) => void)[] = [];
  /** By position, from 1. */
  const rows: Row[] = [];
  const books = new Map<number, { -readonly [K in keyof Ledger]: Ledger[K] }>();
  const calls: Record<string, number> = {};
  const violations: string[] = [];
  let callsAtOnce = 0;
  let calledAt = 0;
  let caller = 0;

  /** Something takes effect once the call has arrived, and is known once it has come back. */
  async function call<T>(name: string, effect: () => T): Promise<T> {
    calls[name] = (calls[name] ?? 0) + 1;
    callsAtOnce = now() === calledAt ? callsAtOnce + 1 : 1;
    calledAt = now();
    if (callsAtOnce > MAX_CALLS_AT_ONCE) {
      violations.push(`${name}: called in a loop`);
      return await new Promise<T>(() => undefined);
    }
    const by = caller;
    await travel();
    if (by !== caller) return await new Promise<T>(() => undefined);
    if (fails()) throw new Error(`${name}: not done`);
    const result = effect();
    await travel();
    if (fails()) throw new Error(`${name}: done, but nobody knows`);
    return result;
  }

  async function travel(): Promise<void> {
    const ms = latency();
    if (ms > 0) await sleep(ms);
  }

  function laneOf(sdkAppId: number, lane: string, isReplay = false): LaneRow {
    const key = `${sdkAppId} ${lane}`;
    const known = lanes.get(key) ?? { sdkAppId, lane, isReplay, rows: [], settled: 0, due: undefined, attempts: 0 };
    lanes.set(key, known);
    return known;
  }

  function booksOf(sdkAppId: number): { -readonly [K in keyof Ledger]: Ledger[K] } {
    const known = books.get(sdkAppId) ?? { sdkAppId, accepted: 0, delivered: 0, pending: 0, dead: 0, cancelled: 0 };
    books.set(sdkAppId, known);
    return known;
  }

  const kindOf = ({ attempts, isReplay }: LaneRow): LaneKind => {
    if (isReplay) return "replay";
    return attempts > 0 ? "retrying" : "fresh";
  };
  const lanesOf = (sdkAppId: number): LaneRow[] => [...lanes.values()].filter((lane) => lane.sdkAppId === sdkAppId);

  function settleOne({ callback, attempt, state }: Settlement, at: number): void {
    const { sdkAppId, lane: name, sequence } = callback;
    const lane = laneOf(sdkAppId, name);
    const row = lane.rows[sequence - 1];
    if (row?.state !== "pending") return;
    const what = `${name} ${sequence}`;
    if (sequence !== lane.settled + 1) violations.push(`${what}: settled when ${lane.settled} was the last settled`);
    // The same again where it was done and nobody knew.
    const { attempts } = row.callback;
    if (attempt.number !== attempts + 1 && attempt.number !== attempts) {
      violations.push(`${what}: attempt ${attempt.number} after ${attempts}`);
    }
    row.callback = {
      ...row.callback,
      attempts: attempt.number,
      firstAttemptAt: row.callback.firstAttemptAt ?? attempt.startedAt,
    };
    if (typeof state === "object") {
      lane.due = state.retryAt;
      lane.attempts = attempt.number;
      return;
    }
    row.state = state;
    lane.settled = sequence;
    lane.due = lane.rows.length > sequence ? at : undefined;
    lane.attempts = 0;
    const ofApp = booksOf(sdkAppId);
    if (!lane.isReplay) {
      ofApp.pending -= 1;
      ofApp[state] += 1;
      return;
    }
    // A replay is not in the books; what it makes good is.
    const original = rows[(callback.replayOf?.position ?? 0) - 1];
    if (state === "delivered" && original?.state === "dead") {
      original.state = "delivered";
      ofApp.dead -= 1;
      ofApp.delivered += 1;
    }
  }

  function add(lane: LaneRow, fresh: NewCallback): CommittedCallback {
    const { sdkAppId } = lane;
    const sequence = lane.rows.length + 1;
    const callback: PendingCallback = { ...fresh, sdkAppId, position: rows.length + 1, sequence, attempts: 0 };
    const row: Row = { callback, state: "pending" };
    lane.rows.push(row);
    rows.push(row);
    lane.due ??= now();
    return { callback, isHead: lane.settled === sequence - 1 };
  }

  return {
    commit(...added) {
      const committed = added.map(([sdkAppId, name]): CommittedCallback => {
        const lane = laneOf(sdkAppId, name);
        const ofApp = booksOf(sdkAppId);
        ofApp.accepted += 1;
        ofApp.pending += 1;
        return add(lane, {
          id: `${sdkAppId}-${name}-${lane.rows.length + 1}`,
          lane: name,
          command: "Group.CallbackAfterCreateGroup",
          body: "{}",
          clientIp: "",
          platform: "RESTAPI",
          acceptedAt: now(),
        });
      });
      for (const listener of listeners) listener(committed);
    },
    replay(sdkAppId, name, sequence) {
      const original = laneOf(sdkAppId, name).rows[sequence - 1]?.callback;
      if (!original) throw new RangeError(`${name} has no ${sequence}`);
      const { id, command, body, clientIp, platform, position } = original;
      const lane = `${name} again`;
      const again = {
        id,
        lane,
        command,
        body,
        clientIp,
        platform,
        acceptedAt: now(),
        replayOf: { position, sequence },
      };
      const committed = add(laneOf(sdkAppId, lane, true), again);
      for (const listener of listeners) listener([committed]);
    },
    cutOff: () => void (caller += 1),
    settledOf: (sdkAppId, lane) => laneOf(sdkAppId, lane).settled,
    get books() {
      const sum = { accepted: 0, delivered: 0, pending: 0, dead: 0, cancelled: 0 };
      for (const { accepted, delivered, pending, dead, cancelled } of books.values()) {
        sum.accepted += accepted;
        sum.delivered += delivered;
        sum.pending += pending;
        sum.dead += dead;
        sum.cancelled += cancelled;
      }
      return sum;
    },
    kept: () =>
      rows.map(({ callback: { sdkAppId, lane, sequence, id, replayOf }, state }) => {
        return { sdkAppId, lane, sequence, id, what: id, state, isReplay: replayOf !== undefined };
      }),
    ledgers: () => [...books.values()].map((ledger) => ({ ...ledger })),
    calls,
    violations,

    onCommitted: (listener) => void listeners.push(listener),
    readTogether: 8,
    dueLanes: (sdkAppId, kind, at, limit) =>
      call("dueLanes", () =>
        lanesOf(sdkAppId)
          .filter((lane) => kindOf(lane) === kind)
          .filter(({ due }) => due !== undefined && (kind === "fresh" || due <= at))
          .toSorted((a, b) => (a.due ?? 0) - (b.due ?? 0))
          .slice(0, limit)
          .flatMap(({ lane, settled, rows: own }): DueLane[] => {
            const head = own[settled]?.callback;
            return head ? [{ lane, last: own.length, head }] : [];
          }),
      ),
    nextDue: (sdkAppId, at) =>
      call("nextDue", () => {
        const due = lanesOf(sdkAppId).flatMap((lane) =>
          kindOf(lane) !== "fresh" && lane.due !== undefined && lane.due > at ? [lane.due] : [],
        );
        return due.length > 0 ? Math.min(...due) : undefined;
      }),
    pending: (sdkAppId, lane, after, limit) =>
      call("pending", () =>
        laneOf(sdkAppId, lane)
          .rows.filter(({ state, callback }) => state === "pending" && callback.sequence > after)
          .slice(0, limit)
          .map(({ callback }) => callback),
      ),
    settle: (settlements, at) =>
      call("settle", () => {
        for (const settlement of settlements) settleOne(settlement, at);
      }),
    appsWithPending: () =>
      call("appsWithPending", () => [
        ...new Set([...lanes.values()].filter(({ due }) => due !== undefined).map(({ sdkAppId }) => sdkAppId)),
      ]),
    hasten: (sdkAppId, at) =>
      call("hasten", () => {
        for (const lane of lanesOf(sdkAppId)) if (lane.due !== undefined && lane.due > at) lane.due = at;
      }),
    cancelPending: (sdkAppId) =>
      call("cancelPending", () => {
        let cancelled = 0;
        for (const lane of lanesOf(sdkAppId)) {
          for (const row of lane.rows) {
            if (row.state !== "pending") continue;
            row.state = "cancelled";
            if (!lane.isReplay) cancelled += 1;
          }
          lane.settled = lane.rows.length;
          lane.due = undefined;
          lane.attempts = 0;
        }
        const ofApp = booksOf(sdkAppId);
        ofApp.pending -= cancelled;
        ofApp.cancelled += cancelled;
        return cancelled;
      }),
    ledger: () => call("ledger", () => [...books.values()].map((ledger) => ({ ...ledger }))),
  };
}
