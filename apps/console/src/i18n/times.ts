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

/** The time of day, to the second. */
export function clockText(time: number, language: Language): string {
  return new Intl.DateTimeFormat(locales[language], { timeStyle: "medium" }).format(time);
}

/** A time below a chart that shows so much, in ms: of the day, or the day itself. */
export function axisText(time: number, span: number, language: Language): string {
  const format =
    span > 2 * 86_400_000
      ? ({ day: "numeric", month: "short" } as const)
      : ({ hour: "2-digit", minute: "2-digit" } as const);
  return new Intl.DateTimeFormat(locales[language], format).format(time);
}

/** A number as the language writes it. */
export function countText(count: number, language: Language, digits = 0): string {
  return new Intl.NumberFormat(locales[language], { maximumFractionDigits: digits }).format(count);
}
