import type { ReactNode } from "react";

import { useWords } from "../../i18n/words.ts";
import { stateText, type DeliveryState } from "./delivery-words.ts";

/** What became of a callback, in colour and in words. */
export function StateBadge({ state }: { readonly state: DeliveryState }): ReactNode {
  return <span className={`badge ${state}`}>{stateText(state, useWords())}</span>;
}
