import type { Exchange, Reply } from "./exchange.ts";
import { failed, passed, warning, type Outcome } from "./verdict.ts";

const failures: Readonly<Record<NonNullable<Exchange["failure"]>, Outcome>> = {
  "no answer": failed("No answer came.", "Answer first, and do what takes long afterwards."),
  "no connection": failed(
    "Nothing can be reached at the URL.",
    "Check host, port and certificate, and that the backend runs.",
  ),
  "broken off": failed(
    "The connection was broken off instead of an answer.",
    "See the backend's log: it probably died of the request. Answer whatever comes.",
  ),
};

/** Judges what came back of a call that must be taken: status 200 says so, everything else makes the sender repeat it. */
export function taken(exchange: Exchange, remedy: string): Outcome {
  const { reply, failure } = exchange;
  if (failure) return failures[failure];
  return reply.status === 200
    ? passed(`Answered 200 in ${milliseconds(exchange)}.`)
    : failed(`Answered ${reply.status}, so the sender tries it again, and in the end gives it up.`, remedy);
}

/** Judges what came back of a call that must not be taken. */
export function kept(exchange: Exchange, remedy: string): Outcome {
  const { reply, failure } = exchange;
  if (failure) return failures[failure];
  const { status } = reply;
  if (status >= 400 && status < 500) return passed(`Refused with ${status}.`);
  if (status === 200 && saysFail(reply)) {
    return warning("Refused in the body, with status 200, which senders take for delivered.", remedy);
  }
  if (status >= 200 && status < 300) return failed(`Taken: answered ${status}.`, remedy);
  return warning(`Answered ${status}, which says that something is wrong with the backend.`, remedy);
}

/** Whether a reply is the documented JSON object. */
export function hasDocumentedForm({ json }: Reply): boolean {
  return json !== undefined && missingFields(json).length === 0;
}

/** What an answer lacks of the documented three fields. */
export function missingFields(json: Readonly<Record<string, unknown>>): string[] {
  const { ActionStatus: status, ErrorInfo: info, ErrorCode: code } = json;
  return [
    ...(status === "OK" || status === "FAIL" ? [] : ['ActionStatus ("OK" or "FAIL")']),
    ...(typeof info === "string" ? [] : ["ErrorInfo (a text)"]),
    ...(Number.isInteger(code) ? [] : ["ErrorCode (an integer)"]),
  ];
}

export function saysFail({ json }: Reply): boolean {
  return json !== undefined && (json["ActionStatus"] === "FAIL" || (json["ErrorCode"] ?? 0) !== 0);
}

export function milliseconds({ durationMs }: Exchange): string {
  return `${Math.round(durationMs)} ms`;
}
