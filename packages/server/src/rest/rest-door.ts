import { ErrorCode, fit, parseJson, type Envelope } from "@muster/protocol";
import type { Logger } from "@muster/foundation";
import type { FastifyError, FastifyInstance, FastifyRequest } from "fastify";

import type { App } from "../app-settings.ts";
import type { CallerVerifier } from "../auth/verify-caller.ts";
import { clientAddress } from "../client-address.ts";
import { noSuchApp, refuse, type Refusal } from "../commands/command.ts";
import type { Caller } from "../context.ts";
import type { Executor } from "../commands/execute.ts";
import { callEnd } from "../tracing.ts";
import { commandsOf } from "./endpoints.ts";
import { ANSWER_MAX_BYTES, TOO_LONG } from "./answer-limit.ts";
import { createCallRates, type CallRates } from "./call-rates.ts";
import { failureInfo } from "../failure-info.ts";
import { parameterCode } from "./parameter-code.ts";
import type { RestEndpoint } from "./rest-endpoint.ts";

/** Stands for what callers write that is no command. */
const UNKNOWN = "unknown";
const UNREADABLE: Refusal = { code: ErrorCode.MalformedHttpRequest, info: "the HTTP request cannot be read" };

export interface RestDoorPorts {
  readonly executor: Executor;
  readonly verifier: CallerVerifier;
  readonly now: () => number;
  readonly log: Logger;
  /** Counts a call, from now until what it returns is called with the command and the code. */
  readonly begin: () => (command: string, code: number) => void;
}

/**
 * The REST API, `POST /v4/<service>/<command>`. The HTTP status is 200 whatever happens; the envelope tells.
 * @see https://trtc.io/document/34620
 */
export function restDoor(http: FastifyInstance, ports: RestDoorPorts): void {
  const rates = createCallRates();
  void http.register(async (scope) => {
    scope.setErrorHandler((error: FastifyError, request, reply) => {
      const refusal = refusalOf(error);
      if (!refusal) ports.log.error({ err: error, url: request.routeOptions.url }, "a request failed");
      const { code, info } = refusal ?? { code: ErrorCode.Internal, info: failureInfo(error) };
      ports.begin()(UNKNOWN, code);
      return reply.status(200).send(failed({ code, info }));
    });
    scope.setNotFoundHandler((request, reply) => {
      // Whoever misspells the API's path speaks to the API; everything else is not its own.
      if (!/^\/v\d/i.test(request.url)) return reply.status(404).send({ error: "there is nothing at this path" });
      const info = "the path must be /v4/<service>/<command>";
      return reply.status(200).send(failed({ code: ErrorCode.UnknownResource, info }));
    });
    scope.all<{ Params: { service: string; command: string } }>("/v4/:service/:command", async (request, reply) => {
      const answered = ports.begin();
      const { service, command } = request.params;
      const name = commandsOf(service)?.has(command) ? command : UNKNOWN;
      const { tracing } = ports.executor;
      const span = tracing.begin(name, "server", tracing.incoming(request.headers["traceparent"]));
      const envelope = await answer(ports, rates, request, span.traceparent);
      const text = JSON.stringify(envelope);
      const isTooLong = isQuestion(command) && Buffer.byteLength(text) > ANSWER_MAX_BYTES;
      const code = isTooLong ? TOO_LONG.code : envelope.ErrorCode;
      answered(name, code);
      span.end(() => callEnd(code));
      return reply
        .status(200)
        .type("application/json; charset=utf-8")
        .send(isTooLong ? JSON.stringify(failed(TOO_LONG)) : text);
    });
  });
}

