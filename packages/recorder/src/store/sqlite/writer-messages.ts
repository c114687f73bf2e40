import type { Kept } from "@muster/receiver";

import type { Value } from "./event-values.ts";
import type { StoreChange } from "./store-change.ts";

/** Callbacks that came together: as few pieces as can be, for each costs on its way to another thread. */
export interface Together {
  /** Of all of them, one behind another; see `eventValues`. */
  readonly values: readonly Value[];
  /** How many bytes the body of each has. */
  readonly lengths: readonly number[];
  /** The bodies, one behind another. */
  readonly bodies: Uint8Array<ArrayBuffer>;
}

/** What the thread is told. Of `keep` the next comes when the last is answered. */
export type ToWriter =
  | { readonly kind: "keep"; readonly together: Together }
  | { readonly kind: "change"; readonly id: number; readonly change: StoreChange }
  | { readonly kind: "stop" };

/** What the thread tells: of each callback what became of it, or why it could not be kept. */
export type FromWriter =
  | { readonly kind: "ready" }
  | { readonly kind: "unusable"; readonly message: string }
  | { readonly kind: "kept"; readonly results: readonly (Kept | Error)[] }
  | { readonly kind: "changed"; readonly id: number; readonly result: boolean | Error };
