import { expect, it } from "vitest";

import { parseTime } from "./options.ts";

it.each([
  ["0", "0"],
  ["1795334400000", "1795334400000"],
  ["2026-11-22", "1795305600000"],
  ["2026-11-22T08:00:00Z", "1795334400000"],
  ["2026-11-22T08:00:00.5+08:00", "1795305600500"],
])("a time is ISO 8601, or ms since 1970: %s", (text, at) => {
  expect(parseTime(text)).toBe(at);
});

// Date.parse would take most of them for a day.
it.each([
  "chess 1",
  "yesterday",
  "22.11.2026",
  "Nov 22 2026",
  "2026-11-22 at eight",
  "2026-13-01",
  "2026-11-22Tx",
  "-1",
])("a time is nothing else: %s", (text) => {
  expect(() => parseTime(text)).toThrow("must be a time");
});
