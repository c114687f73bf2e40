import type { Clock } from "@muster/foundation";
import { VERIFY_GROUP_ID, VERIFY_HEADER, wireEventTime, type CallbackCommand } from "@muster/protocol";

import type { App, Destination } from "../app-settings.ts";
import { callbackUrlNotes, callbackUrlProblems } from "../callback-url-rules.ts";
import {
  verificationSteps,
  type CallbackVerifier,
  type Finding,
  type Verification,
} from "../ports/callback-verifier.ts";
import type { AttemptOutcome } from "../ports/outbox.ts";
import { explainAnswer, explainFailure, type Explanation } from "./explain-failure.ts";
import { judgeAnswer, judgeFailure, type Judged } from "./judge-answer.ts";
import { createPoster, type Message, type PosterOptions } from "./poster.ts";

/** Of what a handler may do, disbanding what never was does the least. */
const COMMAND: CallbackCommand = "Group.CallbackAfterGroupDestroyed";

/** @param newId makes the id of a callback */
export function createCallbackVerifier(
  clock: Clock,
  newId: () => string,
  options: PosterOptions = {},
): CallbackVerifier {
  async function call(callback: Destination, message: Message): Promise<[Judged, Explanation | undefined]> {
    // Connections of its own, so that it is the endpoint of now that answers, and nothing stays of a URL that is tried.
    const poster = createPoster(clock, options);
    try {
      const judged = judgeAnswer(await poster.post(callback, message, { [VERIFY_HEADER]: "1" }), clock.now());
      const { outcome, status = 0, answer = "" } = judged;
      return [judged, outcome === "delivered" ? undefined : explainAnswer(status, answer)];
    } catch (error) {
      return [judgeFailure(error), explainFailure(error)];
    } finally {
      await poster.close();
    }
  }

  return {
    async verify(app, callback, clientIp) {
      const { url, token } = callback;
      const base = { url, command: COMMAND, signed: token !== undefined };
      const [problem, ...more] = callbackUrlProblems(url);
      if (problem !== undefined) {
        const message = `the URL ${[problem, ...more].join("; it ")}`;
        const failed: Explanation = { step: "url", message, remedy: "give another URL" };
        return { ...base, ok: false, findings: findingsOf(callback, undefined, failed) };
      }
      const startedAt = clock.now();
      const [judged, failed] = await call(callback, testMessage(app, newId(), startedAt, clientIp));
      const { outcome, status, code, answer } = judged;
      const attempt: Verification["attempt"] = {
        durationMs: clock.now() - startedAt,
        outcome,
        ...(status === undefined ? {} : { status }),
        ...(code === undefined ? {} : { code }),
        ...(answer === undefined ? {} : { answer }),
      };
      return { ...base, ok: !failed, findings: findingsOf(callback, judged, failed), attempt };
    },
  };
}

/** A whole, documented callback: a handler that is not prepared for a verification finds nothing wrong with it. */
function testMessage(app: App, id: string, now: number, clientIp: string): Message {
  const { sdkAppId, profile, administrators } = app;
  const [owner = "administrator"] = administrators;
  const body = JSON.stringify({
    CallbackCommand: COMMAND,
    GroupId: VERIFY_GROUP_ID,
    Type: "Public",
    Owner_Account: owner,
    Name: "verify",
    MemberList: [],
    EventTime: wireEventTime(profile, now),
  });
  return { id, sdkAppId, command: COMMAND, body, clientIp, platform: "RESTAPI" };
}

const passed: Readonly<Record<Finding["step"], string>> = {
  url: "the URL is as documented",
  name: "the host is known",
  address: "the address may be called",
  connection: "a connection was made",
  tls: "the certificate is in order",
  answer: "the whole answer came in time",
  status: "the HTTP status is 200",
  json: "the answer is a JSON object",
  code: "ErrorCode is 0",
  sign: "Sign and RequestTime were sent, with webhook-signature over the body",
};

const dark: ReadonlySet<AttemptOutcome> = new Set(["reset", "connect-timeout", "other"]);

/** One finding for each step, in order: what failed, what came before, and what was not reached. */
function findingsOf(callback: Destination, judged: Judged | undefined, failed: Explanation | undefined): Finding[] {
  const failedAt = failed ? verificationSteps.indexOf(failed.step) : Infinity;
  // How far it came nobody knows where the connection broke, or took too long to be made.
  const isDark = judged !== undefined && dark.has(judged.outcome);
  const steps = verificationSteps.filter((step) => step !== "tls" || callback.url.startsWith("https:"));
  return steps.map((step): Finding => {
    if (failed?.step === step) return { step, verdict: "failed", message: failed.message, remedy: failed.remedy };
    if (step === "sign") return signFinding(callback, failedAt < verificationSteps.indexOf("answer"));
    const at = verificationSteps.indexOf(step);
    if (at > failedAt) return { step, verdict: "not reached", message: "not reached" };
    if (isDark && at > verificationSteps.indexOf("url")) {
      return { step, verdict: "unknown", message: "what failed later does not tell" };
    }
    return noted(step, callback, judged) ?? { step, verdict: "passed", message: passed[step] };
  });
}

/** What a person should know though it is no failure. */
function noted(step: Finding["step"], { url }: Destination, judged: Judged | undefined): Finding | undefined {
  if (step === "url") {
    const notes = callbackUrlNotes(url);
    return notes.length === 0 ? undefined : { step, verdict: "noted", message: `the URL ${notes.join("; it ")}` };
  }
  if (step !== "code" || judged?.code === 0) return undefined;
  const message =
    judged?.code === undefined ? "the answer has no ErrorCode" : `the answer's ErrorCode is ${judged.code}, not 0`;
  const remedy =
    "answer ErrorCode 0; for callbacks that tell of something it changes nothing, one that asks is refused by it";
  return { step, verdict: "noted", message, remedy };
}

function signFinding({ token }: Destination, isUnsent: boolean): Finding {
  if (token === undefined) {
    return {
      step: "sign",
      verdict: "noted",
      message: "nothing is signed: there is no token",
      remedy: "set a token on both sides, so that the endpoint can tell callbacks from anybody's posts",
    };
  }
  if (isUnsent) return { step: "sign", verdict: "not reached", message: "not reached" };
  return { step: "sign", verdict: "passed", message: passed.sign };
}