async function answer(
  ports: RestDoorPorts,
  rates: CallRates,
  request: FastifyRequest<{ Params: { service: string; command: string } }>,
  traceparent: string | undefined,
): Promise<Envelope> {
  if (request.method !== "POST") {
    return failed({ code: ErrorCode.MalformedHttpRequest, info: `the method must be POST, not ${request.method}` });
  }
  const admitted = await admit(ports, request);
  if (!admitted.ok) return failed(admitted.refusal);

  const { service, command } = request.params;
  const commands = commandsOf(service);
  if (!commands) return failed({ code: ErrorCode.UnknownResource, info: `there is no service ${service}` });
  const endpoint = commands.get(command);
  if (!endpoint)
    return failed({ code: ErrorCode.UnknownCommand, info: `the service ${service} has no command ${command}` });

  const rate = rates.exceeded(admitted.app, endpoint.wire, ports.now());
  if (rate !== undefined) {
    return failed({ code: ErrorCode.RateLimited, info: `${command} may be called ${rate} times a second` });
  }
  const body = readBody(request.body, endpoint);
  if (!body.ok) return failed(body.refusal);
  try {
    const caller = { ...admitted.caller, traceparent };
    const result = await endpoint.answer(ports.executor, admitted.app, caller, body.value);
    if (!result.ok) return failed(result.refusal);
    return { ActionStatus: "OK", ErrorInfo: result.info ?? "", ErrorCode: ErrorCode.Ok, ...result.fields };
  } catch (error) {
    ports.log.error({ err: error, service, command }, "a command failed");
    const isAccount = service === "im_open_login_svc";
    return failed({
      code: isAccount ? ErrorCode.AccountInternal : ErrorCode.Internal,
      info: failureInfo(error),
    });
  }
}

type Admitted =
  | { readonly ok: true; readonly app: App; readonly caller: Caller }
  | { readonly ok: false; readonly refusal: Refusal };

/** Who calls: an administrator of an app, by UserSig. */
async function admit({ executor, verifier, now }: RestDoorPorts, request: FastifyRequest): Promise<Admitted> {
  const query = new URLSearchParams((request.url.split("?", 2)[1] ?? "").replaceAll("+", "%2B"));
  const sdkAppId = query.get("sdkappid");
  if (!sdkAppId) return refuse(ErrorCode.SdkAppIdMissing, "the query has no sdkappid");
  if (!/^\d{1,10}$/.test(sdkAppId)) return refuse(ErrorCode.BadParameter, "sdkappid must be a number");
  const contentType = query.get("contenttype");
  if (contentType !== null && contentType !== "json") return refuse(ErrorCode.BadParameter, "contenttype must be json");
  const app = executor.apps.get(Number(sdkAppId));
  if (!app) return noSuchApp(Number(sdkAppId));
  const userId = query.get("identifier");
  if (!userId) return refuse(ErrorCode.BadCredentials, "the query has no identifier");
  const verdict = await verifier.verify(app, userId, query.get("usersig") ?? "", now());
  if (!verdict.ok) return refuse(verdict.code, verdict.reason);
  if (!app.administrators.has(userId))
    return refuse(ErrorCode.NotAdministrator, `${userId} is not an administrator of the app`);
  const clientIp = clientAddress(request.socket.remoteAddress);
  return { ok: true, app, caller: { userId, isAdministrator: true, clientIp, platform: "RESTAPI" } };
}

function readBody(
  bytes: unknown,
  { wire }: RestEndpoint,
): { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly refusal: Refusal } {
  if (!(bytes instanceof Uint8Array) || bytes.length === 0) {
    return refuse(ErrorCode.MalformedJson, "the body is empty: send {} where a command needs nothing");
  }
  const json = parseJson(bytes);
  if (!json.ok) return refuse(ErrorCode.MalformedJson, `the body ${json.reason}`);
  const body = fit(wire.request, json.value);
  return body.ok ? body : refuse(parameterCode(wire.service, body.issues), body.problems);
}

/** Whether a command only asks: what another has changed cannot be refused any more because the answer is long. */
function isQuestion(command: string): boolean {
  return command.startsWith("get_");
}

/** The answer to what no route sees, because its URL or its head cannot be read. */
export function unreadableAnswer(): string {
  return JSON.stringify(failed(UNREADABLE));
}

function failed({ code, info }: Refusal): Envelope {
  return { ActionStatus: "FAIL", ErrorInfo: info, ErrorCode: code };
}

/** What is wrong with a request that reached no command; `undefined` where it is the server that failed. */
function refusalOf({ code, statusCode }: FastifyError): Refusal | undefined {
  if (code === "FST_ERR_CTP_BODY_TOO_LARGE") {
    return { code: ErrorCode.BodyTooLong, info: "the body is longer than 1 MiB" };
  }
  if ((statusCode ?? 500) >= 500) return undefined;
  return UNREADABLE;
}
