import fc from "fast-check";
import { expect, it } from "vitest";

import { durationBucket, quantile } from "./delivery-series.ts";

it("tells how long attempts took to within a tenth, of however many", () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 30_000 }), { minLength: 1, maxLength: 200 }), (all) => {
      const durations: number[] = [];
      for (const ms of all) {
        const bucket = durationBucket(ms);
        while (durations.length <= bucket) durations.push(0);
        durations[bucket] = (durations[bucket] ?? 0) + 1;
      }
      const sorted = all.toSorted((a, b) => a - b);
      for (const share of [0.5, 0.99]) {
        const exact = sorted[Math.ceil(share * sorted.length) - 1] ?? 0;
        const told = quantile(durations, share) ?? 0;
        expect(Math.abs(told / exact - 1)).toBeLessThan(0.1);
      }
    }),
  );
});

it("tells nothing of no attempts", () => {
  expect(quantile([], 0.5)).toBeUndefined();
  expect(quantile([0, 0], 0.99)).toBeUndefined();
});
