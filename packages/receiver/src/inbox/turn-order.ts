import type { ReceivedCallback } from "./inbox.ts";

/** When a callback tells that something happened; where it tells no time, when it came. In ms since 1970. */
export function happenedAt({ eventTime, receivedAt }: ReceivedCallback): number {
  return eventTime ?? receivedAt;
}

/** Which of two callbacks of a lane comes first: by number, those without one behind, by time. */
export function compareTurns(a: ReceivedCallback, b: ReceivedCallback): number {
  if (a.sequence !== undefined && b.sequence !== undefined) return a.sequence - b.sequence;
  if (a.sequence !== undefined) return -1;
  if (b.sequence !== undefined) return 1;
  return happenedAt(a) - happenedAt(b);
}
