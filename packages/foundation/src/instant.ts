import * as z from "zod";

/** A date and a time with its zone: without one it would be the zone of whoever reads it. */
const ISO = /^(\d{4}-\d\d-\d\d)T\d\d:\d\d(?::\d\d(?:\.\d{1,9})?)?(?:Z|[+-]\d\d:\d\d)$/;
/** Those of our time, from 2001 to 2286. Fewer digits, or more, are a year, a day, seconds or a day with its hour. */
const MILLIS = /^(?:0|\d{13})$/;

/** What `readInstant` reads; completes "must be an instant …". */
export const INSTANT = "like 2026-11-22T08:00:00Z, with the zone, or in ms since 1970, which have 13 digits";

/** An instant that somebody wrote, in ms since 1970; `undefined` where it could be meant in more ways than one. */
export function readInstant(text: string): number | undefined {
  if (MILLIS.test(text)) return Number(text);
  // A `+` in a query is a space.
  const iso = text.replace(" ", "+");
  const [, day = ""] = ISO.exec(iso) ?? [];
  // The 30th of February would be read as the 2nd of March.
  const isDay = day !== "" && new Date(Date.parse(`${day}T00:00:00Z`) || 0).toISOString().startsWith(day);
  const at = isDay ? Date.parse(iso) : Number.NaN;
  return Number.isNaN(at) ? undefined : at;
}

/** What `readInstant` reads, for a schema to `transform` by; whatever it does not read is refused. */
export function toInstant(given: string | number, context: z.RefinementCtx): number {
  const at = readInstant(String(given));
  if (at !== undefined) return at;
  context.addIssue({ code: "custom", message: `must be an instant ${INSTANT}` });
  return z.NEVER;
}
