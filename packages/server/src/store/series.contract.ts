import { describe, expect, it } from "vitest";

import type { SeriesPoint, SeriesStore } from "../delivery-series.ts";

/** A store under test, as far as it has series. */
interface SeriesUnderTest {
  readonly series: SeriesStore;
  /** Closes it and opens it again on the same data. */
  reopen(): Promise<SeriesUnderTest>;
}

const APP = 1400000001;
const HOUR = 3_600_000;
const START = 1_700_000_000_000 - (1_700_000_000_000 % HOUR);

function point(minutes: number, more: Partial<SeriesPoint> = {}): SeriesPoint {
  const at = START + minutes * 60_000;
  return { sdkAppId: APP, at, attempts: 2, delivered: 1, dead: 0, pending: minutes, durations: [1, 0, 1], ...more };
}

/** What every store does with series: keeps them, adds to them, forgets them. */
export function seriesContract(name: string, opened: () => Promise<SeriesUnderTest>): void {
  describe(`the series of ${name}`, () => {
    it("are there by the minute and by the hour, of each app its own, also after a restart", async () => {
      const store = await opened();
      await store.series.add([point(0), point(0, { sdkAppId: 7 })]);
      await store.series.add([point(1)]);
      await store.series.add([point(60)]);
      const { series } = await store.reopen();
      expect(await series.read(APP, "minute", START)).toEqual([point(0), point(1), point(60)]);
      expect(await series.read(APP, "hour", START)).toEqual([
        point(0, { attempts: 4, delivered: 2, pending: 1, durations: [2, 0, 2] }),
        point(60),
      ]);
      expect(await series.read(APP, "minute", START + 1)).toEqual([point(1), point(60)]);
    });

    it("add up where a minute comes in two parts, and say last what was pending last", async () => {
      const { series } = await opened();
      await series.add([point(3)]);
      await series.add([point(3, { dead: 2, pending: 9, durations: [0, 0, 0, 4] })]);
      expect(await series.read(APP, "minute", START)).toEqual([
        point(3, { attempts: 4, delivered: 2, dead: 2, pending: 9, durations: [1, 0, 1, 4] }),
      ]);
    });

    it("are forgotten by the minute sooner than by the hour", async () => {
      const { series } = await opened();
      await series.add([point(0), point(90)]);
      await series.forget("minute", START + HOUR);
      expect(await series.read(APP, "minute", 0)).toEqual([point(90)]);
      expect(await series.read(APP, "hour", 0)).toHaveLength(2);
      await series.forget("hour", START + HOUR);
      expect(await series.read(APP, "hour", 0)).toHaveLength(1);
    });
  });
}
