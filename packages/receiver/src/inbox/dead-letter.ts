import type { ReceivedCallback } from "./inbox.ts";

/** A callback that no handler could take, as an inbox keeps it. */
export interface KeptDeadLetter {
  /** Its place among all that was kept, in the order in which it came. */
  readonly position: number;
  readonly callback: ReceivedCallback;
  /** What its handler failed with last, as text; `undefined` where it died before inboxes kept that. */
  readonly error: string | undefined;
  /** How often it was tried. */
  readonly attempts: number;
}
