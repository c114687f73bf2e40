import type { SettledValues } from "./settled-row.ts";

/** What the thread is told: results, or to end. The next comes when it has answered. */
export type ToSettler = { readonly values: SettledValues; readonly now: number } | "end";

/** What the thread says: that it is there, that the results are on disk, or why they are not. */
export type FromSettler =
  | { readonly kind: "ready" | "settled" }
  | { readonly kind: "unusable" | "lost" | "failed"; readonly message: string };
