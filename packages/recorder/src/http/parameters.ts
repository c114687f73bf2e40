import { toInstant } from "@muster/foundation";
import { explain } from "@muster/protocol";
import * as z from "zod";

import { Refusal } from "./refusal.ts";

/** Most items of a list, where `limit` asks for no other number. */
const DEFAULT_LIMIT = 100;
const MAX_LIMIT = 1000;

function wholeNumber(min: number, max: number) {
  return z
    .string()
    .refine(
      (text) => /^\d{1,15}$/.test(text) && Number(text) >= min && Number(text) <= max,
      `must be a number from ${min} to ${max}`,
    )
    .transform(Number);
}

/** A place in a list: what `next` of its last page said, or an event's `position`. */
const after = wholeNumber(0, 999_999_999_999_999).optional();

/** An event's place in the journal, where one is meant. */
export const onePosition = wholeNumber(1, 999_999_999_999_999).optional();

/** An app, where several may be meant. */
export const sdkAppId = wholeNumber(1, 4_294_967_295).optional();

/** An instant, which becomes ms since 1970. */
export const instant = z.string().transform(toInstant).optional();

/** Which events are asked for. */
export const filters = { sdkAppId, group: z.string().optional(), command: z.string().optional() };

/** Where to go on, for streams. */
export const cursor = { after };

/** Most items that are wanted. */
export const limit = wholeNumber(1, MAX_LIMIT).default(DEFAULT_LIMIT);

/** Which part of a list is asked for. */
export const paging = { after: after.default(0), limit };

/**
 * Reads the parameters of a query; one that is empty counts as absent, and one that is not known is an error, for
 * a misspelt filter would let everything through.
 * @throws {Refusal} 400, with all that is wrong
 */
export function readParameters<S extends z.ZodRawShape>(shape: S, query: unknown): z.output<z.ZodObject<S>> {
  const parameters = z.record(z.string(), z.unknown()).parse(query);
  const given = Object.fromEntries(Object.entries(parameters).filter(([, value]) => value !== ""));
  const repeated = Object.keys(given).filter((name) => Array.isArray(given[name]));
  const read = z.strictObject(shape).safeParse(given, { reportInput: true });
  if (read.success) return read.data;
  const problems =
    repeated.length > 0
      ? `${repeated.join(", ")} must be given once`
      : explain(read.error).join("; ").replace("the value has", "it has");
  throw new Refusal(400, `The query cannot be used: ${problems}. Known here: ${Object.keys(shape).join(", ")}.`);
}
