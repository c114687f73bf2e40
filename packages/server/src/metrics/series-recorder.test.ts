import { createLog } from "@muster/foundation";
import { describe, expect, it } from "vitest";

import { createHub } from "../../../../test/harness/hub.ts";
import { createManualClock, type ManualClock } from "../../../../test/harness/manual-clock.ts";
import { openServerStore } from "../../../../test/harness/open-server-store.ts";
import { pendingCallback } from "../../../../test/harness/pending-callback.ts";
import type { Ledger, Settlement } from "../ports/outbox.ts";
import { createSeriesRecorder, type SeriesRecorder } from "./series-recorder.ts";

const MINUTE = 60_000;
const START = 1_700_000_040_000;
const { sdkAppId } = pendingCallback;

function settled(outcome: "delivered" | "refused", durationMs: number, isDead = false): Settlement {
  const attempt = { number: 1, startedAt: START, durationMs, outcome };
  const retry = { pending: true, retryAt: START + 5_000 } as const;
  return { callback: pendingCallback, attempt, state: outcome === "delivered" ? outcome : isDead ? "dead" : retry };
}

async function recorder(pending = 0): Promise<{ series: SeriesRecorder; other: SeriesRecorder; clock: ManualClock }> {
  const opened = await openServerStore();
  const clock = createManualClock(START);
  const counts = { accepted: pending, delivered: 0, pending, dead: 0, cancelled: 0 };
  const ledger = (): Promise<readonly Ledger[]> => Promise.resolve([{ sdkAppId, ...counts }]);
  const hub = createHub();
  const node = (): SeriesRecorder => {
    const log = createLog("test", "silent");
    return createSeriesRecorder({ store: opened.series, ledger, others: hub.node(), clock, log });
  };
  const series = node();
  series.start();
  return { series, other: node(), clock };
}

describe("the series of an endpoint", () => {
  it("has what happened within each minute, the present one too", async () => {
    const { series, clock } = await recorder();
    series.observe([
      settled("delivered", 3),
      settled("delivered", 5),
      settled("refused", 1),
      settled("refused", 1, true),
    ]);
    clock.advance(MINUTE);
    await expect.poll(() => series.read(sdkAppId, "minute", 0)).toHaveLength(1);
    series.observe([settled("delivered", 3)]);
    const [first, second] = await series.read(sdkAppId, "minute", 0);
    expect(first).toMatchObject({ at: START - (START % MINUTE), attempts: 4, delivered: 2, dead: 1 });
    expect(second).toMatchObject({ at: START - (START % MINUTE) + MINUTE, attempts: 1, delivered: 1, dead: 0 });
    expect(await series.read(sdkAppId, "hour", 0)).toMatchObject([{ attempts: 5, delivered: 3, dead: 1 }]);
  });

  it("tells of a backlog that nobody works on", async () => {
    const { series, clock } = await recorder(12);
    clock.advance(MINUTE);
    await expect.poll(() => series.read(sdkAppId, "minute", 0)).toMatchObject([{ attempts: 0, pending: 12 }]);
  });

  it("shows, from the second look on, what other nodes have counted of the present minute", async () => {
    const { series, other, clock } = await recorder(3);
    series.observe([settled("delivered", 3)]);
    other.observe([settled("delivered", 3), settled("refused", 1)]);
    await series.read(sdkAppId, "minute", 0);
    const shown = [{ attempts: 3, delivered: 2, pending: 3 }];
    await expect.poll(() => series.read(sdkAppId, "minute", 0)).toMatchObject(shown);
    // And it counts once.
    await other.stop();
    clock.advance(MINUTE);
    await series.stop();
    expect(await series.read(sdkAppId, "minute", 0)).toMatchObject(shown);
    expect(await series.read(sdkAppId, "hour", 0)).toMatchObject([{ attempts: 3 }]);
  });

  it("is written when the server stops", async () => {
    const { series, clock } = await recorder();
    series.observe([settled("delivered", 3)]);
    await series.stop();
    expect(await series.read(sdkAppId, "minute", 0)).toMatchObject([{ attempts: 1 }]);
    clock.advance(10 * MINUTE);
    expect(clock.waiting()).toBe(0);
  });
});
