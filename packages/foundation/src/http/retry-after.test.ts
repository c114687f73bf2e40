import { expect, it } from "vitest";

import { delayAsked } from "./retry-after.ts";

const NOW = Date.parse("2026-11-22T08:00:00Z");

it.each([
  ["0", 0],
  ["120", 120_000],
  ["99999999999", 99_999_999_999_000],
  ["-5", 0],
  ["Sun, 22 Nov 2026 08:00:30 GMT", 30_000],
  ["Sun, 22 Nov 2026 07:00:00 GMT", 0],
  ["soon", undefined],
  ["", undefined],
])("%j asks for %j ms", (header, delay) => {
  expect(delayAsked(header, NOW)).toBe(delay);
});
