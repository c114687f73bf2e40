import type { EventFilter, EventReader, RecordedCallback } from "../journal/event-reader.ts";
import type { HeldLanes } from "./held-lanes.ts";
import { laneOf } from "./lane.ts";
import type { HeldLane } from "./sink-store.ts";
import type { SinkFilter } from "./sink-filter.ts";
import type { SinkWindow } from "./sink-window.ts";

/** Events of a lane that are read in one go where the next is none of the sink's. */
const PART = 200;

/** One call of `deliver`. */
export interface Job {
  readonly events: readonly RecordedCallback[];
  /** Where they are from: the window, a held lane, or the dead letters. */
  readonly from: "window" | "held" | "dead";
}

/** What is chosen from. */
export interface JobParts {
  readonly window: SinkWindow;
  readonly held: HeldLanes;
  readonly filter: SinkFilter;
  readonly journal: EventReader;
  readonly batchSize: number;
  /** Whether nothing of a lane is being delivered. */
  readonly isFree: (lane: string) => boolean;
  /** Hears of a dead letter that the journal has no more. */
  readonly onGone: (position: number) => void;
}

/** Chooses what is delivered next. */
export interface Jobs {
  /** In turns: of what comes, and of what was held and is due or somebody asked for. */
  next(): Promise<Job | undefined>;
  /** One event alone, of the lane whose turn is longest ago: a bad event must not make the sink look as if it failed. */
  probe(): Promise<Job | undefined>;
  /** Asks for dead letters. */
  ask(positions: readonly number[]): void;
  /** The event that a lane is held for; `undefined` where it is not. */
  heldEvent(lane: string): Promise<RecordedCallback | undefined>;
  /** Events up to this position go alone from now on: a batch was not taken, and it shall be seen which it was. */
  goAlone(until: number): void;
}

export function createJobs({ window, held, filter, journal, batchSize, isFree, onGone }: JobParts): Jobs {
  /** When each lane was probed last; lanes that are not here are first. */
  const turns = new Map<string, number>();
  let turn = 0;
  let windowIsNext = false;
  let asked: number[] = [];
  let aloneUntil = 0;

  /** The next event of a lane that is for the sink, as far as the window has been read. */
  async function nextOf({ sdkAppId, groupId, after }: HeldLane): Promise<RecordedCallback | undefined> {
    const ofLane: EventFilter = { sdkAppId, groupId };
    const until = window.readPosition();
    for (let from = after, limit = 1; from < until; limit = PART) {
      const { events, more } = await journal.readEvents(ofLane, from, limit);
      for (const event of events) {
        from = event.position;
        if (from <= until && event.groupId === groupId && filter(event)) return event;
      }
      if (!more) break;
    }
    return undefined;
  }

  /** The next of a held lane; where there is none, the window goes on with the lane. */
  async function heldNext(lane: HeldLane): Promise<Job | undefined> {
    for (let read = -1; read !== window.readPosition();) {
      read = window.readPosition();
      const event = await nextOf(lane);
      if (event) return { events: [event], from: "held" };
    }
    // Between this look and the last one nothing of it was passed over.
    held.release(lane.lane);
    return undefined;
  }

  async function heldJob(): Promise<Job | undefined> {
    for (let lane = held.due(isFree); lane; lane = held.due(isFree)) {
      const job = await heldNext(lane);
      if (job) return job;
    }
    return undefined;
  }

  async function deadJob(): Promise<Job | undefined> {
    for (let [position] = asked; position !== undefined; [position] = asked) {
      const event = await journal.readEvent(position);
      if (event && !isFree(laneOf(event))) return undefined;
      asked = asked.slice(1);
      if (event) return { events: [event], from: "dead" };
      onGone(position);
    }
    return undefined;
  }

  function windowJob(): Job | undefined {
    // With so many held there is no room for another failure.
    if (held.isFull()) return undefined;
    const events = window.waiting(batchSize, isFree);
    const [first] = events;
    if (!first) return undefined;
    return { events: first.position <= aloneUntil ? [first] : events, from: "window" };
  }

  function turnOf(lane: string): number {
    return turns.get(lane) ?? 0;
  }

  async function probe(): Promise<Job | undefined> {
    const candidates = [
      ...[...window.heads()].map((event) => ({ lane: laneOf(event), event })),
      ...[...held.all()].map((lane) => ({ lane: lane.lane, held: lane })),
    ];
    for (const candidate of candidates.toSorted((a, b) => turnOf(a.lane) - turnOf(b.lane))) {
      turns.set(candidate.lane, (turn += 1));
      const job =
        "event" in candidate ? { events: [candidate.event], from: "window" as const } : await heldNext(candidate.held);
      if (job) return job;
    }
    return undefined;
  }

  return {
    async next() {
      turns.clear();
      // Whichever has fallen behind must not keep the other waiting.
      windowIsNext = !windowIsNext;
      if (windowIsNext) return windowJob() ?? (await heldJob()) ?? (await deadJob());
      return (await heldJob()) ?? (await deadJob()) ?? windowJob();
    },
    probe,
    ask(positions) {
      asked = [...new Set([...asked, ...positions])].toSorted((a, b) => a - b);
    },
    async heldEvent(name) {
      const lane = held.get(name);
      return lane && (await nextOf(lane));
    },
    goAlone(until) {
      aloneUntil = Math.max(aloneUntil, until);
    },
  };
}
