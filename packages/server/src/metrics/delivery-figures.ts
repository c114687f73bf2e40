import type { Figures, Observed, Tally } from "@muster/foundation";

import type { Attempt, AttemptOutcome, PendingCallback } from "../ports/outbox.ts";

/** An attempt ends by its deadline, so that the last bounds are there to show that it does. */
const ATTEMPT_SECONDS = [0.001, 0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2, 5];
/** From an endpoint beside the server to one that is back after days. */
const DELIVERY_SECONDS = [
  0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1, 3, 10, 60, 300, 1_800, 7_200, 21_600, 43_200, 86_400, 172_800, 259_200,
];

/** Makes one attempt. */
export type Send = (callback: PendingCallback, number: number) => Promise<Attempt | undefined>;

/** Figures of attempts and of what comes of them. */
export interface DeliveryFigures {
  /** The same sending, counted. */
  counted(send: Send): Send;
  /** Counts that an app's endpoint was found failing and is left alone. */
  opened(sdkAppId: number): void;
}

/** What is counted of one app: each attempt adds to numbers that were looked up before. */
interface AppFigures {
  underWay: number;
  readonly outcomes: Map<AttemptOutcome, Tally>;
  readonly duration: Observed;
  readonly latency: Observed;
}

export function deliveryFigures(figures: Figures): DeliveryFigures {
  const labels = ["sdk_app_id"] as const;
  const attempts = figures.counter({
    name: "muster_attempts_total",
    help: "Attempts to deliver a callback, by how they went.",
    labels: ["sdk_app_id", "outcome"],
  });
  const duration = figures.histogram(
    { name: "muster_attempt_duration_seconds", help: "How long attempts took, failed ones too.", labels },
    ATTEMPT_SECONDS,
  );
  const latency = figures.histogram(
    {
      name: "muster_delivery_latency_seconds",
      help: "From the acceptance of a command until its callback was delivered, all attempts and waiting included.",
      labels,
    },
    DELIVERY_SECONDS,
  );
  const openings = figures.counter({
    name: "muster_endpoint_openings_total",
    help: "How often an endpoint was found failing and left alone for a while.",
    labels,
  });
  const apps = new Map<number, AppFigures>();
  figures.gauge({ name: "muster_attempts_under_way", help: "Attempts that wait for their answer.", labels }, () =>
    [...apps].map(([sdkAppId, { underWay }]) => [{ sdk_app_id: String(sdkAppId) }, underWay]),
  );

  function of(sdkAppId: number): AppFigures {
    let app = apps.get(sdkAppId);
    if (!app) {
      const series = { sdk_app_id: String(sdkAppId) };
      app = { underWay: 0, outcomes: new Map(), duration: duration(series), latency: latency(series) };
      apps.set(sdkAppId, app);
    }
    return app;
  }

  function count(callback: PendingCallback, { outcome, startedAt, durationMs }: Attempt, app: AppFigures): void {
    let tally = app.outcomes.get(outcome);
    if (!tally) {
      tally = attempts({ sdk_app_id: String(callback.sdkAppId), outcome });
      app.outcomes.set(outcome, tally);
    }
    tally.count += 1;
    app.duration.observe(durationMs / 1_000);
    // A replay was delivered before, or given up: how long ago it happened says nothing about delivering.
    if (outcome === "delivered" && callback.replayOf === undefined) {
      app.latency.observe(Math.max(startedAt + durationMs - callback.acceptedAt, 0) / 1_000);
    }
  }

  return {
    counted: (send) => async (callback, number) => {
      const app = of(callback.sdkAppId);
      app.underWay += 1;
      try {
        const attempt = await send(callback, number);
        if (attempt) count(callback, attempt, app);
        return attempt;
      } finally {
        app.underWay -= 1;
      }
    },
    opened(sdkAppId) {
      openings({ sdk_app_id: String(sdkAppId) }).count += 1;
    },
  };
}
