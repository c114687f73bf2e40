import type { Clock } from "@muster/foundation";

import type { Apps } from "../app-settings.ts";
import type { Attempt, PendingCallback } from "../ports.ts";
import { outcomeOf } from "./attempt-outcome.ts";
import type { Answered } from "./exchange.ts";
import { createPoster, parseObject, type PosterOptions } from "./poster.ts";

/** Most bytes of an answer that are kept with the attempt. */
const ANSWER_KEPT = 4_096;

/** Makes attempts: one POST each. */
export interface HttpSender {
  /** Never throws: what went wrong is in the attempt. `undefined` where the app has no URL. */
  send(callback: PendingCallback, number: number): Promise<Attempt | undefined>;
  close(): Promise<void>;
}

/** The app's settings are read again for each attempt: a callback goes to the URL configured when it is sent. */
export function createHttpSender(apps: Apps, clock: Clock, options: PosterOptions = {}): HttpSender {
  const poster = createPoster(clock, options);
  return {
    async send(callback, number) {
      const settings = apps.get(callback.sdkAppId)?.callback;
      if (!settings) return undefined;
      const startedAt = clock.now();
      const attempt = (result: Omit<Attempt, "number" | "startedAt" | "durationMs">): Attempt => ({
        number,
        startedAt,
        durationMs: clock.now() - startedAt,
        ...result,
      });
      const numbers = { "muster-sequence": String(callback.sequence), "muster-attempt": String(number) };
      try {
        return attempt(judge(await poster.post(settings, callback, numbers)));
      } catch (error) {
        return attempt({ outcome: outcomeOf(error), error: error instanceof Error ? error.message : String(error) });
      }
    },
    close: poster.close,
  };
}

/** Delivered is what was answered with HTTP 200 and a JSON object. The code in it is recorded, and changes nothing. */
function judge({ status, body }: Answered): Pick<Attempt, "outcome" | "status" | "code" | "answer" | "error"> {
  const answer = body.toString("utf8", 0, ANSWER_KEPT);
  if (status !== 200) return { outcome: "status", status, answer, error: `the answer's status is ${status}, not 200` };
  const parsed = parseObject(body);
  if (!parsed) return { outcome: "not-json", status, answer, error: "the answer is not a JSON object" };
  const code = parsed["ErrorCode"];
  return { outcome: "delivered", status, answer, ...(Number.isSafeInteger(code) ? { code: code as number } : {}) };
}
