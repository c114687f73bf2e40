/**
 * What the thread is told: results, or to end. The next comes when it has answered. Rows (`SettledRow`) are in JSON: what goes
 * to another thread costs by the piece, and a text is one.
 */
export type ToSettler = { readonly rows: string; readonly now: number } | "end";

/** What the thread says: that it is there, that the results are on disk, or why they are not. */
export type FromSettler =
  | { readonly kind: "ready" | "settled" }
  | { readonly kind: "unusable" | "lost" | "failed"; readonly message: string };
