import type { IncomingMessage } from "node:http";

import { ErrorCode, fit, parseJson, type Envelope } from "@muster/protocol";
import { createBodyReader, type FirstLook, type Logger } from "@muster/foundation";
import type { FastifyInstance } from "fastify";

import type { App } from "../app-settings.ts";
import type { CallerVerifier } from "../auth/verify-caller.ts";
import { clientAddress } from "../client-address.ts";
import { refuse, type Refusal } from "../commands/command.ts";
import type { Caller } from "../context.ts";
import type { Executor } from "../commands/execute.ts";
import { servedApp } from "../commands/served-app.ts";
import { callEnd } from "../tracing.ts";
import { commandsOf } from "./endpoints.ts";
import { ANSWER_MAX_BYTES, TOO_LONG } from "./answer-limit.ts";
import { createCallRates, type CallRates } from "./call-rates.ts";
import { failureInfo } from "../failure-info.ts";
import { parameterCode } from "./parameter-code.ts";
import type { RestEndpoint } from "./rest-endpoint.ts";

/** Stands for what callers write that is no command. */
const UNKNOWN = "unknown";
/** A service and a command. */
const PATH = /^\/v4\/([^/?]+)\/([^/?]+)(?:\?|$)/;
/** Most characters of a service's or a command's name. */
const MOST_NAME = 512;
const NOTHING = new Uint8Array();
const BODY_TOO_LONG: Refusal = { code: ErrorCode.BodyTooLong, info: "the body is longer than 1 MiB" };
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
 * The REST API, `POST /v4/<service>/<command>`. The HTTP status is 200 whatever happens; the envelope tells. It stands
 * before the routes: what they cost is a good part of a call.
 * @see https://trtc.io/document/34620
 */
export function restDoor(ports: RestDoorPorts): FirstLook {
  const rates = createCallRates();
  const readBody = createBodyReader();
  return (request, response, isStopping) => {
    const path = PATH.exec(request.url ?? "");
    if (!path) return false;
    const send = (text: string, isLast = isStopping()): void => {
      const length = Buffer.byteLength(text);
      const head = { "content-type": "application/json; charset=utf-8", "content-length": length };
      response.writeHead(200, isLast ? { ...head, connection: "close" } : head).end(text);
    };
    const named = namedIn(path);
    const take = (body: Uint8Array): void => {
      if (!named) return send(unreached(ports, UNREADABLE));
      const [service, command] = named;
      void carryOut(ports, rates, { request, service, command, body }).then((text) => send(text));
    };
    // Who uses another method is told so before a body is read.
    if (request.method !== "POST") take(NOTHING);
    else readBody(request, take, () => send(unreached(ports, BODY_TOO_LONG), true));
    return true;
  };
}

/** Answers whoever misspells the API's path as the API does; everything else is not its own. */
export function restNotFound(http: FastifyInstance): void {
  http.setNotFoundHandler((request, reply) => {
    if (!/^\/v\d/i.test(request.url)) return reply.status(404).send({ error: "there is nothing at this path" });
    const info = "the path must be /v4/<service>/<command>";
    return reply.status(200).send(failed({ code: ErrorCode.UnknownResource, info }));
  });
}

/** A call as it came. */
interface Call {
  readonly request: IncomingMessage;
  readonly service: string;
  readonly command: string;
  readonly body: Uint8Array;
}

/** Carries out a call, and counts it. Returns the text of the envelope. */
async function carryOut(ports: RestDoorPorts, rates: CallRates, call: Call): Promise<string> {
  const answered = ports.begin();
  const { request, service, command } = call;
  const name = commandsOf(service)?.has(command) ? command : UNKNOWN;
  const { tracing } = ports.executor;
  const span = tracing.begin(name, "server", tracing.incoming(request.headers["traceparent"]));
  let envelope: Envelope;
  try {
    envelope = await answer(ports, rates, call, span.traceparent);
  } catch (error) {
    ports.log.error({ err: error, service, command }, "a request failed");
    envelope = failed({ code: ErrorCode.Internal, info: failureInfo(error) });
  }
  const text = JSON.stringify(envelope);
  const isTooLong = isQuestion(command) && Buffer.byteLength(text) > ANSWER_MAX_BYTES;
  const code = isTooLong ? TOO_LONG.code : envelope.ErrorCode;
  answered(name, code);
  span.end(() => callEnd(code));
  return isTooLong ? JSON.stringify(failed(TOO_LONG)) : text;
}

/** The answer to a call that reaches no command, counted. */
function unreached({ begin }: RestDoorPorts, refusal: Refusal): string {
  begin()(UNKNOWN, refusal.code);
  return JSON.stringify(failed(refusal));
}

/** The service and the command that a URL of the API names, if they can be read. */
function namedIn([, ...names]: readonly string[]): readonly [service: string, command: string] | undefined {
  try {
    const [service = "", command = ""] = names.map(decodeURIComponent);
    return Math.max(service.length, command.length) > MOST_NAME ? undefined : [service, command];
  } catch {
    return undefined;
  }
}

async function answer(
  ports: RestDoorPorts,
  rates: CallRates,
  { request, service, command, body: bytes }: Call,
  traceparent: string | undefined,
): Promise<Envelope> {
  if (request.method !== "POST") {
    return failed({ code: ErrorCode.MalformedHttpRequest, info: `the method must be POST, not ${request.method}` });
  }
  const admitted = await admit(ports, request);
  if (!admitted.ok) return failed(admitted.refusal);

  const commands = commandsOf(service);
  if (!commands) return failed({ code: ErrorCode.UnknownResource, info: `there is no service ${service}` });
  const endpoint = commands.get(command);
  if (!endpoint)
    return failed({ code: ErrorCode.UnknownCommand, info: `the service ${service} has no command ${command}` });

  const rate = rates.exceeded(admitted.app, endpoint.wire, ports.now());
  if (rate !== undefined) {
    return failed({ code: ErrorCode.RateLimited, info: `${command} may be called ${rate} times a second` });
  }
  const body = readJson(bytes, endpoint);
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
async function admit({ executor, verifier, now }: RestDoorPorts, request: IncomingMessage): Promise<Admitted> {
  const query = new URLSearchParams(((request.url ?? "").split("?", 2)[1] ?? "").replaceAll("+", "%2B"));
  const sdkAppId = query.get("sdkappid");
  if (!sdkAppId) return refuse(ErrorCode.SdkAppIdMissing, "the query has no sdkappid");
  if (!/^\d{1,10}$/.test(sdkAppId)) return refuse(ErrorCode.BadParameter, "sdkappid must be a number");
  const contentType = query.get("contenttype");
  if (contentType !== null && contentType !== "json") return refuse(ErrorCode.BadParameter, "contenttype must be json");
  const served = servedApp(executor.apps, Number(sdkAppId));
  if (!served.ok) return served;
  const { app } = served;
  const userId = query.get("identifier");
  if (!userId) return refuse(ErrorCode.BadCredentials, "the query has no identifier");
  const verdict = await verifier.verify(app, userId, query.get("usersig") ?? "", now());
  if (!verdict.ok) return refuse(verdict.code, verdict.reason);
  if (!app.administrators.has(userId))
    return refuse(ErrorCode.NotAdministrator, `${userId} is not an administrator of the app`);
  const clientIp = clientAddress(request.socket.remoteAddress);
  return { ok: true, app, caller: { userId, isAdministrator: true, clientIp, platform: "RESTAPI" } };
}

function readJson(
  bytes: Uint8Array,
  { wire }: RestEndpoint,
): { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly refusal: Refusal } {
  if (bytes.length === 0) {
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
