import type { Language } from "./words.ts";

const locales = { en: "en-GB", zh: "zh-Hans" } as const;

/** A time of day with the date, to the second. */
export function timeText(time: number, language: Language): string {
  return new Intl.DateTimeFormat(locales[language], { dateStyle: "medium", timeStyle: "medium" }).format(time);
}

const units = [
  ["day", 86_400_000],
  ["hour", 3_600_000],
  ["minute", 60_000],
  ["second", 1_000],
] as const;

/** How long ago something was, or how soon it is. */
export function agoText(time: number, now: number, language: Language): string {
  const distance = time - now;
  const [unit, length] = units.find(([, ms]) => Math.abs(distance) >= ms) ?? ["second", 1_000];
  const format = new Intl.RelativeTimeFormat(locales[language], { numeric: "auto", style: "short" });
  return format.format(Math.trunc(distance / length), unit);
}

/** A duration: `12 ms`, `1.3 s`. */
export function durationText(ms: number): string {
  if (ms < 1_000) return `${Math.round(ms)} ms`;
  return ms < 60_000 ? `${(ms / 1_000).toFixed(1)} s` : `${Math.round(ms / 60_000)} min`;
}
