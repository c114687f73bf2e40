import fc from "fast-check";
import { expect, it } from "vitest";

import { inOrder } from "./in-order.ts";

/** Events by name: "b2" is event b with the number 2, "x" an event without one. */
function ordered(...names: string[]): string {
  const events = names.map((name) => ({ name, sequence: name.length > 1 ? Number(name.slice(1)) : undefined }));
  return inOrder(events)
    .map(({ name }) => name)
    .join(" ");
}

it.each([
  ["nothing", [], ""],
  ["what has no numbers as it came", ["x", "y", "z"], "x y z"],
  ["numbers ascending", ["a1", "b2", "c4"], "a1 b2 c4"],
  ["what came late where it belongs", ["a1", "c3", "d4", "b2"], "a1 b2 c3 d4"],
  ["what has no number where it came", ["c3", "x", "a1", "y", "b2"], "a1 x b2 y c3"],
  ["a second numbering behind the first", ["a1", "c3", "b2", "d1", "f3", "e2"], "a1 b2 c3 d1 e2 f3"],
  ["a second numbering that begins where the first has a gap", ["a1", "c3", "d1", "e2"], "a1 c3 d1 e2"],
])("puts in order %s", (_what, names, expected) => {
  expect(ordered(...names)).toBe(expected);
});

it("finds the order of the numbers again, whatever the order of arrival", () => {
  const numbers = fc.uniqueArray(fc.integer({ min: 1, max: 1000 }));
  fc.assert(
    fc.property(numbers, (sequences) => {
      const events = inOrder(sequences.map((sequence) => ({ sequence })));
      expect(events.map(({ sequence }) => sequence)).toEqual(sequences.toSorted((a, b) => a - b));
    }),
  );
});

it("loses nothing, doubles nothing, and moves nothing that has no number", () => {
  const sequence = fc.option(fc.integer({ min: 1, max: 8 }), { nil: undefined });
  fc.assert(
    fc.property(fc.array(sequence), (sequences) => {
      const events = sequences.map((number, arrival) => ({ sequence: number, arrival }));
      const result = inOrder(events);
      expect(result.toSorted((a, b) => a.arrival - b.arrival)).toEqual(events);
      for (const [i, event] of events.entries()) {
        expect(event.sequence === undefined ? result[i] : event).toBe(event);
      }
    }),
  );
});
