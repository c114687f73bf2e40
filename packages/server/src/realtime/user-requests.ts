import { ErrorCode, explain, userRequests, type UserReplies, type UserRequestName } from "@muster/protocol";
import * as z from "zod/mini";

import type { App } from "../app-settings.ts";
import { refuse } from "../commands/command.ts";
import type { Caller } from "../context.ts";
import { createGroup } from "../commands/create-group.ts";
import { createTopic } from "../commands/create-topic.ts";
import { destroyGroup } from "../commands/destroy-group.ts";
import { destroyTopics } from "../commands/destroy-topics.ts";
import type { Executor, Result } from "../commands/execute.ts";

/** Most members that an app user may name when creating a group. */
const CREATE_GROUP_MOST_MEMBERS = 500;

type Handlers = {
  readonly [N in UserRequestName]: (
    executor: Executor,
    app: App,
    caller: Caller,
    body: z.output<(typeof userRequests)[N]>,
  ) => Promise<Result<UserReplies[N]>>;
};

/** What an app user may ask for, each ending in a command. */
const handlers: Handlers = {
  async createGroup(executor, app, caller, body) {
    const outcome = await executor.execute(app, caller, createGroup, {
      type: body.type,
      name: body.name,
      groupId: body.groupId,
      owner: caller.userId,
      introduction: body.introduction ?? "",
      notification: body.notification ?? "",
      faceUrl: body.faceUrl ?? "",
      maxMembers: undefined,
      applyJoinOption: undefined,
      inviteJoinOption: undefined,
      supportTopic: body.supportTopic ?? false,
      customFields: Object.entries(body.customFields ?? {}),
      members: (body.members ?? []).map((userId) => ({ userId, role: "Member" as const })),
      mostMembers: CREATE_GROUP_MOST_MEMBERS,
    });
    return outcome.ok ? { ok: true, result: { groupId: outcome.result.groupId } } : outcome;
  },
  dismissGroup: (executor, app, caller, body) => executor.execute(app, caller, destroyGroup, body),
  async createTopic(executor, app, caller, body) {
    const outcome = await executor.execute(app, caller, createTopic, {
      groupId: body.groupId,
      topicId: body.topicId,
      name: body.name,
      creator: caller.userId,
      introduction: body.introduction ?? "",
      notification: body.notification ?? "",
      faceUrl: body.faceUrl ?? "",
      customString: body.customString ?? "",
    });
    return outcome.ok ? { ok: true, result: { topicId: outcome.result.topicId } } : outcome;
  },
  async deleteTopics(executor, app, caller, { groupId, topicIds }) {
    const outcome = await executor.execute(app, caller, destroyTopics, { groupId, topicIds });
    return outcome.ok ? { ok: true, result: { results: outcome.result } } : outcome;
  },
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
  const parsed = z.safeParse(userRequests[name], body, { reportInput: true });
  if (!parsed.success) return refuse(ErrorCode.InvalidParameter, explain(parsed.error).join("; "));
  return await handlers[name](executor, app, caller, parsed.data as z.output<(typeof userRequests)[N]>);
}
