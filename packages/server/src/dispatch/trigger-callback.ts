import { callbackUrlProblems } from "../callback-url-rules.ts";
import { callbackParameters, type CallbackCommand } from "@muster/protocol";
import type { Clock } from "@muster/foundation";

import type { AttemptOutcome } from "../ports/outbox.ts";
import { explainAnswer, explainFailure } from "./explain-failure.ts";
import { judgeAnswer, judgeFailure } from "./judge-answer.ts";
import { createPoster } from "./poster.ts";

/** A callback to be sent outside of any server. */
export interface Trigger {
  readonly url: string;
  readonly sdkAppId: number;
  readonly token: string | undefined;
  readonly command: CallbackCommand;
  readonly id: string;
  readonly body: string;
}

/** What was posted, and what came back. */
export interface Exchange {
  /** The documented parameters, without what proves the sender. */
  readonly parameters: string;
  readonly durationMs: number;
  readonly outcome: AttemptOutcome;
  readonly status?: number;
  readonly code?: number;
  readonly answer?: string;
  /** What went wrong, and what to do about it. */
  readonly problem?: { readonly message: string; readonly remedy: string };
}

/** Posts one callback to any app backend, signed as a server would sign it, wherever its URL leads. Never throws. */
export async function triggerCallback(
  { url, sdkAppId, token, command, id, body }: Trigger,
  clock: Clock,
): Promise<Exchange> {
  const origin = { sdkAppId, command, clientIp: "127.0.0.1", platform: "RESTAPI" } as const;
  const parameters = callbackParameters(origin);
  const [wrong] = callbackUrlProblems(url);
  if (wrong !== undefined) {
    const problem = { message: `the URL ${wrong}`, remedy: "give another URL" };
    return { parameters, durationMs: 0, outcome: "other", problem };
  }
  const destination = {
    url,
    token,
    previousTokens: [],
    allowPrivateNetwork: true,
    allowNetworks: [],
    tls: undefined,
  };
  const poster = createPoster(clock);
  const startedAt = clock.now();
  try {
    const answered = await poster.post(destination, { ...origin, id, body }, { "muster-attempt": "1" });
    const judged = judgeAnswer(answered, clock.now());
    const { status = 0, answer = "" } = judged;
    return {
      parameters,
      durationMs: clock.now() - startedAt,
      ...judged,
      ...(judged.outcome === "delivered" ? {} : { problem: explainAnswer(status, answer) }),
    };
  } catch (error) {
    const durationMs = clock.now() - startedAt;
    return { parameters, durationMs, ...judgeFailure(error), problem: explainFailure(error) };
  } finally {
    await poster.close();
  }
}
