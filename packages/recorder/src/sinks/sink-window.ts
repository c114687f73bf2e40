import type { RecordedCallback } from "../journal/event-reader.ts";
import { laneOf } from "./lane.ts";

/** Most events of a window, and most bytes of their bodies before no more are read. */
const MOST_EVENTS = 1_000;
const MOST_BYTES = 4 * 1_048_576;

/** The part of the journal that is in memory for a sink: read and not yet settled. Bounded, however far a sink is behind. */
export interface SinkWindow {
  /** Everything up to here has been settled. */
  position(): number;
  /** Up to here the journal has been read. */
  readPosition(): number;
  hasRoom(): boolean;
  /** The next event was read; `wanted` says whether it is to be delivered. */
  read(event: RecordedCallback, wanted: boolean): void;
  /** The first events that wait, in the order of the journal, none behind one of its group that `mayGo` keeps back. */
  waiting(limit: number, mayGo: (lane: string) => boolean): RecordedCallback[];
  /** The first event that waits of each group. */
  heads(): Iterable<RecordedCallback>;
  settle(events: readonly RecordedCallback[]): void;
  /** Settles whatever there is of a lane. */
  settleLane(lane: string): void;
}

/** @param start where the journal is read from */
export function createSinkWindow(start: number): SinkWindow {
  /** By position, in the order of the journal: what is settled is taken out. */
  const entries = new Map<number, { readonly event: RecordedCallback; readonly lane: string }>();
  let bytes = 0;
  let read = start;

  function settle({ position, body }: RecordedCallback): void {
    if (entries.delete(position)) bytes -= body.byteLength;
  }

  function* heads(): Generator<RecordedCallback> {
    const seen = new Set<string>();
    for (const { event, lane } of entries.values()) {
      if (seen.has(lane)) continue;
      seen.add(lane);
      yield event;
    }
  }

  return {
    position() {
      const [first] = entries.keys();
      return first === undefined ? read : first - 1;
    },
    readPosition: () => read,
    hasRoom: () => entries.size < MOST_EVENTS && bytes < MOST_BYTES,
    read(event, wanted) {
      read = event.position;
      if (!wanted) return;
      entries.set(event.position, { event, lane: laneOf(event) });
      bytes += event.body.byteLength;
    },
    waiting(limit, mayGo) {
      const found: RecordedCallback[] = [];
      for (const { event, lane } of entries.values()) {
        if (found.length >= limit) break;
        if (mayGo(lane)) found.push(event);
      }
      return found;
    },
    heads,
    settle(settled) {
      for (const event of settled) settle(event);
    },
    settleLane(lane) {
      for (const entry of entries.values()) if (entry.lane === lane) settle(entry.event);
    },
  };
}
