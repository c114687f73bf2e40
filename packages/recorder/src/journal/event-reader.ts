import type { ReceivedCallback } from "@muster/receiver";

/** Bodies of a page may reach this many bytes together; a page has one event at least. */
export const PAGE_BYTES = 4 * 1_048_576;

/** A callback as the journal has it. */
export interface RecordedCallback extends ReceivedCallback {
  /** Its place in the journal: 1, 2, 3 … in the order of arrival. */
  readonly position: number;
  /** How often it came. */
  readonly arrivals: number;
  /** When it came last, in ms since 1970. */
  readonly lastArrivedAt: number;
  /** How often of these it was a replay. */
  readonly replays: number;
}

/** Which events are asked for; what is absent is not asked about. */
export interface EventFilter {
  readonly sdkAppId?: number | undefined;
  readonly groupId?: string | undefined;
  readonly command?: string | undefined;
}

/** Some events in a row. */
export interface EventPage {
  readonly events: readonly RecordedCallback[];
  /** Whether there are more behind them. */
  readonly more: boolean;
}

/**
 * Reads events by their place in the journal. Whoever has read up to a position has seen all that will ever be
 * before it: an adapter shows an event only when all that have lower positions are committed.
 */
export interface EventReader {
  /** At most `limit` events behind a position (0: from the start) in the order of arrival. */
  readEvents(filter: EventFilter, after: number, limit: number): Promise<EventPage>;
  readEvent(position: number): Promise<RecordedCallback | undefined>;
  /** The position of the newest event, 0 where there is none. */
  lastPosition(): Promise<number>;
}
