import { ErrorCode, type RestCommand } from "@muster/protocol";
import type * as z from "zod/mini";

import type { App } from "../app-settings.ts";
import { refuse, type Refusal } from "../commands/command.ts";
import type { Caller } from "../context.ts";
import type { Executor } from "../commands/execute.ts";

/** What a command answers beyond the envelope, or why it does not. `ErrorInfo` is empty unless given. */
export type RestAnswer =
  | { readonly ok: true; readonly fields: Readonly<Record<string, unknown>>; readonly info?: string }
  | { readonly ok: false; readonly refusal: Refusal };

/** One command of the REST API, from the body that fits its schema to its answer. */
export interface RestEndpoint {
  readonly wire: RestCommand;
  readonly answer: (executor: Executor, app: App, caller: Caller, body: unknown) => Promise<RestAnswer>;
}

/** Ties a command's wire form to what is done with it, types and all. */
export function endpoint<W extends RestCommand>(
  wire: W,
  answer: (executor: Executor, app: App, caller: Caller, body: z.output<W["request"]>) => Promise<RestAnswer>,
): RestEndpoint {
  // The door hands in what has passed the command's own schema.
  return {
    wire,
    answer: (executor, app, caller, body) => answer(executor, app, caller, body as z.output<W["request"]>),
  };
}

/** An administrator who acts in the name of another user, as `From_Account` asks for, with an administrator's rights. */
export async function actingAs(
  { store }: Executor,
  { sdkAppId }: App,
  caller: Caller,
  fromAccount: string | undefined,
): Promise<{ readonly ok: true; readonly caller: Caller } | { readonly ok: false; readonly refusal: Refusal }> {
  if (fromAccount === undefined) return { ok: true, caller };
  const missing = await store.read(sdkAppId).missingAccounts([fromAccount]);
  if (missing.length > 0) return refuse(ErrorCode.UserNotFound, `From_Account: not imported: ${fromAccount}`);
  return { ok: true, caller: { ...caller, userId: fromAccount } };
}
