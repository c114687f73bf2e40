/** Who is signed in to the console, kept where all nodes find it: by what tells of the sessions' ids without being them. */
export interface SessionRecords {
  /** Adds one that ends at a time; those that are over at `now`, and the oldest beyond `most`, make room. */
  add(session: { readonly digest: string; readonly expiresAt: number }, now: number, most: number): Promise<void>;
  /** When a session ends, ms since 1970; `undefined` where there is none. */
  expiryOf(digest: string): Promise<number | undefined>;
  remove(digest: string): Promise<void>;
}
