import type { ReactNode } from "react";

import { agoText, timeText } from "../i18n/times.ts";
import { language } from "../i18n/words.ts";
import { now } from "../state/now.ts";
import { useStore } from "../state/store.ts";

/** When something was: how long ago, and on the second look exactly. */
export function Time({ at, isExact = false }: { readonly at: number; readonly isExact?: boolean }): ReactNode {
  const chosen = useStore(language);
  const present = useStore(now);
  const exact = timeText(at, chosen);
  return (
    <time dateTime={new Date(at).toISOString()} title={exact}>
      {isExact ? exact : agoText(Math.min(at, present), present, chosen)}
    </time>
  );
}
