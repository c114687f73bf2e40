import { delayAsked } from "@muster/foundation";

import type { Attempt } from "../ports/outbox.ts";
import type { Answered } from "./answer-reader.ts";
import { outcomeOf } from "./attempt-outcome.ts";
import { UnfinishedAnswerError } from "./exchange.ts";
import { failureText } from "./explain-failure.ts";
import { parseObject } from "./poster.ts";

/** Most bytes of an answer that are kept with the attempt. */
const ANSWER_KEPT = 4_096;

/** What an answer makes of its attempt. */
export type Judged = Omit<Attempt, "number" | "startedAt" | "durationMs">;

let lastDelivered: { readonly body: Buffer; readonly judged: Judged } | undefined;

/**
 * Delivered is what was answered with HTTP 200 and a JSON object. The code in it is recorded, and changes nothing.
 * @param now ms since 1970, for the endpoint's wish to be left alone
 */
export function judgeAnswer(answered: Answered, now: number): Judged {
  const { status, body, retryAfter } = answered;
  // Endpoints answer the same most of the time: it need not be read anew.
  if (status === 200 && lastDelivered && body.equals(lastDelivered.body)) return lastDelivered.judged;
  const answer = keptOf(body);
  if (status !== 200) {
    const retryAfterMs = retryAfter === undefined ? undefined : delayAsked(retryAfter, now);
    const error = `the answer's status is ${status}, not 200`;
    return { outcome: "status", status, answer, error, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) };
  }
  const parsed = parseObject(body);
  if (!parsed) return { outcome: "not-json", status, answer, error: "the answer is not a JSON object" };
  const code = parsed["ErrorCode"];
  const judged: Judged = {
    outcome: "delivered",
    status,
    answer,
    ...(Number.isSafeInteger(code) ? { code: code as number } : {}),
  };
  lastDelivered = { body, judged };
  return judged;
}

/** What an attempt without a whole answer is: the class of what went wrong, and what came of the answer. */
export function judgeFailure(error: unknown): Judged & { readonly error: string } {
  const judged = { outcome: outcomeOf(error), error: failureText(error) };
  if (!(error instanceof UnfinishedAnswerError)) return judged;
  const { status, body } = error.begun;
  return { ...judged, status, answer: keptOf(body) };
}

function keptOf(body: Buffer): string {
  return body.toString("utf8", 0, ANSWER_KEPT);
}
