import type { Logger } from "@muster/foundation";
import { ErrorCode, wireTypeName, type CallbackCommand } from "@muster/protocol";

import type { App } from "../app-settings.ts";
import type { Context } from "../context.ts";
import type { GroupEvent } from "../group/group-events.ts";
import type { Group } from "../group/group.ts";
import type { BeforeHooks, BeforeVerdict } from "../ports/before-hooks.ts";
import type { Tracing } from "../tracing.ts";
import type { Answered } from "./answer-reader.ts";
import { parseObject, type Poster } from "./poster.ts";
import { accounts, eventTime, whichGroup, type Body } from "./wire-body.ts";

/** The codes by which an app refuses in its own words: they and its text go through to the caller. */
const OWN_CODES = { lowest: 10_100, highest: 10_200 };

interface Question {
  readonly command: CallbackCommand;
  readonly body: Body;
  /** Those who are to be added, of whom the app may refuse some. */
  readonly invited?: readonly string[];
}

/** The callbacks that ask about what `questionFor` knows of. */
const asking: readonly CallbackCommand[] = [
  "Group.CallbackBeforeCreateGroup",
  "Group.CallbackBeforeInviteJoinGroup",
  "Group.CallbackBeforeApplyJoinGroup",
  "Group.CallbackBeforeCreateTopic",
];

/**
 * Asks apps before something is done, as far as they have the switch on: once, with 2 s for the answer. What
 * happens without one is the app's choice (`beforeTimeout`).
 */
export function createBeforeHooks(poster: Poster, tracing: Tracing, log: Logger): BeforeHooks {
  return {
    isAsked({ callback }) {
      return callback !== undefined && asking.some((command) => callback.enabled.has(command));
    },
    async ask(context, event) {
      const { app, caller, ids } = context;
      const question = questionFor(context, event);
      if (!question || !app.callback?.enabled.has(question.command)) return { allowed: true };
      const { command, invited } = question;
      const body = JSON.stringify({ CallbackCommand: command, ...question.body });
      const { clientIp, platform } = caller;
      const message = { id: ids.callbackId(), sdkAppId: app.sdkAppId, command, body, clientIp, platform };
      const span = tracing.begin(`ask ${command}`, "client", caller.traceparent);
      const extra: Record<string, string> = span.traceparent === undefined ? {} : { traceparent: span.traceparent };
      let failure: string | undefined = "no answer";
      try {
        const verdict = judge(await poster.post(app.callback, message, extra), invited);
        failure = verdict ? undefined : "not an answer";
        if (verdict) return verdict;
        log.warn({ sdkAppId: app.sdkAppId, command }, "an app's answer to a before-callback cannot be used");
      } catch (error) {
        log.warn({ err: error, sdkAppId: app.sdkAppId, command }, "an app did not answer a before-callback");
      } finally {
        const facts = { "muster.sdk_app_id": app.sdkAppId, "muster.callback_id": message.id };
        span.end(() => ({ facts, ...(failure === undefined ? {} : { failure }) }));
      }
      return withoutAnswer(app, invited);
    },
  };
}

/** What an app is asked about an event that is about to happen; `undefined` where it is not asked. */
function questionFor(context: Context, event: GroupEvent): Question | undefined {
  if (event.kind === "daily-quota-alarm") return undefined;
  const { app, caller } = context;
  const { group } = event;
  const operator = { Operator_Account: caller.userId };
  switch (event.kind) {
    case "group-created":
      return {
        command: "Group.CallbackBeforeCreateGroup",
        body: {
          ...operator,
          Owner_Account: group.owner,
          Type: wireTypeName(app.profile, group.type),
          Name: group.name,
          MemberList: accounts(event.initialMembers),
          ...eventTime(context),
        },
      };
    case "members-joined":
      if (event.hadWaited) return undefined;
      return joining(context, group, event.userIds, event.how === "Apply");
    case "applications-made": {
      const userIds = event.applications.map(({ userId }) => userId);
      return joining(
        context,
        group,
        userIds,
        event.applications.every(({ inviter }) => inviter === ""),
      );
    }
    case "topic-created":
      return {
        command: "Group.CallbackBeforeCreateTopic",
        body: { ...operator, Type: wireTypeName(app.profile, group.type), Name: event.topic.name },
      };
    default:
      return undefined;
  }
}

/** The question whether users may come into a group, of themselves or because somebody invites them. */
function joining(context: Context, group: Group, userIds: readonly string[], apply: boolean): Question {
  const which = whichGroup(context, group);
  if (apply) {
    const body = { ...which, Requestor_Account: userIds[0] ?? "", ...eventTime(context) };
    return { command: "Group.CallbackBeforeApplyJoinGroup", body };
  }
  const operator = { Operator_Account: context.caller.userId };
  const body = { ...which, ...operator, DestinationMembers: accounts(userIds), ...eventTime(context) };
  return { command: "Group.CallbackBeforeInviteJoinGroup", body, invited: userIds };
}

/** What an answer says; `undefined` where it says nothing that is documented as an answer. */
function judge({ status, body }: Answered, invited: Question["invited"]): BeforeVerdict | undefined {
  const answer = status === 200 ? parseObject(body) : undefined;
  const code = answer?.["ErrorCode"];
  if (!answer || !Number.isSafeInteger(code)) return undefined;
  if (code === 0) {
    const refused = new Set(texts(answer["RefusedMembers_Account"]));
    return { allowed: true, admitted: invited?.filter((userId) => !refused.has(userId)) };
  }
  const info = typeof answer["ErrorInfo"] === "string" ? answer["ErrorInfo"] : "";
  if (typeof code === "number" && code >= OWN_CODES.lowest && code <= OWN_CODES.highest) {
    return { allowed: false, refusal: { code, info } };
  }
  return { allowed: false, refusal: { code: ErrorCode.RefusedByApp, info: info || "the app refused" } };
}

function withoutAnswer(app: App, invited: Question["invited"]): BeforeVerdict {
  if (app.callback?.beforeTimeout !== "refuse") return { allowed: true, admitted: invited };
  return { allowed: false, refusal: { code: ErrorCode.RefusedByApp, info: "the app did not answer in time" } };
}

function texts(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((one) => typeof one === "string") : [];
}
