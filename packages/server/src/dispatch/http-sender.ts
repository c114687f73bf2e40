import type { Clock } from "@muster/foundation";

import type { Apps } from "../app-settings.ts";
import type { Attempt, PendingCallback } from "../ports/outbox.ts";
import type { Span, Tracing } from "../tracing.ts";
import { judgeAnswer, judgeFailure, type Judged } from "./judge-answer.ts";
import { deliveryHeaders } from "./delivery-headers.ts";
import { createPoster, type PosterOptions } from "./poster.ts";

/** Makes attempts: one POST each. */
export interface HttpSender {
  /** Never throws: what went wrong is in the attempt. `undefined` where the app has no URL, or is another cell's to send for. */
  send(callback: PendingCallback, number: number): Promise<Attempt | undefined>;
  close(): Promise<void>;
}

/** The app's settings are read again for each attempt: a callback goes to the URL configured when it is sent. */
export function createHttpSender(apps: Apps, clock: Clock, tracing: Tracing, options: PosterOptions = {}): HttpSender {
  const poster = createPoster(clock, options);
  return {
    async send(callback, number) {
      const settings = apps.get(callback.sdkAppId)?.callback;
      if (!settings || apps.isClosed(callback.sdkAppId)) return undefined;
      const startedAt = clock.now();
      const span = tracing.begin(`deliver ${callback.command}`, "client", callback.traceparent);
      const attempt = (result: Judged): Attempt => {
        // A clock may have been set back meanwhile.
        const made = { number, startedAt, durationMs: Math.max(clock.now() - startedAt, 0), ...result };
        endSpan(span, callback, made);
        return made;
      };
      const { traceparent } = span;
      const place = deliveryHeaders(callback, number);
      const extra = traceparent === undefined ? place : { ...place, traceparent };
      try {
        const answered = await poster.post(settings, callback, extra);
        return attempt(judgeAnswer(answered, clock.now()));
      } catch (error) {
        return attempt(judgeFailure(error));
      }
    },
    close: poster.close,
  };
}

function endSpan(span: Span, { id, sdkAppId, sequence }: PendingCallback, { number, outcome, status }: Attempt): void {
  span.end(() => ({
    facts: {
      "muster.sdk_app_id": sdkAppId,
      "muster.callback_id": id,
      "muster.sequence": sequence,
      "muster.attempt": number,
      "muster.outcome": outcome,
      ...(status === undefined ? {} : { "http.response.status_code": status }),
    },
    ...(outcome === "delivered" ? {} : { failure: outcome }),
  }));
}
