import * as z from "zod/mini";

import type { KeptDeadLetter } from "./dead-letter.ts";
import { storedCallback } from "./stored-callback.ts";

/** Numbers of 64 bits may come as texts. */
const integer = z.coerce.number();
const letterRow = z.object({
  position: integer,
  failures: integer,
  error: z.nullable(z.string()),
  callback: z.string(),
  body: z.instanceof(Uint8Array),
});

/** What is stored of an error's text. It is JSON, in which there is no text that a database cannot hold. */
export function storedError(error: string | undefined): string | null {
  return error === undefined ? null : JSON.stringify(error);
}

/** The dead letter that a row tells of. */
export function storedDeadLetter(row: unknown): KeptDeadLetter {
  const { position, failures, error, callback, body } = letterRow.parse(row);
  return {
    position,
    callback: storedCallback(callback, body),
    error: error === null ? undefined : z.string().parse(JSON.parse(error)),
    attempts: failures,
  };
}
