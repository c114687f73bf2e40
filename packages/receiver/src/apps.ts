import { explain } from "@muster/protocol";
import * as z from "zod/mini";

import { ReceiverError } from "./receiver-error.ts";

/** An app whose callbacks are received. */
export interface ReceivedApp {
  readonly sdkAppId: number;
  /**
   * The tokens that its callbacks may be signed with; more than one while a new token takes over from an old
   * one. Absent: no signature is asked for.
   */
  readonly tokens?: readonly string[] | undefined;
}

// An empty list of tokens is refused: it is what remains of a token that somebody forgot to set, and to take it
// for "ask for none" would open the door without a word.
const options = z.object({
  apps: z
    .array(
      z.object({
        sdkAppId: z.int().check(z.positive()),
        tokens: z.optional(z.array(z.string().check(z.minLength(1))).check(z.minLength(1))),
      }),
    )
    .check(z.minLength(1)),
});

/**
 * The apps by the texts of their ids, which is how a query spells them.
 * @throws {ReceiverError} `OPTIONS_INVALID`
 */
export function appsById(apps: readonly ReceivedApp[]): ReadonlyMap<string, ReceivedApp> {
  const { error } = z.safeParse(options, { apps }, { reportInput: true });
  if (error) throw invalid(explain(error));
  const byId = new Map(apps.map((app) => [String(app.sdkAppId), app]));
  if (byId.size < apps.length) throw invalid(["apps names an sdkAppId twice"]);
  return byId;
}

function invalid(problems: readonly string[]): ReceiverError {
  return new ReceiverError("OPTIONS_INVALID", `The receiver's options cannot be used: ${problems.join("; ")}.`);
}
