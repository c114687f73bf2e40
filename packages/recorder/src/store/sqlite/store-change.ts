import type { DatabaseSync } from "node:sqlite";

import type { TrimStep } from "../../journal/trimming.ts";
import { createSinkChange, type StoreSinkChange } from "./sink-change.ts";
import { createTrim } from "./trimming.ts";

/** A change of the store that is no callback, as data: it may be made in another thread. */
export type StoreChange = StoreSinkChange | { readonly kind: "trim"; readonly step: TrimStep };

/** Makes changes, inside a transaction; `false` where there was nothing to change. */
export function createStoreChange(db: DatabaseSync): (change: StoreChange) => boolean {
  const changeSinks = createSinkChange(db);
  const trim = createTrim(db);
  return (change) => (change.kind === "trim" ? trim(change.step) : changeSinks(change));
}
