import fc from "fast-check";
import { expect, it } from "vitest";

import { equalInConstantTime } from "./constant-time.ts";

it("two texts are equal in constant time where they are equal", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), fc.string({ unit: "binary" }), (a, b) => {
      expect(equalInConstantTime(a, a)).toBe(true);
      expect(equalInConstantTime(a, b)).toBe(a === b);
    }),
  );
});

it.each([
  ["", "a"],
  ["a", ""],
  ["abc", "abd"],
  ["xbc", "abc"],
  ["abc", "abcd"],
  ["a", "A"],
  ["\u0100", "\u0000"],
])("%j and %j are not", (a, b) => {
  expect(equalInConstantTime(a, b)).toBe(false);
});
