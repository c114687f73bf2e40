import { ErrorCode, fit, userRequests, type UserRequestName } from "@muster/protocol";
import type * as z from "zod/mini";

import type { App } from "../app-settings.ts";
import { refuse } from "../commands/command.ts";
import type { Executor, Result } from "../commands/execute.ts";
import type { Caller } from "../context.ts";
import { attributeRequests } from "./requests/attribute-requests.ts";
import { groupRequests } from "./requests/group-requests.ts";
import type { Handlers } from "./requests/handler.ts";
import { joiningRequests } from "./requests/joining-requests.ts";
import { memberRequests } from "./requests/member-requests.ts";
import { topicRequests } from "./requests/topic-requests.ts";

/** What an app user may ask for. What changes something ends in a command. */
const handlers: Handlers<UserRequestName> = {
  ...groupRequests,
  ...joiningRequests,
  ...memberRequests,
  ...attributeRequests,
  ...topicRequests,
};

/** Carries out what an app user asks for. */
export async function handleUserRequest(
  executor: Executor,
  app: App,
  caller: Caller,
  command: string,
  body: unknown,
): Promise<Result<unknown>> {
  if (!Object.hasOwn(handlers, command)) return refuse(ErrorCode.UnknownCommand, `there is no request ${command}`);
  return await handle(executor, app, caller, command as UserRequestName, body);
}

async function handle<N extends UserRequestName>(
  executor: Executor,
  app: App,
  caller: Caller,
  name: N,
  body: unknown,
): Promise<Result<unknown>> {
  const read = fit(userRequests[name], body);
  if (!read.ok) return refuse(ErrorCode.InvalidParameter, read.problems);
  return await handlers[name](executor, app, caller, read.value as z.output<(typeof userRequests)[N]>);
}
