import type { Words } from "../../i18n/translation.ts";

/** How far back one can look. */
export const ranges = ["15m", "1h", "24h", "7d", "30d"] as const;
export type Range = (typeof ranges)[number];

export function rangeText(range: Range, words: Words): string {
  const texts = {
    "15m": words.range15m,
    "1h": words.range1h,
    "24h": words.range24h,
    "7d": words.range7d,
    "30d": words.range30d,
  };
  return texts[range];
}
