import * as z from "zod/mini";

import { explain } from "./explain.ts";

/** Most problems that are told of one value. */
const MOST_PROBLEMS = 10;

/** What a schema says of a value that came from outside. */
export type Fit<T> =
  | { readonly ok: true; readonly value: T }
  | {
      readonly ok: false;
      /** What is wrong, in a sentence; at most 10 problems, and how many more there are. */
      readonly problems: string;
      /** All of them, as the schema library has them; empty where it could not collect them. */
      readonly issues: readonly z.core.$ZodIssue[];
    };

/**
 * Holds a value against a schema. Never throws, however much is wrong with it: beyond some hundred thousand
 * problems the schema library runs out of stack collecting them, and that is an answer as well.
 */
export function fit<S extends z.core.$ZodType>(schema: S, value: unknown): Fit<z.output<S>> {
  let parsed: z.core.util.SafeParseResult<z.output<S>>;
  try {
    parsed = z.safeParse(schema, value, { reportInput: true });
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    return { ok: false, problems: "more is wrong with it than can be told", issues: [] };
  }
  if (parsed.success) return { ok: true, value: parsed.data };
  const all = explain(parsed.error);
  const told = all.slice(0, MOST_PROBLEMS);
  if (all.length > MOST_PROBLEMS) told.push(`and ${all.length - MOST_PROBLEMS} more`);
  return { ok: false, problems: told.join("; "), issues: parsed.error.issues };
}
