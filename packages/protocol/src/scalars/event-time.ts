import * as z from "zod/mini";

/**
 * `EventTime`: milliseconds since 1970. Tencent's tables call it an integer and its samples quote it, so both
 * forms are read; the result is always a number. What is sent is the app's profile's choice (`profile.ts`).
 */
export const eventTime = z.pipe(
  z.union([z.int().check(z.nonnegative()), z.string().check(z.regex(/^\d{1,15}$/))]),
  z.transform(Number),
);
