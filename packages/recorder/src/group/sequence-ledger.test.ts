import fc from "fast-check";
import { expect, it } from "vitest";

import { createSequenceLedger } from "./sequence-ledger.ts";

function ledgerOf(...numbers: number[]) {
  const ledger = createSequenceLedger();
  for (const number of numbers) ledger.add(number);
  return { last: ledger.last(), missing: ledger.missing().map(({ from, to }) => `${from}-${to}`) };
}

it.each([
  ["nothing", [], undefined, []],
  ["all", [1, 2, 3], 3, []],
  ["not the first", [3], 3, ["1-2"]],
  ["a gap", [1, 2, 5], 5, ["3-4"]],
  ["a gap that was closed", [1, 2, 5, 4, 3], 5, []],
  ["a gap that was divided", [1, 5, 3], 5, ["2-2", "4-4"]],
  ["all, the last first", [3, 2, 1], 3, []],
  ["a numbering that began anew", [1, 2, 3, 4, 1, 3], 3, ["2-2"]],
])("knows of %s", (_what, numbers, last, missing) => {
  expect(ledgerOf(...numbers)).toEqual({ last, missing });
});

it("knows what a set of the numbers would know", () => {
  const numbers = fc.uniqueArray(fc.integer({ min: 1, max: 60 }), { minLength: 1 });
  fc.assert(
    fc.property(numbers, (came) => {
      const highest = Math.max(...came);
      const ledger = createSequenceLedger();
      for (const number of came) ledger.add(number);
      const missing = ledger
        .missing()
        .flatMap(({ from, to }) => Array.from({ length: to - from + 1 }, (_, i) => from + i));
      expect(ledger.last()).toBe(highest);
      expect(missing).toEqual(
        Array.from({ length: highest }, (_, i) => i + 1).filter((number) => !came.includes(number)),
      );
    }),
  );
});
