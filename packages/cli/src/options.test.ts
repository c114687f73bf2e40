import { expect, it } from "vitest";

import { parseInstant } from "./options.ts";

it("an instant becomes ms since 1970, and what is none is explained", () => {
  expect(parseInstant("2026-11-22T08:00:00Z")).toBe("1795334400000");
  expect(() => parseInstant("2026")).toThrow(
    "It must be an instant like 2026-11-22T08:00:00Z, with the zone, or in ms since 1970, which have 13 digits.",
  );
});
