/**
 * Telling the other nodes that share a store, where there are any. Who is told hears of it within milliseconds, or not at
 * all: whatever must not be missed stands in the store as well, and is looked for when something may have been missed.
 */
export interface OtherNodes {
  /** Tells all other nodes: at most 7,000 bytes in UTF-8. Never throws. */
  tell(subject: Subject, text: string): void;
  /** Calls `listener` with what others tell. */
  onTold(subject: Subject, listener: (text: string) => void): void;
  /** Calls `listener` where something may have been missed, because the database could not be reached. */
  onMissed(listener: () => void): void;
}

/** What there is to tell. */
export type Subject = "apps" | "endpoint" | "endpoint-back" | "kick" | "watch" | "seen" | "series";

/** Where nobody else is. */
export const nobodyElse: OtherNodes = { tell: () => undefined, onTold: () => undefined, onMissed: () => undefined };
