import type { Attempt } from "../ports.ts";
import type { Answered } from "./exchange.ts";
import { parseObject } from "./poster.ts";

/** Most bytes of an answer that are kept with the attempt. */
const ANSWER_KEPT = 4_096;

/** What an answer makes of its attempt. */
export type Judged = Pick<Attempt, "outcome" | "status" | "code" | "answer" | "error">;

/** Delivered is what was answered with HTTP 200 and a JSON object. The code in it is recorded, and changes nothing. */
export function judgeAnswer({ status, body }: Answered): Judged {
  const answer = body.toString("utf8", 0, ANSWER_KEPT);
  if (status !== 200) return { outcome: "status", status, answer, error: `the answer's status is ${status}, not 200` };
  const parsed = parseObject(body);
  if (!parsed) return { outcome: "not-json", status, answer, error: "the answer is not a JSON object" };
  const code = parsed["ErrorCode"];
  return { outcome: "delivered", status, answer, ...(Number.isSafeInteger(code) ? { code: code as number } : {}) };
}
