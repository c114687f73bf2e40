import type { UserReplies, UserRequestName, userRequests } from "@muster/protocol";
import type * as z from "zod/mini";

import type { App } from "../../app-settings.ts";
import type { Executor, Result } from "../../commands/execute.ts";
import type { Caller } from "../../context.ts";

/** Carries out requests of an app user, by their names, each from the body that fits its schema to its reply. */
export type Handlers<N extends UserRequestName> = {
  readonly [K in N]: (
    executor: Executor,
    app: App,
    caller: Caller,
    body: z.output<(typeof userRequests)[K]>,
  ) => Promise<Result<UserReplies[K]>>;
};

/** A result as the reply has it; a refusal stays what it is. */
export function reply<R, T>(outcome: Result<R>, make: (result: R) => T): Result<T> {
  return outcome.ok ? { ok: true, result: make(outcome.result) } : outcome;
}
