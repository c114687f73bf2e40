import { expect, it } from "vitest";

import { readInstant } from "./instant.ts";

it.each([
  ["0", 0],
  ["1795334400000", 1_795_334_400_000],
  ["2026-11-22T08:00:00Z", 1_795_334_400_000],
  ["2026-11-22T08:00Z", 1_795_334_400_000],
  ["2026-11-22T08:00:00.5+08:00", 1_795_305_600_500],
  ["2026-11-22T08:00:00.5 08:00", 1_795_305_600_500],
  ["2028-02-29T00:00:00Z", 1_835_395_200_000],
  ["1970-01-01T00:00:00Z", 0],
])("an instant is an ISO 8601 time with its zone, or ms since 1970: %s", (text, at) => {
  expect(readInstant(text)).toBe(at);
});

it.each([
  ["2026", "a year"],
  ["202611", "a month"],
  ["20261122", "a day"],
  ["1795334400", "seconds"],
  ["202611220800", "a day and its hour"],
  ["20261122080000", "a day and its hour"],
  ["2026-11-22", "a day, of which zone"],
  ["2026-11-22T08:00:00", "a time, of which zone"],
  ["2026-11-22 08:00:00Z", "not ISO 8601"],
  ["2026-02-30T00:00:00Z", "a day that there is not"],
  ["2026-13-01T00:00:00Z", "a month that there is not"],
  ["2026-11-22T25:00:00Z", "an hour that there is not"],
  ["2026-11-22Tx", "nothing"],
  ["22.11.2026", "a day, in some order"],
  ["11/12/2026", "a day, in some order"],
  ["Nov 22 2026", "a day"],
  ["chess 1", "a name"],
  ["-1", "before 1970"],
  ["1e12", "a number, in another way"],
  ["", "nothing"],
])("an instant is nothing that could be meant otherwise: %s (%s)", (text) => {
  expect(readInstant(text)).toBeUndefined();
});
