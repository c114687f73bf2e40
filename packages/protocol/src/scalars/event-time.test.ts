import fc from "fast-check";
import { describe, expect, it } from "vitest";
import * as z from "zod/mini";

import { eventTime } from "./event-time.ts";

describe("EventTime", () => {
  it("is read as a number, quoted or not", () => {
    expect(z.parse(eventTime, 1670574414123)).toBe(1670574414123);
    expect(z.parse(eventTime, "1670574414123")).toBe(1670574414123);
  });

  it("means the same both ways", () => {
    fc.assert(
      fc.property(fc.nat(999_999_999_999_999), (millis) => {
        expect(z.parse(eventTime, String(millis))).toBe(z.parse(eventTime, millis));
      }),
    );
  });

  it.each([
    -1,
    1.5,
    Number.NaN,
    Infinity,
    2 ** 53,
    "",
    " 1",
    "-1",
    "1.5",
    "1e3",
    "0x10",
    "1670574414123 ",
    "1".repeat(16),
    "2022-12-09T08:26:54Z",
    true,
    null,
    undefined,
    {},
  ])("is not %j", (value) => {
    expect(z.safeParse(eventTime, value).success).toBe(false);
  });
});
