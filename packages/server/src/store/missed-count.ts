import type { MissedLimit } from "../ports/notice-log.ts";

/** How much a device has missed, as it is counted before it is read. */
export interface MissedCount {
  readonly notices: number;
  readonly bytes: number;
}

/** Whether it is more than a device is told; one notice alone never is. */
export function isTooMuch({ notices, bytes }: MissedCount = { notices: 0, bytes: 0 }, limit: MissedLimit): boolean {
  return notices > limit.notices || (notices > 1 && bytes > limit.bytes);
}
